-- $1 webhook_id, $2 event_id, $3 ms, $4 status
WITH moved AS (
	UPDATE webhook SET cursor = $2::bigint, delivered = delivered + 1, failures = 0, failing_since = NULL, next_at = now()
	WHERE webhook_id = $1::bigint AND cursor < $2::bigint RETURNING webhook_id
), forgotten AS (
	DELETE FROM webhook_attempt WHERE webhook_id = $1::bigint AND attempt_id <= (
		SELECT attempt_id FROM webhook_attempt WHERE webhook_id = $1::bigint ORDER BY attempt_id DESC OFFSET 199 LIMIT 1)
)
INSERT INTO webhook_attempt (webhook_id, event_id, ms, status)
SELECT webhook_id, $2::bigint, $3::integer, $4::integer FROM moved
