-- $1 webhook_id, $2 event_id, $3 ms, $4 status, $5 message
--
-- Tried again after 1 to 2 s, 2 to 4 s, ... half an hour to an hour: hooks that
-- failed together do not come back together. After seven days no more.
WITH failed AS (
	UPDATE webhook SET failures = failures + 1,
		failing_since = coalesce(failing_since, now()),
		next_at = clock_timestamp() + least(3600, power(2, least(failures, 12) + 1)) * (0.5 + random() / 2) * interval '1 s',
		enabled = coalesce(failing_since, now()) > now() - interval '7 days'
	WHERE webhook_id = $1::bigint AND enabled AND cursor < $2::bigint
	RETURNING webhook_id, url, ve, enabled, failing_since
), forgotten AS (
	DELETE FROM webhook_attempt WHERE webhook_id = $1::bigint AND attempt_id <= (
		SELECT attempt_id FROM webhook_attempt WHERE webhook_id = $1::bigint ORDER BY attempt_id DESC OFFSET 199 LIMIT 1)
), told AS (
	INSERT INTO event (event, ve, subject, detail, data)
	SELECT 'webhook.disabled', ve, webhook_id::text,
	       substring(url FROM '^https?://[^/?#]*') || ' fails since ' || to_char(failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || $5::text,
	       jsonb_build_object('webhook', webhook_id, 'event_id', $2::bigint, 'status', $4::integer)
	FROM failed WHERE NOT enabled
)
INSERT INTO webhook_attempt (webhook_id, event_id, ms, status, message)
SELECT webhook_id, $2::bigint, $3::integer, $4::integer, $5::text FROM failed
