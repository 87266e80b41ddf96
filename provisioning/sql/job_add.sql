-- $1 command, $2 ve, $3 changes. Columns: job_id.
INSERT INTO job (command, ve, changes) VALUES ($1, $2, $3::integer) RETURNING job_id
