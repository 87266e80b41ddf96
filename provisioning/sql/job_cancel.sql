-- $1 job_id. Columns: state; no row if there is no such job, or it has ended.
UPDATE job SET cancel = true WHERE job_id = $1::bigint AND state IN ('queued', 'running', 'undoing', 'broken') RETURNING state
