-- 09_archive.sql - an enterprise leaves with its archive and comes back; its partners notice nothing but its absence.
-- VE gamma is this file's own. Texts carry markers as in 03_isolation.sql.
SELECT * FROM no_plan();
CREATE TEMP TABLE member AS SELECT 'gamma.' || e AS who, e AS name FROM unnest(ARRAY['oem', 'tier-a', 'tier-b', 'foundry', 'dealer', 'loner']) e;
CREATE TEMP TABLE pair AS SELECT * FROM (VALUES ('oem', 'tier-a'), ('oem', 'tier-b'), ('tier-a', 'foundry'), ('tier-b', 'foundry'), ('dealer', 'oem')) p (buyer, seller);
CREATE FUNCTION pg_temp.root(query text) RETURNS text LANGUAGE sql AS $$ SELECT t.ask('gamma.hanse_provisioner', query) $$;

-- For each pair a draft and an order in every state.
CREATE TEMP TABLE path AS SELECT * FROM (VALUES ('', ''), ('sent', 'send'), ('ack', 'send acknowledge'), ('prop', 'send propose'), ('conf', 'send propose accept_proposal change accept'),
	('chg', 'send accept change'), ('rej', 'send reject'), ('canc', 'send accept cancel accept'), ('wd', 'send accept withdraw'), ('done', 'send accept close')) p (kind, steps);
CREATE TEMP TABLE made AS
SELECT p.*, k.*, t.ask('gamma.' || buyer, format('api.order_create(%L, %L, %L, %L, NULL, NULL, %L)', 'anna mk:gamma:' || buyer || ':*', seller,
	format('[{"item": "P-1", "quantity": "10.5", "note": "%s"}, {"item": "P-1", "quantity": "3"}]', mk), 'Zeile 1' || chr(10) || '"Zürich" \ 北京 ' || mk, 'key-' || kind || seller)) AS uid
FROM pair p, path k, LATERAL (SELECT format('mk:gamma:%s:%s', buyer, CASE kind WHEN '' THEN '*' ELSE seller END) AS mk) m;
CREATE FUNCTION pg_temp.step(m made, step text) RETURNS text LANGUAGE sql AS $$
	SELECT t.ask('gamma.' || CASE WHEN step IN ('acknowledge', 'propose', 'accept', 'reject', 'withdraw') THEN m.seller ELSE m.buyer END,
		format('api.order_act(%L, %L, %L, NULL, %L, %L)', m.uid, step, 'someone', 'why mk:gamma:' || m.buyer || ':' || m.seller, CASE step
			WHEN 'propose' THEN '[{"line":1,"action":3,"quantity":"4","promised_date":"2027-01-04"},{"line":1,"action":3,"quantity":"5.125","promised_date":"2027-02-01"},{"line":2,"action":7}]'
			WHEN 'change' THEN '[{"line":1,"action":3,"price":"0.0125"}]' END))
$$;
SELECT is((SELECT count(*) FROM (SELECT pg_temp.step(m, s) FROM made m, unnest(string_to_array(nullif(m.steps, ''), ' ')) WITH ORDINALITY u (s, n) ORDER BY m.uid, n) x)::int, 5 * 25, 'orders in every state, and drafts');

-- What each sees in each view, row by row.
CREATE TEMP TABLE source AS
SELECT r ->> 'name' AS name FROM t.rows('gamma.postgres', $$ SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	WHERE n.nspname = 'api' AND c.relkind = 'v' $$) r;
CREATE TEMP TABLE seen (at text, who text, source text, row jsonb);
CREATE FUNCTION pg_temp.look(at text) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO seen SELECT look.at, m.who, s.name, x FROM member m, source s, LATERAL t.rows(m.who, 'SELECT * FROM ' || s.name) x;
	SELECT count(*) FROM seen WHERE seen.at = look.at
$$;
-- How two looks differ for one member. Whoever has left is not active, and its
-- sites and items are not offered any more: that is its absence, no document's.
CREATE FUNCTION pg_temp.looked(look text, of text, absence boolean) RETURNS TABLE (source text, content jsonb) LANGUAGE sql AS $$
	SELECT s.source, CASE WHEN absence THEN s.row - '{active,item_count}'::text[] ELSE s.row END FROM seen s
	WHERE s.at = look AND s.who = of AND NOT (absence AND s.source = 'api.site')
