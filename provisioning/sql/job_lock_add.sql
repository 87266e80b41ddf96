-- $1 job_id, $2 name, $3 exclusive
INSERT INTO job_lock (job_id, name, exclusive) VALUES ($1::bigint, $2, $3::boolean)
