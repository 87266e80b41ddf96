-- $1 enterprise. Columns: summary (JSON), documents, sha256, legal_name.
SELECT s::text AS summary, s ->> 'documents' AS documents, s ->> 'sha256' AS sha256, s ->> 'legal_name' AS legal_name
FROM admin.archive_summary($1) s
