-- Member roles. Columns: name, connections.
SELECT rolname AS name, rolconnlimit AS connections FROM pg_roles WHERE rolname LIKE '%.%' ORDER BY 1