$$;
CREATE FUNCTION pg_temp.differs(a text, b text, of text, absence boolean) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(x::text, E'\n') FROM (
		(SELECT '-', * FROM pg_temp.looked(a, of, absence) EXCEPT ALL SELECT '-', * FROM pg_temp.looked(b, of, absence))
		UNION ALL (SELECT '+', * FROM pg_temp.looked(b, of, absence) EXCEPT ALL SELECT '+', * FROM pg_temp.looked(a, of, absence))) x
$$;
SELECT cmp_ok(pg_temp.look('before'), '>', 1000::bigint, 'what everybody sees');

-- The archive.
CREATE TEMP TABLE kept (name text, n bigint, line text);
CREATE FUNCTION pg_temp.export(as_name text, of text) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO kept SELECT as_name, row_number() OVER (), r ->> 'x' FROM t.rows('gamma.hanse_provisioner', format('SELECT x FROM admin.archive_export(%L) x', of)) r;
	SELECT count(*) FROM kept WHERE name = as_name
$$;
CREATE FUNCTION pg_temp.whole(of text) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(line, E'\n' ORDER BY n) FROM kept WHERE name = of $$;
CREATE FUNCTION pg_temp.digest(of text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	d bytea := decode(repeat('00', 32), 'hex');
	l text;
BEGIN
	FOR l IN SELECT line FROM kept WHERE name = of AND n < (SELECT max(n) FROM kept WHERE name = of) ORDER BY n LOOP
		d := sha256(d || convert_to(l, 'UTF8'));
	END LOOP;
	RETURN encode(d, 'hex');
END
$$;
SELECT pg_temp.export('first ' || name, name) FROM member;
SELECT is((SELECT line::jsonb ->> 'sha256' FROM kept WHERE name = 'first tier-a' ORDER BY n DESC LIMIT 1), pg_temp.digest('first tier-a'), 'the digest is that of the lines');
SELECT is(pg_temp.root('admin.archive_summary(''tier-a'') ->> ''sha256'''), pg_temp.digest('first tier-a'), 'and is known beforehand');
SELECT is((SELECT line::jsonb - '{record,tables}'::text[] FROM kept WHERE name = 'first tier-a' AND n = 1), '{"format": "hanse-archive", "version": 1, "schema": 12, "ve": "gamma", "enterprise": "tier-a"}'::jsonb, 'it says what it is');
SELECT is((SELECT line::jsonb #>> '{tables,order_line,quantity}' FROM kept WHERE name = 'first tier-a' AND n = 1), 'hanse.quantity', 'and of what types its columns are');
SELECT is((SELECT count(*) FROM kept k, LATERAL jsonb_each(line::jsonb -> 'row') c WHERE name = 'first tier-a' AND jsonb_typeof(c.value) = 'number')::int, 0, 'numbers are strings');
SELECT is((SELECT count(*) FROM kept WHERE name = 'first tier-a' AND line ~ '"quantity": "5.125"')::int, 10, 'exact ones');
SELECT is((SELECT string_agg(k[1] || ' ' || k[2], E'\n') FROM kept, regexp_matches(line, 'mk:gamma:([a-z-]+|\*):([a-z-]+|\*)', 'g') k
	WHERE kept.name = 'first ' || m.name AND m.name NOT IN (k[1], k[2])), NULL, m.name || ': no other''s text, no other''s draft, no other''s person') FROM member m;
SELECT isnt((SELECT string_agg(line, '') FROM kept WHERE name = 'first tier-a' AND line ~ 'mk:gamma:tier-a:\*' AND line ~ '"DRAFT"'), NULL, 'its own draft is in');
SELECT is((SELECT array_agg(line::jsonb #>> '{row,order_uid}' ORDER BY line::jsonb #>> '{row,order_uid}') FROM kept WHERE kept.name = 'first ' || m.name AND line::jsonb ->> 'record' = 'purchase_order'),
	(SELECT array_agg(row ->> 'order_uid' ORDER BY row ->> 'order_uid') FROM seen WHERE at = 'before' AND who = m.who AND source = 'api."order"'), m.name || ': the orders it sees, all of them') FROM member m;
SELECT is((SELECT count(*) FROM kept WHERE name = 'first tier-a' AND line::jsonb ->> 'record' = 'document_event'),
	(SELECT count(*) FROM seen WHERE at = 'before' AND who = 'gamma.tier-a' AND source = 'api.order_event'), 'the whole history');
SELECT is((SELECT count(*) FROM t.rows('gamma.hanse_provisioner', 'SELECT * FROM admin.archive_faults() f'))::int, 0, 'no table is forgotten');
SELECT is(t.run('gamma.postgres', 'CREATE TABLE hanse.forecast (ve_id text, buyer_id text)'), 'CREATE TABLE', 'a new table');
SELECT is(pg_temp.root('SELECT f FROM admin.archive_faults() f'), 'table hanse.forecast is in no rule of the archive', 'would be');
SELECT is(t.run('gamma.postgres', 'DROP TABLE hanse.forecast'), 'DROP TABLE', 'and goes');

-- Who may.
SELECT is(t.try(who, format('SELECT %s', call)), '42501', who || ' may not ' || call) FROM member, unnest(ARRAY['admin.archive_export(''oem'')', 'admin.archive_summary(''oem'')',
	'admin.archive_begin(''oem'')', 'admin.archive_close(''oem'', '''')', 'admin.archive_load(''{}'')', 'admin.archive_restore(''oem'')', 'hanse.order_create(''x'', ''y'', ''[]'')']) call
WHERE name IN ('tier-a', 'loner');
SELECT is(t.field('gamma.hanse_provisioner', 'SELECT admin.archive_export(''stranger'')'), 'HN001 enterprise', 'nobody''s archive');
SELECT is(t.field('gamma.hanse_provisioner', 'SELECT admin.archive_close(''tier-a'', ''00'')'), 'HN004 sha256', 'no closing without the archive of what is there');
SELECT is(t.run('gamma.hanse_provisioner', 'SET ROLE hanse_owner'), 'SET', 'as owner');
SELECT is(pg_temp.root('SELECT count(*) FROM hanse.purchase_order'), '0', 'the books are closed again');
SELECT is(t.run('gamma.hanse_provisioner', 'RESET ROLE'), 'RESET', 'back');

-- It leaves.
CREATE TEMP TABLE spec AS SELECT 'all' AS name, pg_temp.root('admin.members()')::jsonb AS spec;
INSERT INTO spec SELECT 'left', jsonb_set(jsonb_set(spec, '{enterprises}', (SELECT jsonb_agg(e) FROM jsonb_array_elements(spec -> 'enterprises') e WHERE e ->> 'name' <> 'tier-a')),
	'{relations}', (SELECT jsonb_agg(r) FROM jsonb_array_elements(spec -> 'relations') r WHERE 'tier-a' NOT IN (r ->> 'buyer', r ->> 'seller'))) FROM spec;
CREATE FUNCTION pg_temp.members(of text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.root(format('admin.members_apply(%L)', s.spec)) FROM spec s WHERE s.name = of $$;
CREATE FUNCTION pg_temp.leave() RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.root('admin.archive_begin(''tier-a'')');
	SELECT pg_temp.root('admin.archive_close(''tier-a'', admin.archive_summary(''tier-a'') ->> ''sha256'')')::jsonb
$$;
SELECT is(t.ask('gamma.tier-a', format('api.session_open(%L, %L, %L, %L, %L, %L, 600, 3600)', '\x' || repeat('ab', 32), 'anna', 'Anna', '{buyer}', 'de', 'x')) IS NULL, false, 'somebody of it is logged in');
SELECT isnt(pg_temp.members('left'), NULL, 'it leaves');
SELECT is(pg_temp.leave(), '{"closed": 18, "drafts": 1}', 'its sides are closed');
SELECT is(pg_temp.root('SELECT string_agg(h, '' '') FROM admin.archive_holders() h'), 'dealer foundry oem tier-b', 'the others hold theirs');
SELECT is(pg_temp.leave(), '{"closed": 0, "drafts": 0}', 'once');
SELECT pg_temp.look('left');
SELECT is(pg_temp.differs('before', 'left', who, true), NULL, who || ' sees the same as before, but that one has left') FROM member WHERE name <> 'tier-a';
SELECT is(t.ask('gamma.oem', 'SELECT DISTINCT partner_name FROM api."order" WHERE partner_id = ''tier-a'''), 'Tier A of gamma GmbH', 'the name is still there');
SELECT is(t.ask('gamma.oem', 'SELECT active FROM api.partner WHERE enterprise_id = ''tier-a'''), 'false', 'as one that has left');
SELECT is((SELECT string_agg(source, ' ' ORDER BY source) FROM (SELECT DISTINCT source FROM seen WHERE at = 'left' AND who = 'gamma.tier-a') x), 'api.doc_state api.doc_transition api.enterprise', 'the role reads nothing but the machine and itself');

-- Somebody of that name comes: a new beginning.
SELECT isnt(pg_temp.members('all'), NULL, 'a member of that name');
SELECT pg_temp.look('again');
SELECT is(pg_temp.differs('before', 'again', who, false), NULL, who || ' sees exactly what it saw before') FROM member WHERE name <> 'tier-a';
SELECT is(t.ask('gamma.tier-a', 'SELECT count(*) FROM ' || s), '0', 'the new one sees nothing in ' || s) FROM unnest(ARRAY['api."order"', 'api.order_line', 'api.order_line_schedule', 'api.order_response', 'api.order_response_line',
	'api.order_version', 'api.order_event', 'api.order_action', 'api.inbox', 'api.session']) s;
SELECT is(t.ask('gamma.tier-a', 'SELECT count(*) FROM api.item'), '5', 'only what it trades now');
SELECT is(t.told('gamma.tier-a', format('SELECT api.order_act(%L, ''accept'', ''x'')', uid)), 'HN001|There is no such order.|order_uid|Go back to the list of orders.', 'and cannot act on the old') FROM made WHERE (seller, kind) = ('tier-a', 'sent');

-- It is restored.
CREATE FUNCTION pg_temp.restore(from_name text, of text, continued boolean DEFAULT false) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	answer jsonb;
BEGIN
	PERFORM t.run('gamma.hanse_provisioner', 'BEGIN');
	PERFORM pg_temp.root(format('admin.archive_load(%L)', (SELECT array_agg(line ORDER BY n) FROM kept WHERE name = from_name AND n <= 100)));
	PERFORM pg_temp.root(format('admin.archive_load(%L)', (SELECT array_agg(line ORDER BY n) FROM kept WHERE name = from_name AND n > 100)));
	answer := pg_temp.root(format('admin.archive_restore(%L, %L)', of, continued))::jsonb;
	PERFORM t.run('gamma.hanse_provisioner', 'COMMIT');
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	PERFORM t.run('gamma.hanse_provisioner', 'ROLLBACK');
	RETURN to_jsonb(SQLSTATE || ' ' || SQLERRM);
END
$$;
SELECT is(pg_temp.restore('first tier-a', 'tier-a'), '{"refused": false, "differing": [], "written": 1, "opened": 18, "unchanged": 0}', 'restored: 18 opened, the draft written');
SELECT pg_temp.look('restored');
SELECT is(pg_temp.differs('before', 'restored', who, false), NULL, who || ' sees exactly what it saw at first') FROM member WHERE name <> 'tier-a';
SELECT is((SELECT string_agg(source || row, E'\n') FROM (SELECT source, row FROM seen WHERE at = 'before' AND who = 'gamma.tier-a' EXCEPT SELECT source, row FROM seen WHERE at = 'restored' AND who = 'gamma.tier-a') x), NULL, 'so does the restored one');
SELECT cmp_ok(pg_temp.export('second', 'tier-a'), '>', 100::bigint, 'a second archive');
SELECT ok(pg_temp.whole('second') = pg_temp.whole('first tier-a'), 'equals the first, byte by byte');
SELECT is(pg_temp.restore('first tier-a', 'tier-a'), '{"refused": false, "differing": [], "written": 0, "opened": 0, "unchanged": 19}', 'restoring again changes nothing');
SELECT is(t.ask('gamma.tier-a', format('api.order_act(%L, ''accept'', ''x'')', uid)), 'CONFIRMED', 'and it goes on') FROM made WHERE (seller, kind) = ('tier-a', 'sent');
SELECT is(t.ask('gamma.tier-a', format('api.order_event_verify(%L)', uid)), NULL, 'the history holds') FROM made WHERE (seller, kind) = ('tier-a', 'sent');

-- Meanwhile: what counterparties did since is not changed.
SELECT pg_temp.export('third', 'tier-a');
SELECT isnt(pg_temp.members('left'), NULL, 'it leaves again');
SELECT is(pg_temp.leave() ->> 'closed', '18', 'closed');
SELECT is(t.ask('gamma.foundry', format('api.order_act(%L, ''acknowledge'', ''x'')', uid)), 'ACKNOWLEDGED', 'its supplier answers') FROM made WHERE (buyer, kind) = ('tier-a', 'sent');
SELECT isnt(pg_temp.members('all'), NULL, 'it comes back');
SELECT is(t.ask('gamma.tier-a', format('SELECT (SELECT count(*) FROM api.order_response WHERE order_uid = %1$L) + (SELECT count(*) FROM api.order_event WHERE order_uid = %1$L)', uid)), '0', 'nothing of the answer is shown to it') FROM made WHERE (buyer, kind) = ('tier-a', 'sent');
SELECT pg_temp.look('meanwhile');
SELECT is(pg_temp.restore('third', 'tier-a') -> 'differing', (SELECT jsonb_build_array(jsonb_build_object('document', uid, 'id', t.order_value('gamma.foundry', uid, 'id'), 'why', 'continued')) FROM made WHERE (buyer, kind) = ('tier-a', 'sent')), 'refused, with the list');
SELECT is(t.ask('gamma.tier-a', 'SELECT count(*) FROM api."order"'), '0', 'nothing was opened');
SELECT is(pg_temp.restore('third', 'tier-a', true), '{"refused": false, "differing": [], "written": 1, "opened": 18, "unchanged": 0}', 'or taken as it went on');
SELECT is(t.order_value('gamma.tier-a', uid, 'state'), 'ACKNOWLEDGED', 'as it is now') FROM made WHERE (buyer, kind) = ('tier-a', 'sent');
SELECT pg_temp.look('continued');
SELECT is(pg_temp.differs('meanwhile', 'continued', who, false), NULL, who || ' sees no difference') FROM member WHERE name <> 'tier-a';
SELECT is(t.run('gamma.postgres', format('SET session_replication_role = replica; UPDATE hanse.purchase_order SET note = ''other'' WHERE order_uid = %L; RESET session_replication_role', uid)), 'RESET', 'one is changed by hand') FROM made WHERE (buyer, kind) = ('tier-a', 'done');
SELECT is(pg_temp.restore('third', 'tier-a', true) #>> '{differing,0,why}', 'different', 'what is different is refused always');
SELECT is(pg_temp.restore('third', 'tier-a', true) ->> 'refused', 'true', 'twice');

-- Numbers are not used twice, whether one sees them or not.
SELECT is(t.ask('gamma.dealer', 'SELECT api.order_create(''x'', ''oem'', ''[{"item":"P-1","quantity":1}]'', NULL, NULL, ''MY-1'')') IS NULL, false, 'an order with a number of its own');
SELECT pg_temp.root('admin.archive_begin(''dealer'')');
SELECT is(t.act('gamma.dealer', uid, 'send'), 'HN001', 'who leaves does nothing more') FROM made WHERE (buyer, kind) = ('dealer', '');
SELECT isnt(pg_temp.members('all'), NULL, 'a change of mind');
SELECT is(t.act('gamma.dealer', t.ask('gamma.dealer', 'SELECT order_uid FROM api."order" WHERE id = ''MY-1'''), 'send', NULL, NULL), 'SENT', 'it goes on');
SELECT pg_temp.root('admin.archive_begin(''dealer'')');
SELECT is((pg_temp.root('admin.archive_close(''dealer'', admin.archive_summary(''dealer'') ->> ''sha256'')')::jsonb ->> 'closed')::int, 10, 'then it leaves');
SELECT isnt(pg_temp.members('all'), NULL, 'and comes back');
SELECT is(t.field('gamma.dealer', 'SELECT api.order_create(''x'', ''oem'', ''[{"item":"P-1","quantity":1}]'', NULL, NULL, ''MY-1'')'), 'HN003 id', 'its old number is taken');
SELECT is(t.field('gamma.dealer', 'SELECT api.order_create(''x'', ''oem'', ''[{"item":"P-1","quantity":1}]'')'), 'ok ', 'the next one is not');

-- What was tampered with is refused whole.
CREATE FUNCTION pg_temp.forge(as_name text, change_from text, change_to text, skip bigint DEFAULT 0) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	last bigint := (SELECT max(n) FROM kept WHERE name = 'first tier-b');
BEGIN
	INSERT INTO kept SELECT as_name, row_number() OVER (ORDER BY n), regexp_replace(line, change_from, change_to) FROM kept WHERE name = 'first tier-b' AND n <> skip;
	UPDATE kept SET line = jsonb_set(line::jsonb, '{sha256}', to_jsonb(pg_temp.digest(as_name)))::text
	WHERE name = as_name AND n = (SELECT max(n) FROM kept WHERE name = as_name) AND line ~ '"end"';
	RETURN as_name;
END
$$;
SELECT is(pg_temp.restore('first tier-b', 'tier-b') ->> 'unchanged', '19', 'whole it is taken');
INSERT INTO kept SELECT 'cut', n, line FROM kept WHERE name = 'first tier-b' AND n < 50;
INSERT INTO kept SELECT 'hole', n, line FROM kept WHERE name = 'first tier-b' AND n <> 50;
INSERT INTO kept SELECT 'swapped', CASE n WHEN 50 THEN 51 WHEN 51 THEN 50 ELSE n END, line FROM kept WHERE name = 'first tier-b';
INSERT INTO kept SELECT 'changed', n, replace(line, '"quantity": "10.5"', '"quantity": "10.6"') FROM kept WHERE name = 'first tier-b';
SELECT is(pg_temp.restore(x, 'tier-b') #>> '{}', wanted, x) FROM (VALUES ('cut', 'HN003 This is no whole archive.'),
	('hole', 'HN003 The digest of this archive is not that of its lines.'), ('swapped', 'HN003 The digest of this archive is not that of its lines.'),
	('changed', 'HN003 The digest of this archive is not that of its lines.'), ('nothing', 'HN003 This is no whole archive.'),
	('first oem', 'HN003 This is the archive of oem in gamma.'),
	(pg_temp.forge('left out', '', '', 60), 'HN003 The counts of this archive are not those of its records.'),
	(pg_temp.forge('newer', '"schema": 12', '"schema": 13'), 'HN003 This archive was made by a newer version.'),
	(pg_temp.forge('format 2', '"version": 1', '"version": 2'), 'HN003 This archive was made by a newer version.'),
	(pg_temp.forge('elsewhere', '"ve": "gamma"', '"ve": "delta"'), 'HN003 This is the archive of tier-b in delta.'),
	(pg_temp.forge('others', '"seller_id": "tier-b"', '"seller_id": "tier-a"'), 'HN003 A record of this archive is not about its enterprise.'),
	(pg_temp.forge('strangers', '"buyer_id": "oem"', '"buyer_id": "nobody"'), 'HN003 There is no enterprise nobody here, with which documents were exchanged.')) c (x, wanted);
SELECT is(pg_temp.restore(pg_temp.forge('other content', '"quantity": "10[.]5"', '"quantity": "10.6"'), 'tier-b') ->> 'refused', 'true', 'with a right digest: other content is different');

-- The virtual enterprise is made anew: a new database, the same members.
SELECT dblink_disconnect(c) FROM unnest(dblink_get_connections()) c;
SELECT is(t.run('alpha.postgres', 'ALTER DATABASE ve_gamma RENAME TO ve_gamma_old') || t.run('alpha.postgres', 'ALTER DATABASE ve_gamma_new RENAME TO ve_gamma'), 'ALTER DATABASEALTER DATABASE', 'the VE is made anew');
SELECT is(t.run('alpha.postgres', format('GRANT CONNECT ON DATABASE ve_gamma TO %I', who)), 'GRANT', who) FROM (SELECT who FROM member UNION VALUES ('hanse_provisioner')) x;
SELECT is(t.run('alpha.postgres', 'REVOKE ALL ON DATABASE ve_gamma FROM PUBLIC'), 'REVOKE', 'and nobody else');
SELECT pg_temp.look('anew');
SELECT is(pg_temp.restore(pg_temp.forge('broken chain', '"action": "send"', '"action": "sent"'), 'tier-b') #>> '{}' ~ '^HN003 The history of PO-[0-9]* does not hold.$', true, 'a history that was changed does not come in');
SELECT is(pg_temp.restore(pg_temp.forge('broken version', '"line": 1', '"line": 7'), 'tier-b') #>> '{}' ~ '^HN003 The history of PO-[0-9]* does not hold.$', true, 'nor a version');
SELECT is(pg_temp.restore(pg_temp.forge('nonsense', '"quantity": "10[.]5"', '"quantity": "-1"'), 'tier-b') #>> '{}' ~ '^HN003 The archive cannot be restored', true, 'nor nonsense');
SELECT is(t.ask('gamma.tier-b', 'SELECT count(*) FROM api."order"'), '0', 'nothing of these is left');
SELECT is(pg_temp.restore('first tier-a', 'tier-a'), '{"refused": false, "differing": [], "written": 19, "opened": 0, "unchanged": 0}', 'one restores its archive');
SELECT pg_temp.look('one');
SELECT is(pg_temp.differs('anew', 'one', who, false), NULL, who || ' is given nothing by it') FROM member WHERE name <> 'tier-a';
SELECT is(pg_temp.differs('before', 'one', 'gamma.tier-a', false), NULL, 'it sees what it saw');
SELECT pg_temp.export('fresh', 'tier-a');
SELECT ok(pg_temp.whole('fresh') = pg_temp.whole('first tier-a'), 'its second archive equals the first, byte by byte');
SELECT is(pg_temp.restore('first ' || name, name) - '{opened,written}'::text[], '{"refused": false, "differing": [], "unchanged": 0}', 'so does ' || name) FROM member WHERE name <> 'tier-a';
SELECT pg_temp.look('all');
SELECT is(pg_temp.differs('before', 'all', who, false), NULL, who || ' has all back') FROM member;
SELECT pg_temp.export('last ' || name, name) FROM member;
SELECT ok(pg_temp.whole('last ' || name) = pg_temp.whole('first ' || name), name || ': equal, byte by byte') FROM member;
SELECT is(t.act('gamma.foundry', uid, 'acknowledge', NULL, NULL), 'ACKNOWLEDGED', 'trade goes on') FROM made WHERE (buyer, kind) = ('tier-a', 'sent');
SELECT is((SELECT count(*) FROM t.rows('gamma.hanse_provisioner', 'SELECT f FROM admin.catalogue_faults() f'))::int, 0, 'the catalogue is sound');

-- A thousand documents.
SELECT is((SELECT count(t.act('gamma.oem', uid, 'send', NULL, NULL)) FROM (SELECT t.draft('gamma.oem', 'tier-a') AS uid FROM generate_series(1, 1000)) x)::int, 1000, 'a thousand more');
SELECT clock_timestamp() AS began \gset
SELECT cmp_ok(pg_temp.export('thousand', 'tier-a'), '>', 5000::bigint, 'their archive');
SELECT format('# measured export of 1,019 documents: %s ms', round(extract(epoch FROM clock_timestamp() - :'began') * 1000));
SELECT isnt(pg_temp.members('left'), NULL, 'it leaves');
SELECT is(pg_temp.leave() ->> 'closed', '1018', 'closed');
SELECT isnt(pg_temp.members('all'), NULL, 'it comes back');
SELECT clock_timestamp() AS began \gset
SELECT is(pg_temp.restore('thousand', 'tier-a') ->> 'opened', '1018', 'opened');
SELECT format('# measured restore, same database: %s ms', round(extract(epoch FROM clock_timestamp() - :'began') * 1000));
SELECT pg_temp.export('thousand again', 'tier-a');
SELECT ok(pg_temp.whole('thousand again') = pg_temp.whole('thousand'), 'equal, byte by byte');
SELECT * FROM finish();
