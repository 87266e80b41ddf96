-- $1 archive_id
DELETE FROM archive WHERE archive_id = $1::bigint AND state = 'making'
