-- $1 meter; NULL: all. Columns: at, what, meter, state, from, to, amount, currency, unit, source.
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, what, meter, state,
	to_char(lower(valid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "from",
	coalesce(to_char(upper(valid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS "to",
	trim_scale(amount) AS amount, currency, unit, source
FROM price_change WHERE $1::text IS NULL OR meter = $1 ORDER BY change_id
