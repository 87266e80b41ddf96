-- $1 job_id
SELECT step_no, action, kind, name, state, round(extract(epoch FROM coalesce(ended_at, now()) - started_at)::numeric, 1) AS seconds, message
FROM step WHERE job_id = $1::bigint ORDER BY step_no
