-- The first job in line whose locks nobody holds and nobody before it waits
-- for becomes a running one. Columns: job_id, waited (seconds).
WITH candidate AS (
	SELECT j.job_id FROM job j
	WHERE j.state = 'queued' AND NOT EXISTS (
		SELECT FROM job_lock mine
		JOIN job_lock its ON its.name = mine.name AND its.job_id <> mine.job_id AND (its.exclusive OR mine.exclusive)
		JOIN job o ON o.job_id = its.job_id
		WHERE mine.job_id = j.job_id
		  AND (o.state IN ('running', 'undoing') OR o.state = 'queued' AND o.job_id < j.job_id))
	ORDER BY j.job_id LIMIT 1
)
UPDATE job SET state = 'running', tries = tries + 1, started_at = now(), ended_at = NULL,
	message = CASE WHEN undo THEN message END, code = CASE WHEN undo THEN code END
FROM candidate WHERE job.job_id = candidate.job_id
RETURNING job.job_id, extract(epoch FROM now() - queued_at)::text AS waited
