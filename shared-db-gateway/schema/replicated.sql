-- replicated.sql - once, by the superuser, behind cluster.sql, where a database
-- has replicas: the roles its members come to each other as. hanse_rewind reads
-- what pg_rewind reads of a primary, and no more (the functions that read files
-- Patroni grants it).
\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;
\connect postgres

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanse_replica') THEN
		CREATE ROLE hanse_replica LOGIN REPLICATION;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanse_rewind') THEN
		CREATE ROLE hanse_rewind LOGIN;
	END IF;
END
$$;
GRANT CONNECT ON DATABASE postgres TO hanse_rewind;
GRANT SELECT ON pg_catalog.pg_tablespace TO hanse_rewind;
GRANT EXECUTE ON FUNCTION pg_current_wal_lsn(), pg_current_wal_insert_lsn(),
	pg_walfile_name(pg_lsn), pg_control_checkpoint(),
	pg_tablespace_location(oid) TO hanse_rewind;
