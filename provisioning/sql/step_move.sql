-- $1 job_id, $2 step_no, $3 state, $4 message, $5 ve, $6 subject, $7 data
WITH moved AS (
	UPDATE step SET state = $3, message = $4,
		started_at = CASE $3 WHEN 'running' THEN now() ELSE started_at END,
		ended_at = CASE WHEN $3 IN ('running', 'undoing') THEN NULL ELSE now() END
	WHERE job_id = $1::bigint AND step_no = $2::integer
	RETURNING job_id
)
INSERT INTO event (event, ve, subject, detail, job_id, data)
SELECT 'step.' || $3, $5, $6, $4, job_id, $7::jsonb FROM moved
