-- Every role but those of PostgreSQL and the platform's own four: what it may
-- be and do anywhere on this server. Columns: name, connections, attributes,
-- memberships, settings.
SELECT r.rolname AS name, r.rolconnlimit AS connections,
       concat_ws(' ', CASE WHEN r.rolcanlogin THEN 'login' END, CASE WHEN r.rolinherit THEN 'inherit' END,
                 CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreatedb THEN 'createdb' END,
                 CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolreplication THEN 'replication' END,
                 CASE WHEN r.rolbypassrls THEN 'bypassrls' END, 'until ' || nullif(r.rolvaliduntil, 'infinity')) AS attributes,
       coalesce((SELECT string_agg(g.rolname, ' ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                 WHERE m.member = r.oid), '') AS memberships,
       coalesce((SELECT string_agg(coalesce(d.datname || ': ', '') || array_to_string(s.setconfig, ', '), '; ' ORDER BY d.datname)
                 FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE s.setrole = r.oid), '') AS settings
FROM pg_roles r
WHERE r.rolname !~ '^pg_' AND r.rolname NOT IN ('postgres', 'hanse_owner', 'hanse_provisioner', 'hanse_replica', 'hanse_rewind') ORDER BY 1
