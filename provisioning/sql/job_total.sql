-- $1 job_id. Columns: command, ve, changes, ms.
SELECT command, ve, changes, round(extract(epoch FROM coalesce(ended_at, now()) - coalesce(started_at, queued_at)) * 1000)::bigint AS ms
FROM job WHERE job_id = $1::bigint
