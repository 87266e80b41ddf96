-- 04_attack.sql - a member with arbitrary SQL: every way out of its identity, its rows and its database is shut.
BEGIN;
SELECT * FROM no_plan();
CREATE TEMP TABLE attack (n serial, wanted text, statement text);
INSERT INTO attack (wanted, statement) VALUES
	-- identity
	('42501', 'SET ROLE "alpha.tier-b"'), ('42501', 'SET ROLE hanse_owner'), ('42501', 'SET ROLE hanse_provisioner'), ('42501', 'SET ROLE postgres'), ('42501', 'SET ROLE pg_read_all_data'),
	('42501', 'SET LOCAL ROLE hanse_owner'), ('42501', 'SeT/**/ROLE "alpha.tier-b"'), ('42501', 'SET U&"r\006fle" = hanse_owner'),
	('42501', $$SELECT set_config('role', 'hanse_owner', false)$$), ('42501', $$SELECT set_config('ro' || 'le', 'alpha.tier-b', false)$$),
	('42501', 'SET SESSION AUTHORIZATION "alpha.tier-b"'), ('42501', 'SET SESSION AUTHORIZATION postgres'), ('42501', $$SELECT set_config('session_authorization', 'alpha.tier-b', false)$$),
	('ok', 'SET SESSION AUTHORIZATION DEFAULT'), ('ok', 'RESET SESSION AUTHORIZATION'), ('ok', 'RESET ROLE'), ('ok', 'SET ROLE NONE'), ('ok', 'RESET ALL'), ('ok', 'DISCARD ALL'),
	('42501', 'ALTER ROLE "alpha.oem" SUPERUSER'), ('42501', 'ALTER ROLE "alpha.oem" BYPASSRLS'), ('42501', 'ALTER ROLE "alpha.oem" CREATEROLE'), ('42501', 'ALTER ROLE "alpha.oem" INHERIT'),
	('42501', 'ALTER ROLE "alpha.tier-b" PASSWORD NULL'), ('42501', 'ALTER ROLE "alpha.tier-b" SET search_path = x'), ('42501', 'CREATE ROLE intruder LOGIN'), ('42501', 'DROP ROLE "alpha.tier-b"'),
	('42501', 'GRANT "alpha.tier-b" TO "alpha.oem"'), ('42501', 'GRANT hanse_owner TO "alpha.oem"'), ('42501', 'GRANT pg_read_server_files TO "alpha.oem"'),
	('42501', 'REASSIGN OWNED BY "alpha.tier-b" TO "alpha.oem"'), ('42501', 'DROP OWNED BY "alpha.tier-b"'),
	('42501', 'ALTER SYSTEM SET log_statement = ''all'''), ('42501', 'SET session_replication_role = replica'), ('42501', 'SET temp_file_limit = -1'), ('42501', 'SET log_statement = ''all'''), ('42501', 'LOAD ''dblink'''),
	-- rows and objects
	('42501', 'SELECT * FROM hanse.purchase_order'), ('42501', 'TABLE hanse.session'), ('42501', 'INSERT INTO hanse.purchase_order DEFAULT VALUES'), ('42501', 'DELETE FROM hanse.document_event'),
	('55000', 'INSERT INTO api.me (ve_id) VALUES (''x'')'), ('0A000', 'UPDATE api.order_line SET quantity = 1'), ('42501', 'UPDATE api.order_line SET note = NULL'), ('42501', 'DELETE FROM api.session'), ('0A000', 'UPDATE api.item SET price_amount = 0'), ('42501', 'UPDATE api.item SET currency = ''XXX'''), ('42501', 'DELETE FROM api.order_event'),
	('42501', 'SELECT * FROM api.order_line FOR UPDATE'), ('42501', 'SELECT hanse.me()'), ('42501', 'SELECT hanse.refuse(''HN001'', ''x'')'), ('42501', 'SELECT hanse.price_scaled(1)'), ('42501', 'SELECT admin.members()'), ('42501', 'SELECT admin.members_apply(''{}'')'), ('42501', 'SELECT admin.catalogue_faults()'),
	('42501', 'ALTER TABLE hanse.purchase_order DISABLE ROW LEVEL SECURITY'), ('42501', 'ALTER VIEW api.order_line RESET (security_invoker)'), ('42501', 'DROP POLICY parties ON hanse.purchase_order'),
	('42501', 'TRUNCATE hanse.document_event'), ('42501', 'DROP VIEW api.me'), ('42501', 'CREATE TRIGGER x BEFORE INSERT ON hanse.purchase_order EXECUTE FUNCTION hanse.refuse_rewriting()'),
	('42501', 'SHOW port; LOCK TABLE hanse.purchase_order IN ACCESS EXCLUSIVE MODE'), ('42501', 'SHOW port; LOCK TABLE api.order_line IN ACCESS EXCLUSIVE MODE'), ('42501', 'SHOW port; LOCK TABLE api.order_line IN ROW EXCLUSIVE MODE'),
	('42501', 'ANALYZE hanse.purchase_order'), ('42501', 'COMMENT ON VIEW api.me IS ''x'''), ('42501', 'GRANT SELECT ON hanse.purchase_order TO PUBLIC'), ('42501', 'GRANT CONNECT ON DATABASE ve_beta TO "alpha.oem"'),
	-- making things
	('3F000', 'CREATE TABLE x (a int)'), ('42501', 'CREATE TABLE api.x (a int)'), ('42501', 'CREATE TABLE public.x (a int)'), ('42501', 'CREATE TEMP TABLE x (a int)'), ('42501', 'CREATE TEMP TABLE x AS SELECT 1'), ('42501', 'CREATE TEMP VIEW me AS SELECT 1'),
	('42501', 'CREATE SCHEMA mine'), ('42501', 'CREATE FUNCTION api.f() RETURNS int LANGUAGE sql AS ''SELECT 1'''), ('42501', 'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
	('42501', 'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE plpgsql AS ''BEGIN RETURN 1; END'''), ('42501', 'DO $x$ BEGIN EXECUTE ''SET ROLE hanse_owner''; END $x$'), ('42501', 'DO LANGUAGE plpgsql $x$ BEGIN NULL; END $x$'),
	('42501', 'CREATE EXTENSION dblink SCHEMA api'), ('42501', 'CREATE EXTENSION pg_trgm SCHEMA api'), ('42501', 'CREATE EXTENSION postgres_fdw SCHEMA api'), ('42501', 'CREATE LANGUAGE mine HANDLER plpgsql_call_handler'), ('42501', 'CREATE DATABASE mine'), ('42501', 'ALTER DATABASE ve_alpha SET search_path = x'), ('42501', 'DROP DATABASE ve_beta'),
	('42501', 'CREATE OPERATOR api.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)'), ('42501', 'CREATE EVENT TRIGGER x ON ddl_command_start EXECUTE FUNCTION hanse.refuse_rewriting()'), ('42501', 'CREATE PUBLICATION p'), ('42501', 'CREATE FOREIGN DATA WRAPPER x'), ('42501', 'CREATE SUBSCRIPTION s CONNECTION ''host=x'' PUBLICATION p WITH (connect = false)'),
	('42501', 'SELECT lo_create(0)'), ('42501', 'SELECT lo_creat(-1)'), ('42501', 'SELECT lo_from_bytea(0, ''x'')'), ('42501', 'SELECT lo_import(''/etc/passwd'')'), ('42501', 'SELECT lo_export(1, ''/tmp/x'')'), ('42501', 'SELECT lo_open(1, 262144)'), ('42501', 'SELECT lo_get(1)'), ('42501', 'SELECT loread(0, 1)'),
	-- files and programs
	('42501', 'COPY api.me TO PROGRAM ''id'''), ('42501', 'COPY (SELECT 1) TO PROGRAM ''id'''), ('42501', 'COPY (SELECT 1) TO ''/tmp/x'''), ('42501', 'COPY api.me FROM ''/etc/passwd'''), ('42501', 'COPY api.me FROM PROGRAM ''id'''),
	('42501', 'SELECT pg_read_file(''/etc/passwd'')'), ('42501', 'SELECT pg_read_binary_file(''PG_VERSION'')'), ('42501', 'SELECT pg_ls_dir(''.'')'), ('42501', 'SELECT pg_stat_file(''PG_VERSION'')'), ('42501', 'SELECT pg_ls_logdir()'), ('42501', 'SELECT pg_ls_tmpdir()'), ('42501', 'SELECT pg_ls_waldir()'), ('42501', 'SELECT pg_current_logfile()'),
	('42883', 'SELECT dblink(''dbname=ve_beta'', ''SELECT 1'')'), ('42883', 'SELECT dblink_connect(''dbname=ve_beta'')'), ('42501', 'SELECT pg_reload_conf()'), ('42501', 'SELECT pg_rotate_logfile()'),
	-- other sessions
	('42501', 'SELECT pg_notify(''a'', ''b'')'), ('42501', 'SELECT pg_sleep(0)'), ('42501', 'SELECT pg_sleep_for(''0'')'), ('42501', 'SELECT pg_advisory_lock(1)'), ('42501', 'SELECT pg_try_advisory_xact_lock(1)'), ('42501', 'SELECT pg_export_snapshot()'),
	('42501', 'SELECT pg_cancel_backend(pg_backend_pid())'), ('42501', 'SELECT pg_terminate_backend(pg_backend_pid())'), ('42501', 'SELECT pg_current_xact_id()'), ('42501', 'SELECT txid_current()'), ('42501', 'SELECT pg_current_wal_lsn()'), ('42501', 'SELECT pg_logical_emit_message(false, ''a'', ''b'')'),
	('42501', 'SELECT query_to_xml(''SELECT 1'', true, true, '''')'), ('42501', 'SELECT database_to_xml(true, true, '''')'), ('42501', 'SELECT ts_stat(''SELECT NULL::tsvector'')'),
	-- looking around
	('42501', 'SELECT pg_get_userbyid(10)'), ('42501', 'SELECT acldefault(''r'', 10)::text'), ('42501', 'SELECT makeaclitem(10, 10, ''SELECT'', false)::text'), ('42501', 'SELECT pg_describe_object(1260, 10, 0)'), ('42501', 'SELECT pg_identify_object(1260, 10, 0)'), ('42501', 'SELECT pg_identify_object_as_address(1262, 5, 0)'), ('42501', 'SELECT to_regrole(''alpha.oem'')'),
	('42501', 'SELECT pg_database_size(''ve_beta'')'), ('42501', 'SELECT pg_relation_size(''pg_class'')'), ('42501', 'SELECT pg_total_relation_size(16384)'), ('42501', 'SELECT has_database_privilege(''ve_beta'', ''CONNECT'')'), ('42501', 'SELECT pg_has_role(''alpha.tier-b'', ''MEMBER'')'), ('42501', 'SELECT shobj_description(5, ''pg_database'')'),
	('42501', 'SELECT pg_lock_status()'), ('42501', 'SELECT pg_stat_get_activity(NULL)'), ('42501', 'SELECT pg_stat_get_backend_activity(1)'), ('42501', 'SELECT pg_stat_get_live_tuples(1)'), ('42501', 'SELECT pg_show_all_file_settings()'), ('42501', 'SELECT pg_hba_file_rules()'), ('42501', 'SELECT pg_ident_file_mappings()'), ('42501', 'SELECT inet_server_addr()'),
	('42501', 'SELECT reltuples FROM pg_class'), ('42501', 'SELECT * FROM pg_class'), ('42501', 'SELECT * FROM information_schema.tables'), ('42501', 'SELECT * FROM information_schema.applicable_roles');
INSERT INTO attack (wanted, statement)
SELECT '42501', 'SELECT * FROM pg_catalog.' || x FROM unnest(ARRAY['pg_authid', 'pg_shadow', 'pg_roles', 'pg_user', 'pg_group', 'pg_auth_members', 'pg_database', 'pg_db_role_setting', 'pg_tablespace', 'pg_shdepend',
	'pg_shdescription', 'pg_stat_activity', 'pg_stat_database', 'pg_stat_user_tables', 'pg_stat_all_tables', 'pg_statio_all_tables', 'pg_stat_ssl', 'pg_stat_replication', 'pg_locks', 'pg_prepared_xacts', 'pg_stats', 'pg_statistic', 'pg_statistic_ext_data',
	'pg_largeobject', 'pg_largeobject_metadata', 'pg_policies', 'pg_policy', 'pg_tables', 'pg_indexes', 'pg_views', 'pg_subscription', 'pg_file_settings', 'pg_hba_file_rules', 'pg_ident_file_mappings', 'pg_config', 'pg_backend_memory_contexts', 'pg_shmem_allocations', 'pg_replication_slots', 'pg_user_mapping', 'pg_user_mappings', 'pg_foreign_server']) x;

-- First what an app may do, so that the refusals below mean something.
SELECT is(t.ask('alpha.oem', 'SELECT name FROM api.me'), 'oem', 'a member reads');
SELECT is(t.try('alpha.oem', s), 'ok', 'a member may: ' || s) FROM unnest(ARRAY['SET application_name = ''req-1''', 'SELECT set_config(''application_name'', ''x'', false)', 'SELECT version(), now(), current_database(), session_user',
	'SELECT typname FROM pg_type', 'SELECT attname FROM pg_attribute', 'SELECT relname FROM pg_class', 'SELECT pg_is_in_recovery()', 'SHOW server_version; SET statement_timeout = ''5s''', 'SELECT * FROM pg_settings', 'SELECT to_jsonb(o) FROM api."order" o', 'SELECT gen_random_uuid(), sha256(''x'')', 'BEGIN; COMMIT']) s;
SELECT is(t.try('alpha.oem', statement), wanted, left(statement, 90)) FROM attack ORDER BY n;
-- row_security = off makes the policies an error, never their absence.
SELECT is(t.run('alpha.oem', 'SET row_security = off'), 'SET', 'row_security off');
SELECT is(t.try('alpha.oem', 'SELECT * FROM api.order_line'), '42501', 'shows nothing');
SELECT is(t.run('alpha.oem', 'RESET row_security'), 'RESET', 'and on again');
-- Names by number: nothing names a role or a database of the cluster.
SELECT is(t.ask('alpha.oem', $$ SELECT string_agg(g::oid::regrole::text, ' ') FROM generate_series(16384, 18384) g WHERE g::oid::regrole::text ~ '[^0-9]' $$), NULL, 'regrole does not turn numbers into names');
SELECT is(t.ask('alpha.oem', $$ SELECT string_agg(DISTINCT relacl::text, ' ') FROM pg_class WHERE relacl::text ~ 'alpha[.]|beta[.]' $$), NULL, 'no member is named in an access list');
-- search_path of the caller reaches no function with owner's rights.
SELECT is(t.run('alpha.oem', 'SET search_path = api, pg_catalog'), 'SET', 'with a search_path of its own');
SELECT isnt(t.draft(), NULL, 'functions do the same');
SELECT is(t.run('alpha.oem', 'RESET search_path'), 'RESET', 'back');
-- After all that.
SELECT is(t.ask('alpha.oem', 'concat_ws('' '', session_user, current_user, (SELECT name FROM api.me))'), 'alpha.oem alpha.oem oem', 'the session is who it was');
SELECT is(t.ask('alpha.postgres', $$ SELECT count(*) FROM pg_roles WHERE rolname = 'intruder' OR (rolname LIKE 'alpha.%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolinherit OR rolpassword IS NULL)) $$), '0', 'no role has grown') ;
SELECT is(t.ask('alpha.postgres', 'SELECT count(*) FROM pg_largeobject_metadata'), '0', 'no large object was made');
SELECT is((SELECT count(*) FROM t.rows('alpha.hanse_provisioner', 'SELECT f FROM admin.catalogue_faults() f'))::int, 0, 'the catalogue is sound');
-- The owner's role and provisioning see no documents: the ASP does not read its customers' orders.
SELECT is(t.try('alpha.hanse_provisioner', 'SELECT * FROM api.order_line'), 'ok', 'provisioning may look');
SELECT is(t.ask('alpha.hanse_provisioner', 'SELECT count(*) FROM api.order_line'), '0', 'and sees no line');
SELECT is(t.run('alpha.hanse_provisioner', 'SET ROLE hanse_owner'), 'SET', 'as owner');
SELECT is(t.ask('alpha.hanse_provisioner', 'SELECT count(*) FROM hanse.purchase_order'), '0', 'no order either');
SELECT is(t.run('alpha.hanse_provisioner', 'RESET ROLE'), 'RESET', 'back');
SELECT * FROM finish();
COMMIT;
