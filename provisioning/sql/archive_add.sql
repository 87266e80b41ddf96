-- $1 ve, $2 enterprise, $3 legal name, $4 folder, $5 days, $6 documents, $7 sha256 of the lines.
-- Columns: archive_id, path, made_at, expires_at. Two of one second get names of their own.
WITH named AS (
	SELECT format('%s/%s.%s.%s', $4::text, $1::text, $2::text, to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')) AS base
)
INSERT INTO archive (ve, enterprise, legal_name, path, expires_at, documents, content_sha256)
SELECT $1, $2, $3, base || coalesce('-' || (SELECT nullif(count(*), 0) + 1 FROM archive WHERE starts_with(path, base)), '') || '.hanse-archive',
	now() + make_interval(days => $5::integer), $6::bigint, $7
FROM named
RETURNING archive_id, path, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at,
	to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS expires_at
