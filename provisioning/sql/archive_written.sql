-- $1 archive_id, $2 sha256 of the file, $3 bytes
UPDATE archive SET sha256 = $2, bytes = $3::bigint WHERE archive_id = $1::bigint
