-- $1 archive_id
WITH kept AS (UPDATE archive SET state = 'kept' WHERE archive_id = $1::bigint AND state = 'making' RETURNING ve, enterprise, documents, path)
INSERT INTO event (event, ve, subject, detail) SELECT 'archive.kept', ve, enterprise, format('%s documents in %s', documents, path) FROM kept
