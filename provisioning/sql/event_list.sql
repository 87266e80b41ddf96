-- $1 ve or NULL. The newest 500, oldest first.
SELECT * FROM (
	SELECT event_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, event, ve, subject, detail
	FROM event WHERE $1::text IS NULL OR ve = $1 ORDER BY event_id DESC LIMIT 500
) newest ORDER BY event_id
