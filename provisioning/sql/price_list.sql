-- $1 meter; NULL: all. Columns: meter, state, from, to, amount, currency, unit, source.
SELECT meter, state, to_char(lower(valid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "from",
	coalesce(to_char(upper(valid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS "to",
	trim_scale(amount) AS amount, currency, unit, source
FROM price WHERE $1::text IS NULL OR meter = $1
ORDER BY meter COLLATE "C", state COLLATE "C", lower(valid)
