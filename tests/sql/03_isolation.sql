-- 03_isolation.sql - two VEs with the same enterprises: every view as every enterprise shows nothing foreign.
-- Every text of a pair carries a marker mk:VE:BUYER:SELLER (or mk:VE:OWNER for
-- what is one enterprise's own); whatever a member reads anywhere is searched
-- for markers and order numbers that are not its own.
BEGIN;
SELECT * FROM no_plan();
CREATE TEMP TABLE member AS
SELECT v || '.' || e AS who, v AS ve, e AS name FROM unnest(ARRAY['alpha', 'beta']) v, unnest(ARRAY['oem', 'tier-a', 'tier-b', 'foundry', 'dealer', 'loner']) e;
CREATE TEMP TABLE pair AS
SELECT v AS ve, b AS buyer, s AS seller FROM unnest(ARRAY['alpha', 'beta']) v,
	(VALUES ('oem', 'tier-a'), ('oem', 'tier-b'), ('tier-a', 'foundry'), ('tier-b', 'foundry'), ('dealer', 'oem')) p (b, s);

-- For each pair a draft and an order with everything: proposal, change, refusal, reasons. The same numbers in all.
CREATE TEMP TABLE made (ve text, buyer text, seller text, kind text, uid text);
INSERT INTO made SELECT ve, buyer, seller, kind, t.ask(ve || '.' || buyer, format('api.order_create(%L, %L, %L, %L, NULL, %L, %L)',
	'anna ' || mk, seller, '[{"item": "P-1", "quantity": "10", "note": "' || mk || '"}]', 'note ' || mk, kind || '-' || seller, 'key-' || kind || seller))
FROM pair, (VALUES ('draft'), ('full')) k (kind), LATERAL (SELECT format('mk:%s:%s:%s', ve, buyer, CASE kind WHEN 'draft' THEN '*' ELSE seller END)) m (mk);
CREATE TEMP TABLE step AS
SELECT m.*, s.*, t.ask(m.ve || '.' || CASE s.party WHEN 'B' THEN buyer ELSE seller END, format('api.order_act(%L, %L, %L, NULL, %L, %L, %L)',
	uid, action, 'someone mk:' || m.ve || ':' || buyer || ':' || seller, 'why mk:' || m.ve || ':' || buyer || ':' || seller, replace(lines, '@', format('mk:%s:%s:%s', m.ve, buyer, seller)),
	CASE WHEN action = 'propose' THEN format('SO mk:%s:%s:%s', m.ve, buyer, seller) END)) AS got
FROM made m, (VALUES (1, 'B', 'send', NULL), (2, 'S', 'propose', '[{"line":1,"action":3,"quantity":"9","note":"@"}]'), (3, 'B', 'accept_proposal', NULL),
	(4, 'B', 'change', '[{"line":1,"action":3,"quantity":"8","note":"@"}]'), (5, 'S', 'accept', NULL), (6, 'B', 'cancel', NULL)) s (n, party, action, lines)
WHERE kind = 'full' ORDER BY uid, n;
SELECT is((SELECT count(*) FROM step WHERE n = 6 AND got = 'CANCEL_PENDING')::int, 10, 'ten orders with everything, the same numbers in both VEs');
SELECT is((SELECT count(*) FROM (SELECT t.ask(who, format('api.session_open(%L, %L, %L, %L, %L, %L, 600, 3600)', '\x' || repeat('ab', 32), 'anna', 'Anna mk:' || ve || ':' || name || ':*', '{buyer}', 'de', 'mk:' || ve || ':' || name || ':*')) FROM member) x)::int, 12,
	'and a session in each enterprise, all with the same token');

-- What may be seen, worked out from the pairs alone.
CREATE TEMP TABLE foreign_uid AS
SELECT m.who, d.uid, d.kind, d.ve FROM member m, made d
WHERE NOT (m.ve = d.ve AND (m.name = d.buyer OR (m.name = d.seller AND d.kind = 'full')));
CREATE TEMP TABLE readable AS
SELECT r ->> 'name' AS name FROM t.rows('alpha.postgres', $$ SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	WHERE n.nspname IN ('api', 'admin', 'public') AND c.relkind IN ('r', 'v', 'm', 'f', 'p') $$) r
UNION VALUES ('api.order_search()'), ($$api.order_search('mk')$$), ($$api.order_search('mk:', 'open', NULL, NULL, 500, 0)$$), ($$api.session_get('\xabababababababababababababababababababababababababababababababab')$$);
CREATE TEMP TABLE seen AS
SELECT m.who, m.ve, m.name, r.name AS source, x::text AS row FROM member m, readable r, LATERAL t.rows(m.who, 'SELECT * FROM ' || r.name) x;
CREATE TEMP TABLE mark AS
SELECT s.who, s.ve, s.name, s.source, k[1] AS mark_ve, k[2] AS buyer, k[3] AS seller FROM seen s, regexp_matches(s.row, 'mk:([a-z]+):([a-z-]+|\*):([a-z-]+|\*)', 'g') k;

SELECT cmp_ok((SELECT count(*) FROM readable)::int, '>=', 20, 'every view is read');
SELECT is((SELECT string_agg(format('%s reads mk:%s:%s:%s in %s', who, mark_ve, buyer, seller, source), E'\n') FROM mark k
	WHERE k.source = r.name AND k.who = m.who AND NOT (mark_ve = ve AND (buyer IN (k.name, '*') OR seller = k.name))), NULL, format('%s as %s: no foreign text', r.name, m.who))
FROM readable r, member m ORDER BY 1;
SELECT is((SELECT string_agg(s.who || ' reads ' || f.uid || ' in ' || s.source, E'\n') FROM seen s JOIN foreign_uid f ON f.who = s.who AND strpos(s.row, f.uid) > 0), NULL, 'no foreign order''s uid anywhere');
-- The same the other way round: what is theirs, they do see.
SELECT is((SELECT count(DISTINCT (mark_ve, buyer, seller)) FROM mark k WHERE k.who = m.who AND k.source = 'api.order_event' AND seller <> '*')::int,
	(SELECT count(*) FROM pair p WHERE p.ve = m.ve AND m.name IN (p.buyer, p.seller))::int, m.who || ' reads the history of all its pairs') FROM member m;
SELECT is((SELECT array_agg(DISTINCT r ->> 'enterprise_id' ORDER BY r ->> 'enterprise_id') FROM t.rows(m.who, 'SELECT enterprise_id FROM api.enterprise') r),
	(SELECT array_agg(DISTINCT e ORDER BY e) FROM (SELECT m.name AS e UNION SELECT unnest(ARRAY[buyer, seller]) FROM pair p WHERE p.ve = m.ve AND m.name IN (p.buyer, p.seller)) x), m.who || ' knows itself and its partners, nobody else') FROM member m;
SELECT is(t.ask(who, 'SELECT count(*) FROM api.session'), '1', who || ' sees its own session') FROM member;

-- A foreign uid and one that never was: the same words from every function.
CREATE TEMP TABLE call (n int, call text);
INSERT INTO call VALUES (1, 'SELECT api.order_act(%L, ''accept'', ''x'')'), (2, 'SELECT api.order_act(%L, ''send'', ''x'', 99)'),
	(3, 'SELECT api.order_update(%L, ''x'', ''[{"item":"P-1","quantity":1}]'')'), (4, 'SELECT api.order_delete_draft(%L, ''x'')'), (5, 'SELECT api.order_event_verify(%L)'),
	(6, 'SELECT api.order_act(%L, ''nonsense'', ''x'')');
SELECT is((SELECT string_agg(DISTINCT t.told(f.who, format(c.call, f.uid)), E'\n') FROM foreign_uid f WHERE f.who = m.who),
	t.told(m.who, format(c.call, '00000000-0000-4000-8000-000000000000')), format('%s, call %s: foreign is as missing', m.who, c.n))
FROM member m, call c WHERE m.ve = 'alpha';
SELECT is((SELECT count(*) FROM step s JOIN made m USING (uid) WHERE t.ask(m.ve || '.' || m.buyer, format('SELECT state FROM api."order" WHERE order_uid = %L', uid)) <> 'CANCEL_PENDING')::int, 0, 'and nothing happened to them');

-- Where only the time or an error could tell: uniqueness is within one's own.
SELECT is(t.try('alpha.tier-b', $$ SELECT api.order_create('x', 'foundry', '[{"item":"P-1","quantity":1}]', id => 'draft-tier-a') $$), 'ok', 'another''s number is free');
SELECT is(t.try('alpha.tier-b', $$ SELECT api.session_open('\xcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'a', 'a', '{}', '', '', 9, 9) $$), 'ok', 'a token');
SELECT is(t.try('alpha.tier-a', $$ SELECT api.session_open('\xcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'a', 'a', '{}', '', '', 9, 9) $$), 'ok', 'is free next door');
SELECT is(t.try('alpha.tier-a', $$ SELECT * FROM api.order_line WHERE 1 / (CASE WHEN despatched_quantity < 0 THEN 1 WHEN order_uid::text = '$$ || (SELECT uid FROM made WHERE kind = 'full' AND (ve, buyer, seller) = ('alpha', 'oem', 'tier-b')) || $$' THEN 0 ELSE 1 END) = 1 $$), 'ok', 'an expression that fails is not evaluated on hidden rows');
SELECT is(t.try(who, 'SELECT count(*) FROM ' || x), '42501', format('%s cannot name %s', who, x)) FROM (VALUES ('alpha.oem'), ('alpha.loner')) w (who),
	(SELECT r ->> 'x' AS x FROM t.rows('alpha.postgres', $$ SELECT format('hanse.%I', relname) AS x FROM pg_class WHERE relnamespace = 'hanse'::regnamespace AND relkind = 'r' $$) r) tables ORDER BY 1;

-- The two rings by themselves: without policies a member would see it all.
SELECT is(t.run('alpha.postgres', 'ALTER TABLE hanse.purchase_order DISABLE ROW LEVEL SECURITY'), 'ALTER TABLE', 'negative control: a table without its policies');
SELECT cmp_ok(t.ask('alpha.loner', 'SELECT count(*) FROM api.order_action')::int, '>', 0, 'shows foreign orders to one who has none');
SELECT is(t.run('alpha.postgres', 'ALTER TABLE hanse.purchase_order ENABLE ROW LEVEL SECURITY'), 'ALTER TABLE', 'with them again');
SELECT is(t.ask('alpha.loner', 'SELECT count(*) FROM api.order_action'), '0', 'none');
-- Two VEs, one cluster: another VE's role does not even get in.
SELECT throws_ok($$ SELECT dblink_connect('wrong', format('host=%s port=%s dbname=ve_alpha user=beta.oem', socket, port)) FROM t.place $$, '08001', NULL, 'beta.oem cannot connect to ve_alpha');
SELECT throws_ok(format($$ SELECT dblink_connect('wrong', format('host=%%s port=%%s dbname=%s user=alpha.oem', socket, port)) FROM t.place $$, d), '08001', NULL, 'alpha.oem cannot connect to ' || d) FROM unnest(ARRAY['ve_beta', 'postgres', 'template1', 'template0']) d;
SELECT throws_ok($$ SELECT dblink_connect('wrong', format('host=%s port=%s dbname=ve_alpha user=hanse_owner', socket, port)) FROM t.place $$, '08001', NULL, 'hanse_owner does not log in');
SELECT * FROM finish();
COMMIT;
