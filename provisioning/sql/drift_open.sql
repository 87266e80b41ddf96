-- The worst first. Columns: kind, name, drift, ve, severity, detail, state,
-- first_seen, total (of all).
SELECT kind, name, drift, ve, severity, detail, state,
       to_char(first_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS first_seen, count(*) OVER () AS total
FROM drift WHERE ended_at IS NULL
ORDER BY array_position(ARRAY['critical', 'warning', 'notice'], severity), drift_id LIMIT 5
