-- What hanse-tco takes as load, the mean of each hour, of a VE's enterprises: $1 VE, $2 from, $3 to.
-- Columns: time, enterprise, resource, value, unit.
SELECT to_char(u.period AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS time, u.enterprise, t.resource,
	round(sum(u.quantity / t.divisor), 9) AS value, t.unit
FROM meter_usage($1, NULL,
	CASE WHEN $2::text IS NULL THEN date_trunc('month', meter_now(), 'UTC') ELSE meter_when('from', $2) END,
	CASE WHEN $3::text IS NULL THEN meter_now() ELSE meter_when('to', $3) END, 'hour') AS u
JOIN (VALUES
	('cpu',         'cpu',     'cores',  3600000000000),
	('memory_used', 'ram',     'GiB',    3774873600000),
	('disk_reads',  'iops',    'IOPS',   3600),
	('disk_writes', 'iops',    'IOPS',   3600),
	('network_in',  'network', 'Gbit/s', 450000000000),
	('network_out', 'network', 'Gbit/s', 450000000000)
) AS t (ours, resource, unit, divisor) ON t.ours = u.meter
WHERE u.enterprise IS NOT NULL
GROUP BY u.period, u.enterprise, t.resource, t.unit HAVING sum(u.quantity) >= 0
ORDER BY u.period, u.enterprise COLLATE "C", t.resource COLLATE "C"
