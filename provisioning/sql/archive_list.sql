-- $1 ve or NULL. Columns as named.
SELECT archive_id, ve, enterprise, legal_name, state, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at,
	to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS expires_at, documents, bytes, sha256, content_sha256, path
FROM archive WHERE $1::text IS NULL OR ve = $1 ORDER BY archive_id
