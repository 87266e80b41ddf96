-- $1 job_id, $2 cursor. Columns: event_id, data.
SELECT event_id, data FROM event WHERE job_id = $1::bigint AND event_id > $2::bigint AND data IS NOT NULL ORDER BY event_id LIMIT 500
