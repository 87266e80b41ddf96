-- What a job has begun and not undone, newest first: $1 job_id. Columns as named.
SELECT step_no, action, kind, state, wanted, actual FROM step
WHERE job_id = $1::bigint AND state IN ('running', 'done', 'failed', 'undoing') ORDER BY step_no DESC
