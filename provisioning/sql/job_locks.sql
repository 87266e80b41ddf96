-- What jobs that wait or run hold. Columns: name, exclusive.
SELECT l.name, l.exclusive FROM job_lock l JOIN job USING (job_id) WHERE state IN ('queued', 'running', 'undoing')
