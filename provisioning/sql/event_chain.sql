-- $1 number, $2 how many. That event and those after it, as they are hashed.
SELECT event_id, (extract(epoch FROM at) * 1000000)::bigint AS at_us, event, ve, subject, detail, job_id, data,
	encode(prev_hash, 'hex') AS prev_hash, encode(hash, 'hex') AS hash
FROM event WHERE event_id >= $1::bigint ORDER BY event_id LIMIT $2::bigint
