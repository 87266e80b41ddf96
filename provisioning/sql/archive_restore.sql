-- $1 enterprise, $2 continued. Columns: result (JSON).
SELECT admin.archive_restore($1, $2::boolean)::text AS result
