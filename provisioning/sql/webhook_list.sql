-- $1 ve or NULL. Columns as named; never the secret.
SELECT w.webhook_id, w.url, w.events, w.ve, CASE WHEN NOT w.enabled THEN 'disabled' WHEN w.failures > 0 THEN 'failing' ELSE 'ok' END AS state,
       w.cursor, (SELECT coalesce(max(event_id), 0) FROM event) - w.cursor AS behind, w.delivered, w.failures,
       to_char(w.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS failing_since,
       CASE WHEN w.failures > 0 AND w.enabled THEN to_char(w.next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END AS next_at,
       coalesce(a.message, a.status::text) AS last
FROM webhook w LEFT JOIN LATERAL (
	SELECT message, status FROM webhook_attempt t WHERE t.webhook_id = w.webhook_id ORDER BY attempt_id DESC LIMIT 1) a ON true
WHERE $1::text IS NULL OR w.ve = $1 ORDER BY w.webhook_id
