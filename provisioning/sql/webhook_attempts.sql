-- $1 webhook_id. The newest first; columns as named.
SELECT event_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, ms, status, message
FROM webhook_attempt WHERE webhook_id = $1::bigint ORDER BY attempt_id DESC LIMIT 20
