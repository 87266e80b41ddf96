-- Columns: source, seen_at, age_s, things, failing.
SELECT source, to_char(seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS seen_at,
	greatest(0, meter_between(seen_at, meter_now()) / 1000000) AS age_s,
	(SELECT count(*) FROM meter_last AS l WHERE l.source = s.source AND NOT gone) AS things, coalesce(failing, '') AS failing
FROM meter_source AS s ORDER BY source COLLATE "C"
