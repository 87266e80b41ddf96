-- $1 archive_id. Columns: path.
SELECT path FROM archive WHERE archive_id = $1::bigint
