-- $1 job_id, $2 step_no, $3 action, $4 kind, $5 name
INSERT INTO step (job_id, step_no, action, kind, name) VALUES ($1::bigint, $2::integer, $3, $4, $5)
