-- The databases of VEs on this server. Columns: name.
SELECT datname AS name FROM pg_database WHERE datname LIKE 've\_%' ORDER BY 1
