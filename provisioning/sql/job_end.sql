-- $1 job_id, $2 state, $3 message
UPDATE job SET state = $2, message = $3, ended_at = now() WHERE job_id = $1::bigint
