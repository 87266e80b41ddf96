-- One transition with its event: $1 job_id, $2 from, $3 to, $4 message, $5 code,
-- $6 event, $7 data. Columns: job_id; no row if it is not in that state.
WITH moved AS (
	UPDATE job SET state = $3,
		message = CASE WHEN $3 = 'queued' AND undo THEN message ELSE $4 END,
		code = CASE WHEN $3 = 'queued' AND undo THEN code ELSE $5 END,
		undo = CASE WHEN $3 = 'undoing' THEN true WHEN $3 IN ('done', 'failed', 'cancelled') THEN false ELSE undo END,
		cancel = cancel AND $3 IN ('queued', 'running'),
		intended = intended AND NOT ($3 = 'queued' AND $2 IN ('failed', 'cancelled')),
		queued_at = CASE $3 WHEN 'queued' THEN now() ELSE queued_at END,
		ended_at = CASE WHEN $3 IN ('queued', 'running', 'undoing') THEN NULL ELSE now() END
	WHERE job_id = $1::bigint AND state = $2
	RETURNING job_id, ve, command
), told AS (
	INSERT INTO event (event, ve, subject, detail, job_id, data)
	SELECT $6, ve, job_id::text, coalesce($4, command), job_id, $7::jsonb FROM moved
)
SELECT job_id FROM moved
