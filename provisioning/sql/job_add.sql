-- $1 command, $2 ve, $3 args, $4 key or NULL. A key that is known adds nothing.
-- Columns: job_id; no row if the key is known.
INSERT INTO job (command, ve, args, key) VALUES ($1, $2, $3::jsonb, $4) ON CONFLICT (key) DO NOTHING RETURNING job_id
