-- Member roles. Columns: name, connections, login.
SELECT rolname AS name, rolconnlimit AS connections, rolcanlogin::text AS login FROM pg_roles WHERE rolname LIKE '%.%' ORDER BY 1
