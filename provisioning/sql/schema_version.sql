-- Columns: version.
SELECT admin.schema_version() AS version
