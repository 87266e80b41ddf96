-- What hanse-tco takes as usage, of a VE's enterprises: $1 VE, $2 from, $3 to. Columns: enterprise, meter, quantity, unit.
SELECT u.enterprise, t.meter, round(sum(u.quantity * t.factor / t.divisor), 9) AS quantity, t.unit
FROM meter_usage($1, NULL,
	CASE WHEN $2::text IS NULL THEN date_trunc('month', meter_now(), 'UTC') ELSE meter_when('from', $2) END,
	CASE WHEN $3::text IS NULL THEN meter_now() ELSE meter_when('to', $3) END, 'month') AS u
JOIN (VALUES
	('vcpus',       'cpu.reserved',     'core-h',   1,             3600000000),
	('cpu',         'cpu.used',         'core-h',   1,             3600000000000),
	('memory_mib',  'ram.reserved',     'GiB-h',    1,             3686400000000),
	('memory_used', 'ram.used',         'GiB-h',    1,             3774873600000),
	('disk_gib',    'storage.reserved', 'GB-month', 1.073741824,   2628000000000),
	('disk_used',   'storage.used',     'GB-month', 0.000001024,   2628000000),
	('disk_reads',  'iops.used',        'IOPS-h',   1,             3600),
	('disk_writes', 'iops.used',        'IOPS-h',   1,             3600),
	('network_in',  'network.used',     'GB',       1,             1000000000),
	('network_out', 'network.used',     'GB',       1,             1000000000),
	('requests',    'requests.used',    'requests', 1,             1)
) AS t (ours, meter, unit, factor, divisor) ON t.ours = u.meter
WHERE u.enterprise IS NOT NULL
GROUP BY u.enterprise, t.meter, t.unit HAVING sum(u.quantity) > 0
ORDER BY u.enterprise COLLATE "C", t.meter COLLATE "C"
