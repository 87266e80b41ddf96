-- $1 archive_id
WITH expired AS (UPDATE archive SET state = 'expired' WHERE archive_id = $1::bigint AND state = 'kept' RETURNING ve, enterprise, documents, path)
INSERT INTO event (event, ve, subject, detail) SELECT 'archive.expired', ve, enterprise, format('%s documents in %s', documents, path) FROM expired
