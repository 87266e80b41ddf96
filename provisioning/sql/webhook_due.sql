-- Columns: webhook_id, url, secret, events, ve, cursor, wait_ms.
SELECT webhook_id, url, secret, events, ve, cursor,
       ceil(greatest(0, extract(epoch FROM next_at - clock_timestamp())) * 1000)::bigint AS wait_ms
FROM webhook WHERE enabled ORDER BY webhook_id
