-- $1 ve, $2 slot, $3 old, $4 new
INSERT INTO bench_job VALUES ($1, $2::integer, $3::jsonb, $4::jsonb)
