-- Repairs of the last ten minutes that nobody asked for. $1 kind, $2 name.
-- Columns: tries, wait_ms (before the next one).
SELECT count(*) AS tries,
       coalesce(greatest(0, ceil(1000 * (least(60, 2 ^ (count(*) - 1)) - extract(epoch FROM clock_timestamp() - max(at))))), 0)::integer AS wait_ms
FROM drift_try WHERE kind = $1 AND name = $2 AND at > now() - interval '10 minutes'
