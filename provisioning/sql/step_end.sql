-- $1 job_id, $2 step_no, $3 state, $4 message
UPDATE step SET state = $3, message = $4, ended_at = now() WHERE job_id = $1::bigint AND step_no = $2::integer
