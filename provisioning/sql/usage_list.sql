-- $1 VE, $2 enterprise (NULL: all), $3 from, $4 to (NULL: this month so far), $5 hour, day or month.
-- Columns: period, ve, enterprise, meter, state, amount, unit, quantity, counted.
SELECT to_char(u.period AT TIME ZONE 'UTC', CASE $5 WHEN 'hour' THEN 'YYYY-MM-DD"T"HH24:MI"Z"' WHEN 'day' THEN 'YYYY-MM-DD' ELSE 'YYYY-MM' END) AS period,
	coalesce(u.ve, '') AS ve, coalesce(u.enterprise, '') AS enterprise, u.meter, u.state,
	round(u.quantity / m.divisor, 6) AS amount, m.unit, u.quantity, m.counted
FROM meter_usage($1, $2,
	CASE WHEN $3::text IS NULL THEN date_trunc('month', meter_now(), 'UTC') ELSE meter_when('from', $3) END,
	CASE WHEN $4::text IS NULL THEN meter_now() ELSE meter_when('to', $4) END, $5) AS u
JOIN meter AS m USING (meter)
ORDER BY u.period, u.ve COLLATE "C" NULLS FIRST, u.enterprise COLLATE "C" NULLS FIRST, u.meter COLLATE "C", u.state COLLATE "C"
