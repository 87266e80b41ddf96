-- Columns: exists.
SELECT (to_regclass('hanse.schema_migration') IS NOT NULL)::text AS exists
