-- $1 job_id, $2 more changes, $3 data of the event
WITH counted AS (
	UPDATE job SET changes = changes + $2::integer WHERE job_id = $1::bigint RETURNING job_id, ve
)
INSERT INTO event (event, ve, subject, detail, job_id, data)
SELECT 'job.planned', ve, job_id::text, $2, job_id, $3::jsonb FROM counted
