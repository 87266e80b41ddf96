-- $1 ve, $2 enterprise, $3 legal name, $4 folder, $5 days, $6 documents, $7 sha256 of the lines.
-- Columns: archive_id, path, made_at, expires_at.
INSERT INTO archive (ve, enterprise, legal_name, path, expires_at, documents, content_sha256)
VALUES ($1, $2, $3, format('%s/%s.%s.%s.hanse-archive', $4::text, $1::text, $2::text, to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')),
	now() + make_interval(days => $5::integer), $6::bigint, $7)
RETURNING archive_id, path, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at,
	to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS expires_at
