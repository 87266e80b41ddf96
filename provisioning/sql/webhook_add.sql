-- $1 url, $2 secret, $3 events, $4 ve or NULL, $5 cursor or NULL (the end of
-- the log), $6 how many there may be. Column: webhook_id; no row: too many.
WITH added AS (
	INSERT INTO webhook (url, secret, events, ve, cursor)
	SELECT $1::text, $2::text, $3::text, $4::text, coalesce($5::bigint, (SELECT max(event_id) FROM event), 0)
	WHERE (SELECT count(*) FROM webhook) < $6::bigint
	RETURNING webhook_id, url, events, ve
), told AS (
	INSERT INTO event (event, ve, subject, detail, data)
	SELECT 'webhook.added', ve, webhook_id::text, substring(url FROM '^https?://[^/?#]*'),
	       jsonb_build_object('webhook', webhook_id, 'events', events)
	FROM added
)
SELECT webhook_id FROM added
