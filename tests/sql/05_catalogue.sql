-- 05_catalogue.sql - the check of the catalogue finds nothing, and finds every leak that is planted.
BEGIN;
SELECT * FROM no_plan();
SELECT is((SELECT count(*) FROM t.rows(ve || '.hanse_provisioner', 'SELECT f FROM admin.catalogue_faults() f'))::int, 0, ve || ' is sound') FROM unnest(ARRAY['alpha', 'beta']) ve;
SELECT is(t.ask('alpha.hanse_provisioner', 'admin.schema_version()'), '12', 'every migration is recorded');
SELECT is((SELECT array_agg(r ->> 'sha256' ORDER BY r ->> 'number') FROM t.rows('alpha.hanse_provisioner', 'TABLE hanse.schema_migration') r),
	(SELECT array_agg(r ->> 'sha256' ORDER BY r ->> 'number') FROM t.rows('beta.hanse_provisioner', 'TABLE hanse.schema_migration') r), 'the same in both VEs');

-- What a leak looks like to a member, then what the check says of it.
CREATE TEMP TABLE leak (n serial, plant text, pattern text, reads text);
INSERT INTO leak (plant, pattern, reads) VALUES
	('CREATE TABLE api.plain AS SELECT * FROM hanse.purchase_order; ALTER TABLE api.plain OWNER TO hanse_owner; GRANT SELECT ON api.plain TO PUBLIC', '^table api.plain has no row-level security', 'SELECT count(*) FROM api.plain'),
	('CREATE VIEW api.leaky AS SELECT * FROM hanse.purchase_order; GRANT SELECT ON api.leaky TO PUBLIC', '^view api.leaky does not run with the rights of its reader', 'SELECT count(*) FROM api.leaky'),
	('CREATE FUNCTION api.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS ''SELECT count(*) FROM hanse.purchase_order''; GRANT EXECUTE ON FUNCTION api.peek TO PUBLIC', '^function api.peek\(\) runs with the rights of a superuser', 'SELECT api.peek() AS count'),
	('CREATE MATERIALIZED VIEW api.kept AS SELECT * FROM hanse.purchase_order; ALTER MATERIALIZED VIEW api.kept OWNER TO hanse_owner; GRANT SELECT ON api.kept TO PUBLIC', '^materialized view api.kept', 'SELECT count(*) FROM api.kept'),
	('CREATE POLICY everyone ON hanse.purchase_order FOR SELECT USING (true)', 'policy everyone that does not look at session_user', 'SELECT count(DISTINCT order_uid) FROM api.order_action'),
	('CREATE POLICY anyone ON hanse.purchase_order FOR SELECT USING (current_user <> ''x'' AND session_user <> ''x'')', 'policy anyone that looks at a role or a setting', 'SELECT count(DISTINCT order_uid) FROM api.order_action'),
	('ALTER TABLE hanse.order_line DISABLE ROW LEVEL SECURITY', '^table hanse.order_line has no row-level security', 'SELECT count(DISTINCT order_uid) FROM api.order_line'),
	('ALTER TABLE hanse.order_line NO FORCE ROW LEVEL SECURITY', '^table hanse.order_line does not force', NULL),
	('CREATE FUNCTION api.loose() RETURNS int LANGUAGE sql AS ''SELECT 1''; ALTER FUNCTION api.loose() OWNER TO hanse_owner', '^function api.loose\(\) has no pinned search_path', NULL),
	('ALTER FUNCTION api.order_act SET search_path = "$user", public', '^function api.order_act.* has no pinned search_path', NULL),
	('GRANT INSERT ON hanse.document_event TO PUBLIC', '^everybody may do more than read hanse.document_event', NULL),
	('GRANT EXECUTE ON FUNCTION admin.members_apply TO PUBLIC', '^everybody may call admin.members_apply', NULL),
	('GRANT USAGE ON SCHEMA hanse TO PUBLIC', '^everybody has USAGE on schema hanse', NULL),
	('GRANT CREATE ON SCHEMA api TO PUBLIC', '^everybody has CREATE on schema api', NULL),
	('GRANT TEMPORARY ON DATABASE ve_alpha TO PUBLIC', '^everybody has TEMPORARY on the database', NULL),
	('GRANT CONNECT ON DATABASE ve_alpha TO PUBLIC', '^everybody has CONNECT on the database', NULL),
	('GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC', '^everybody may use the language plpgsql', NULL),
	('GRANT CONNECT ON DATABASE ve_alpha TO "beta.oem"', '^role beta.oem may connect here and belongs to another', NULL),
	('ALTER ROLE "alpha.dealer" BYPASSRLS', '^role alpha.dealer, which may connect here, is more', NULL),
	('GRANT hanse_owner TO "alpha.dealer"', '^role alpha.dealer, which may connect here, is more', NULL),
	('ALTER TABLE hanse.site OWNER TO "alpha.dealer"', '^hanse.site is not owned by hanse_owner', NULL);
-- Something to leak: one order between two others.
SELECT isnt(t.draft(), NULL, 'an order that is not the loner''s');

CREATE FUNCTION pg_temp.found(plant text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	answer boolean;
BEGIN
	PERFORM t.run('alpha.postgres', 'BEGIN; ' || plant);
	SELECT bool_or(r ->> 'f' ~ pattern) INTO answer FROM t.rows('alpha.postgres', 'SELECT f FROM admin.catalogue_faults() f') r;
	PERFORM t.run('alpha.postgres', 'ROLLBACK');
	RETURN answer;
END
$$;
SELECT ok(pg_temp.found(plant, pattern), 'found: ' || left(plant, 80)) FROM leak ORDER BY n;

-- The leaks are real: planted for good, a member without any order reads some.
CREATE FUNCTION pg_temp.leaks(plant text, reads text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	answer int;
BEGIN
	PERFORM t.run('alpha.postgres', plant);
	SELECT (r ->> 'count')::int INTO answer FROM t.rows('alpha.loner', reads) r;
	RETURN answer;
END
$$;
SELECT cmp_ok(pg_temp.leaks(plant, reads), '>', 0, 'leaks: ' || left(plant, 80)) FROM leak WHERE reads IS NOT NULL ORDER BY n;
SELECT isnt(t.run('alpha.postgres', 'DROP TABLE api.plain; DROP VIEW api.leaky; DROP FUNCTION api.peek; DROP MATERIALIZED VIEW api.kept; DROP POLICY everyone ON hanse.purchase_order; DROP POLICY anyone ON hanse.purchase_order; ALTER TABLE hanse.order_line ENABLE ROW LEVEL SECURITY'), NULL, 'cleaned up');
SELECT is((SELECT count(*) FROM t.rows('alpha.hanse_provisioner', 'SELECT f FROM admin.catalogue_faults() f'))::int, 0, 'sound again');
SELECT is(t.ask('alpha.loner', 'SELECT count(*) FROM api.order_action'), '0', 'and nothing foreign');
SELECT * FROM finish();
COMMIT;
