-- $1 key, $2 command, $3 args. Columns: job_id, same.
SELECT job_id, (command = $2 AND args = $3::jsonb)::text AS same FROM job WHERE key = $1
