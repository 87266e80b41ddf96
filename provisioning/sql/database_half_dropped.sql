-- Databases whose DROP was interrupted: PostgreSQL lets nobody in, and they
-- can only be dropped. Columns: name.
SELECT datname AS name FROM pg_database WHERE datconnlimit = -2 ORDER BY 1
