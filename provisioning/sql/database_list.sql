-- The databases of VEs on this server. Columns: name, owner.
SELECT datname AS name, rolname AS owner FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname LIKE 've\_%' ORDER BY 1
