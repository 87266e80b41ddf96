-- $1 enterprise
SELECT admin.archive_begin($1)
