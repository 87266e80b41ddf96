-- Columns: kind, key.
SELECT kind, key FROM allocation
