-- The last event; a row always.
SELECT coalesce(max(event_id), 0) AS event_id FROM event
