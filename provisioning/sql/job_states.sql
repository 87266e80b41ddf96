-- Jobs that are not over, and broken ones. Columns: state, jobs.
SELECT state, count(*) AS jobs FROM job WHERE state IN ('queued', 'running', 'undoing', 'broken') GROUP BY state
