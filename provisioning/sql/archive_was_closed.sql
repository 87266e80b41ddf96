-- $1 mark. Columns: closed.
SELECT admin.archive_was_closed($1)::text AS closed
