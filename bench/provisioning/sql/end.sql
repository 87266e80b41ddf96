-- $1 ve, $2 spec
WITH ended AS (DELETE FROM bench_job WHERE ve = $1)
UPDATE bench_spec SET spec = $2::jsonb WHERE ve = $1
