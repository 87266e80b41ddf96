-- $1 ve, held. Columns: spec; no row if it has a job.
SELECT spec FROM bench_spec
WHERE ve = $1 AND NOT EXISTS (SELECT FROM bench_job WHERE ve = $1)
