-- $1 webhook_id. Column: webhook_id; no row: there is none.
WITH gone AS (
	DELETE FROM webhook WHERE webhook_id = $1::bigint RETURNING webhook_id, url, ve
), told AS (
	INSERT INTO event (event, ve, subject, detail, data)
	SELECT 'webhook.removed', ve, webhook_id::text, substring(url FROM '^https?://[^/?#]*'),
	       jsonb_build_object('webhook', webhook_id)
	FROM gone
)
SELECT webhook_id FROM gone
