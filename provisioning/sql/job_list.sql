-- $1 ve or NULL. Columns as named.
SELECT job_id, command, ve, state, changes, to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at,
       round(extract(epoch FROM coalesce(ended_at, now()) - started_at)::numeric, 1) AS seconds, message
FROM job WHERE $1::text IS NULL OR ve = $1 ORDER BY job_id DESC LIMIT 200
