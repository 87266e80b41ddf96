-- $1 webhook_id: it has taken a test. It is tried again now, also if it had
-- been disabled.
WITH was AS (
	SELECT webhook_id, url, ve, enabled FROM webhook WHERE webhook_id = $1::bigint FOR UPDATE
), told AS (
	INSERT INTO event (event, ve, subject, detail, data)
	SELECT 'webhook.enabled', ve, webhook_id::text, substring(url FROM '^https?://[^/?#]*'),
	       jsonb_build_object('webhook', webhook_id)
	FROM was WHERE NOT enabled
)
UPDATE webhook SET enabled = true, failures = 0, failing_since = NULL, next_at = now()
FROM was WHERE webhook.webhook_id = was.webhook_id
