-- cluster.sql - once, by the superuser with psql, when a database domain is new:
-- the two roles of the platform, and template1 and postgres stripped so that
-- every database made later begins with nothing a member does not need.
-- Running it again changes nothing.

\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;

-- Roles.
-- hanse_owner owns every object and never logs in. hanse_provisioner makes
-- databases and member roles; it acts as owner only after SET ROLE, so that a
-- slip outside a migration touches nothing (NOINHERIT).
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanse_owner') THEN
		CREATE ROLE hanse_owner NOLOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanse_provisioner') THEN
		CREATE ROLE hanse_provisioner LOGIN CREATEDB CREATEROLE NOINHERIT;
	END IF;
END
$$;
GRANT hanse_owner TO hanse_provisioner;
-- DROP DATABASE … WITH (FORCE) must end the sessions of members that are still on.
GRANT pg_signal_backend TO hanse_owner;

REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO hanse_provisioner;

-- Hardening.
-- One text, run in each database by the variable it is read into.
SELECT $hard$
DO $do$
DECLARE
	-- What drivers and tools look up about types, tables and columns; rows
	-- of this database's own structure, nothing about data or other databases.
	kept_relations CONSTANT text[] := ARRAY[
		'pg_am', 'pg_attrdef', 'pg_attribute', 'pg_cast', 'pg_collation',
		'pg_constraint', 'pg_description', 'pg_enum', 'pg_index',
		'pg_inherits', 'pg_language', 'pg_namespace', 'pg_opclass',
		'pg_operator', 'pg_proc', 'pg_range', 'pg_settings',
		'pg_timezone_abbrevs', 'pg_timezone_names', 'pg_type'];
	-- Of pg_class all but what counts other members' rows.
	class_hidden CONSTANT text[] := ARRAY[
		'reltuples', 'relpages', 'relallvisible', 'relfrozenxid',
		'relminmxid', 'relfilenode'];
	-- Families that read files, wait, lock, signal, count, name roles and
	-- databases, keep large objects, or run SQL given as text.
	refused CONSTANT text := '^(pg_.*|lo_.*|loread|lowrite|txid_.*'
		'|binary_upgrade_.*|inet_server_.*|has_database_privilege'
		'|has_tablespace_privilege|has_parameter_privilege'
		'|has_server_privilege|has_foreign_data_wrapper_privilege'
		'|acldefault|aclinsert|aclremove|makeaclitem|to_regrole'
		'|shobj_description|ts_stat|(query|cursor|table|schema|database)_to_xml.*'
		'|brin_(de)?summarize_.*|gin_clean_pending_list)$';
	-- Members of those families that stay: type input and output, visibility
	-- and definitions of this database's objects, what libpq and psql call.
	kept CONSTANT text := '^(pg_.*_(in|out|recv|send)|pg_lsn.*|pg_.*_is_visible'
		'|pg_typeof|pg_backend_pid|pg_client_encoding|pg_char_to_encoding'
		'|pg_encoding_.*|pg_collation_for|pg_column_size|pg_size_.*'
		'|pg_is_in_recovery|pg_show_all_settings|pg_settings_get_flags'
		'|pg_timezone_.*|pg_get_(expr|constraintdef|indexdef|viewdef|ruledef'
		'|triggerdef|functiondef|function_.*|keywords|partkeydef'
		'|serial_sequence)|pg_my_temp_schema|pg_is_other_temp_schema'
		'|pg_index.*_property|pg_relation_is_updatable'
		'|pg_column_is_updatable|pg_cursor|pg_prepared_statement)$';
	public_acl CONSTANT oid := 0;
	thing record;
BEGIN
	FOR thing IN
		SELECT c.oid::regclass AS name, c.relname
		FROM pg_catalog.pg_class c
		WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		  AND c.relkind IN ('r', 'v')
		  AND NOT (c.relname = ANY (kept_relations) AND c.relnamespace = 'pg_catalog'::regnamespace)
		  AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = public_acl)
		    OR EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a
		               WHERE t.attrelid = c.oid AND a.grantee = public_acl))
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', thing.name);
		EXECUTE format('GRANT SELECT ON %s TO hanse_owner, hanse_provisioner', thing.name);
	END LOOP;

	EXECUTE (
		SELECT format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC',
		              string_agg(quote_ident(attname), ', ' ORDER BY attnum))
		FROM pg_attribute
		WHERE attrelid = 'pg_catalog.pg_class'::regclass
		  AND NOT attisdropped AND attname <> ALL (class_hidden));

	FOR thing IN
		SELECT p.oid::regprocedure AS name
		FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace
		  AND p.proname ~ refused AND p.proname !~ kept
		  AND (p.proacl IS NULL
		    OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = public_acl))
	LOOP
		EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', thing.name);
		EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO hanse_owner, hanse_provisioner', thing.name);
	END LOOP;
END
$do$;

-- Large objects are reached by a direct grant too; DO blocks and functions
-- need a language. Functions that exist keep running: only making is refused.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO hanse_owner, hanse_provisioner;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA information_schema FROM PUBLIC;
GRANT USAGE ON SCHEMA information_schema TO hanse_owner, hanse_provisioner;

-- oid::regrole::text would list every role of the cluster, so every enterprise
-- of every VE, and no privilege guards the output of a type: it shows the
-- number instead. Names are still accepted where a role must be named.
UPDATE pg_catalog.pg_type SET typoutput = 'pg_catalog.oidout'::regproc
 WHERE oid = 'pg_catalog.regrole'::regtype AND typoutput <> 'pg_catalog.oidout'::regproc;
$hard$ AS harden \gset

\connect template1
SET client_min_messages = warning;
BEGIN;
:harden
COMMIT;
\connect postgres
SET client_min_messages = warning;
BEGIN;
:harden
COMMIT;
