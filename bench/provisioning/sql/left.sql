-- $1 slot. Columns: ve, old, new.
SELECT ve, old, new FROM bench_job WHERE slot = $1::integer
