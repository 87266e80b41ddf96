-- $1 ve or NULL. Columns as named.
SELECT job_id, command, ve, state, changes, to_char(queued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at,
       round(extract(epoch FROM coalesce(ended_at, now()) - coalesce(started_at, queued_at))::numeric, 1) AS seconds, tries, key, message
FROM job WHERE $1::text IS NULL OR ve = $1 ORDER BY job_id DESC LIMIT 200
