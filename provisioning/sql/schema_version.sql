-- As the owner; the function that tells it comes with a later migration.
-- Columns: version.
SELECT coalesce(max(number), 0) AS version FROM hanse.schema_migration
