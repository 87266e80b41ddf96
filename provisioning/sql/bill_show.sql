-- $1 month, $2 VE, $3 enterprise (NULL: all). Columns: ve, enterprise, meter, state, note, quantity, unit, price,
-- price_from, amount, currency, counted.
SELECT ve, enterprise, meter, state, CASE WHEN late THEN 'late' WHEN amount IS NULL THEN 'no price' ELSE '' END AS note,
	round(l.quantity / l.divisor, 6) AS quantity, unit, coalesce(trim_scale(amount)::text, '') AS price,
	coalesce(to_char(lower(valid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS price_from,
	(cents / 100.0)::numeric(30, 2) AS amount, coalesce(currency, '') AS currency, l.quantity AS counted
FROM bill_line AS l
WHERE month = (meter_when('month', $1) AT TIME ZONE 'UTC')::date
AND ($2::text IS NULL OR ve = $2) AND ($3::text IS NULL OR enterprise = $3)
ORDER BY line_no
