-- $1 job_id
DELETE FROM job_lock WHERE job_id = $1::bigint
