-- It will not be undone any more: $1 job_id
DELETE FROM job_undo WHERE job_id = $1::bigint
