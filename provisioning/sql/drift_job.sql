-- $1 kind, $2 name, $3 job_id
UPDATE drift SET job_id = $3::bigint WHERE kind = $1 AND name = $2 AND ended_at IS NULL
