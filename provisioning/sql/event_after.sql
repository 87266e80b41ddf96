-- $1 cursor, $2 the last one wanted, $3 ve or NULL, $4 how many at most
SELECT event_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, event, ve, subject, detail, job_id, data,
	encode(hash, 'hex') AS hash
FROM event WHERE event_id > $1::bigint AND event_id <= $2::bigint AND ($3::text IS NULL OR ve = $3)
ORDER BY event_id LIMIT $4::bigint
