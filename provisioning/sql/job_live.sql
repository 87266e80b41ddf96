-- What a daemon that ended has left. Columns: job_id.
SELECT job_id FROM job WHERE state IN ('running', 'undoing') ORDER BY job_id
