-- $1 ve or NULL, $2 how many. The number before the first of the newest ones.
SELECT coalesce(min(event_id), 1) - 1 AS cursor FROM (
	SELECT event_id FROM event WHERE $1::text IS NULL OR ve = $1 ORDER BY event_id DESC LIMIT $2::bigint
) newest
