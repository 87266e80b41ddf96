-- Who may do what to the databases of VEs, but their owners. Columns: name,
-- grantee, privileges.
SELECT d.datname AS name, coalesce(r.rolname, 'PUBLIC') AS grantee, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type) AS privileges
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE d.datname LIKE 've\_%' AND a.grantee <> d.datdba GROUP BY 1, 2 ORDER BY 1, 2
