-- What of a VE's database decides who may see and do what: a row a fact, with
-- the statement that makes it so, and the one that takes it away.
-- $1: 'all', or 'digest' for one row with the digest of them all as its key.
-- Columns: key, value, rank, make, unmake.
WITH space AS (
	SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
	WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), role AS (
	SELECT oid, rolname, quote_ident(rolname) AS quoted FROM pg_roles
	UNION ALL SELECT 0, 'PUBLIC', 'PUBLIC'
), rel AS (
	SELECT c.oid, c.relkind, c.relacl, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
	       format('%I.%I', s.nspname, c.relname) AS name
	FROM pg_class c JOIN space s ON s.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
), fn AS (
	SELECT p.oid, p.proacl, p.proowner,
	       format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
	FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
	WHERE p.prokind IN ('f', 'p')
), acl AS (
	SELECT 'SCHEMA ' || quote_ident(nspname) AS thing, '' AS columns, a.grantee, a.privilege_type, a.is_grantable
	FROM space, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
	UNION ALL
	SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || name, '', a.grantee, a.privilege_type, a.is_grantable
	FROM rel, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))) a
	UNION ALL
	SELECT 'TABLE ' || name, format(' (%I)', t.attname), a.grantee, a.privilege_type, a.is_grantable
	FROM rel JOIN pg_attribute t ON t.attrelid = rel.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
	UNION ALL
	SELECT 'ROUTINE ' || name, '', a.grantee, a.privilege_type, a.is_grantable
	FROM fn, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
), fact AS (
SELECT format('security of %s', name) AS key,
       concat(CASE WHEN relrowsecurity THEN 'rows' ELSE 'off' END, CASE WHEN relforcerowsecurity THEN ' forced' END) AS value,
       3 AS rank,
       format('ALTER TABLE %s %s ROW LEVEL SECURITY, %s ROW LEVEL SECURITY', name,
              CASE WHEN relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END,
              CASE WHEN relforcerowsecurity THEN 'FORCE' ELSE 'NO FORCE' END) AS make,
       NULL AS unmake
FROM rel WHERE relkind IN ('r', 'p')
UNION ALL
SELECT format('owner of %s', rel.name), role.rolname, 6, format('ALTER TABLE %s OWNER TO %s', rel.name, role.quoted), NULL
FROM rel JOIN role ON role.oid = rel.relowner
UNION ALL
SELECT format('owner of %s', fn.name), role.rolname, 6, format('ALTER ROUTINE %s OWNER TO %s', fn.name, role.quoted), NULL
FROM fn JOIN role ON role.oid = fn.proowner
UNION ALL
SELECT format('columns of %s', rel.name),
       string_agg(format('%I %s%s', t.attname, format_type(t.atttypid, t.atttypmod), CASE WHEN t.attnotnull THEN '!' END), ', ' ORDER BY t.attnum),
       0, NULL, NULL
FROM rel JOIN pg_attribute t ON t.attrelid = rel.oid AND t.attnum > 0 AND NOT t.attisdropped
WHERE rel.relkind IN ('r', 'p') GROUP BY rel.name
UNION ALL
SELECT format('constraint %I of %s', k.conname, rel.name), pg_get_constraintdef(k.oid), 2,
       format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %s', rel.name, k.conname, pg_get_constraintdef(k.oid)),
       format('ALTER TABLE %s DROP CONSTRAINT %I', rel.name, k.conname)
FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid WHERE k.contype IN ('c', 'f', 'u', 'p')
UNION ALL
SELECT format('function %s', name), md5(pg_get_functiondef(oid)), 1, pg_get_functiondef(oid), format('DROP ROUTINE %s', name)
FROM fn
UNION ALL
SELECT format('view %s', name), md5(concat(reloptions::text, pg_get_viewdef(oid))), 4,
       format('CREATE OR REPLACE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)),
       format('DROP VIEW %s', name)
FROM rel WHERE relkind = 'v'
UNION ALL
SELECT format('trigger %I of %s', g.tgname, rel.name), concat(g.tgenabled, ' ', pg_get_triggerdef(g.oid)), 5,
       format('DROP TRIGGER IF EXISTS %I ON %s; %s; ALTER TABLE %2$s %s TRIGGER %1$I', g.tgname, rel.name, pg_get_triggerdef(g.oid),
              CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END),
       format('DROP TRIGGER %I ON %s', g.tgname, rel.name)
FROM pg_trigger g JOIN rel ON rel.oid = g.tgrelid WHERE NOT g.tgisinternal
UNION ALL
SELECT format('policy %I of %s', p.polname, rel.name),
       concat_ws(' ', p.polcmd, p.polpermissive, u.names, pg_get_expr(p.polqual, p.polrelid), '/', pg_get_expr(p.polwithcheck, p.polrelid)), 5,
       format('DROP POLICY IF EXISTS %I ON %s; CREATE POLICY %1$I ON %2$s AS %s FOR %s TO %s%s%s', p.polname, rel.name,
              CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
              CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
              u.names, ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
       format('DROP POLICY %I ON %s', p.polname, rel.name)
FROM pg_policy p JOIN rel ON rel.oid = p.polrelid,
     LATERAL (SELECT string_agg(role.quoted, ', ' ORDER BY role.rolname) AS names FROM role WHERE role.oid = ANY (p.polroles)) u
UNION ALL
SELECT format('grant %s%s on %s to %s', acl.privilege_type, acl.columns, acl.thing, role.rolname),
       CASE WHEN acl.is_grantable THEN 'and to grant it' ELSE '' END, 7,
       format('GRANT %s%s ON %s TO %s%s', acl.privilege_type, acl.columns, acl.thing, role.quoted, CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END),
       format('REVOKE %s%s ON %s FROM %s', acl.privilege_type, acl.columns, acl.thing, role.quoted)
FROM acl JOIN role ON role.oid = acl.grantee
)
SELECT key, value, rank, make, unmake FROM fact WHERE $1::text = 'all'
UNION ALL
SELECT md5(string_agg(key || E'\t' || value, E'\n' ORDER BY key, value)), '', 0, NULL, NULL FROM fact HAVING $1::text = 'digest'
