-- $1 enterprise, $2 sha256 of the archive's lines, $3 a mark, or NULL
SELECT admin.archive_close($1, $2, $3)
