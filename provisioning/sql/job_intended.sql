-- $1 job_id
UPDATE job SET intended = true WHERE job_id = $1::bigint
