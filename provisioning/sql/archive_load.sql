-- $1 lines
SELECT admin.archive_load($1::text[])
