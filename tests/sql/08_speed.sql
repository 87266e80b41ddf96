-- 08_speed.sql - the list of orders with 200,000 of them in the VE, read as a member, policies on.
-- Loaded past the triggers: what is measured is reading. p50 and p95 are printed;
-- the bound is on the fastest tenth, which a busy machine leaves alone.
SELECT * FROM no_plan();
SELECT t.run('beta.postgres', 'SET session_replication_role = replica') IS NULL AS x \gset
SELECT t.run('beta.postgres', $$
INSERT INTO hanse.purchase_order (ve_id, buyer_id, seller_id, buyer_name, seller_name, id, state, awaits, terminal, issue_date, issued_at, created_by,
	currency, total_amount, line_count, sequence_number, version_in_force, request_hash, search_text)
SELECT r.ve_id, r.buyer_id, r.seller_id, r.buyer_id, r.seller_id, 'L-' || lpad(g::text, 7, '0'), s.state, s.awaits, s.terminal,
	current_date - g / 500, now() - make_interval(secs => g * 37), 'x', 'EUR', g, 5, 1, 1, '\x00',
	lower('L-' || lpad(g::text, 7, '0') || ' ' || r.buyer_id || ' ' || r.seller_id || ' part ' || g % 997 || ' brake disc, front, ventilated, 320 mm')
FROM generate_series(1, 200000) g
JOIN (SELECT *, row_number() OVER (ORDER BY buyer_id, seller_id) - 1 AS n, count(*) OVER () AS c FROM hanse.trading_relation) r ON g % r.c = r.n
JOIN hanse.doc_state s ON s.doc_type = 'order'
	AND s.position = CASE WHEN g % 100 < 2 THEN 1 WHEN g % 100 < 4 THEN 2 WHEN g % 100 = 4 THEN 4 WHEN g % 100 < 15 THEN 5 WHEN g % 100 = 15 THEN 6 ELSE 11 END $$) AS loaded \gset
SELECT t.run('beta.postgres', 'RESET session_replication_role') IS NULL AS x \gset
SELECT t.run('beta.postgres', 'VACUUM ANALYZE hanse.purchase_order') IS NULL AS x \gset
SELECT is(:'loaded'::text, 'INSERT 0 200000', '200,000 orders');
SELECT cmp_ok(t.ask('beta.oem', 'SELECT count(*) FROM api."order"')::int, '>', 110000, 'the oem has most of them');

CREATE TEMP TABLE q (name text, query text, bound_ms numeric);
INSERT INTO q VALUES
	('first page', 'SELECT count(*) FROM api.order_search()', 20), ('page 21', 'SELECT count(*) FROM api.order_search(page_offset => 1000)', 20),
	('open', 'SELECT count(*) FROM api.order_search(state => ''open'')', 20), ('awaiting me', 'SELECT count(*) FROM api.order_search(state => ''awaiting'')', 20),
	('one state', 'SELECT count(*) FROM api.order_search(state => ''PROPOSED'')', 20), ('as seller', 'SELECT count(*) FROM api.order_search(party => ''seller'')', 20),
	('one partner', 'SELECT count(*) FROM api.order_search(partner_id => ''dealer'')', 20),
	('inbox', 'SELECT count(*) FROM (SELECT * FROM api.inbox ORDER BY created_at DESC LIMIT 50) x', 20),
	('the view itself', 'SELECT count(*) FROM (SELECT * FROM api."order" ORDER BY created_at DESC, order_uid DESC LIMIT 50) x', 20),
	('partners', 'SELECT count(*) FROM api.partner', 20), ('a rare word', 'SELECT count(*) FROM api.order_search(''l-0123450'')', 500);
CREATE TEMP TABLE measured (name text, ms numeric);
DO $$
DECLARE
	r record;
	began timestamptz;
BEGIN
	FOR r IN SELECT * FROM q LOOP
		FOR i IN 0 .. CASE WHEN r.bound_ms > 20 THEN 20 ELSE 100 END LOOP
			began := clock_timestamp();
			PERFORM t.ask('beta.oem', r.query);
			IF i > 0 THEN           -- the first fills the session's caches
				INSERT INTO measured VALUES (r.name, extract(epoch FROM clock_timestamp() - began) * 1000);
			END IF;
		END LOOP;
	END LOOP;
END
$$;
SELECT format('# measured %s: p50 %s ms, p95 %s ms', rpad(name, 16), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 2), round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::numeric, 2))
FROM measured GROUP BY name ORDER BY percentile_cont(0.5) WITHIN GROUP (ORDER BY ms);
SELECT cmp_ok(percentile_cont(0.1) WITHIN GROUP (ORDER BY m.ms)::numeric, '<', q.bound_ms, name || ': in bounds') FROM measured m JOIN q USING (name) GROUP BY name, bound_ms ORDER BY name;
SELECT unalike((SELECT string_agg(x, E'\n') FROM dblink(t.link('beta.oem'), 'EXPLAIN SELECT * FROM api."order" ORDER BY created_at DESC, order_uid DESC LIMIT 50') AS r (x text)), '%Sort  (%', 'the list is read in order, not sorted');

-- How long "not yours" takes beside "not there": no clock tells them apart.
CREATE TEMP TABLE hidden AS SELECT r ->> 'order_uid' AS uid FROM t.rows('beta.postgres', 'SELECT order_uid FROM hanse.purchase_order WHERE buyer_id = ''tier-a'' LIMIT 400') r;
CREATE TEMP TABLE asked (kind text, us numeric);
DO $$
DECLARE
	h record;
	kind text;
	began timestamptz;
BEGIN
	FOR h IN SELECT uid FROM hidden LOOP
		FOREACH kind IN ARRAY ARRAY['foreign', 'missing'] LOOP
			began := clock_timestamp();
			PERFORM t.ask('beta.oem', format('SELECT count(*) FROM api."order" WHERE order_uid = %L', CASE kind WHEN 'foreign' THEN h.uid ELSE gen_random_uuid()::text END));
			INSERT INTO asked VALUES (kind, extract(epoch FROM clock_timestamp() - began) * 1000000);
		END LOOP;
	END LOOP;
END
$$;
SELECT format('# measured %s order: median %s us', kind, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY us)::numeric)) FROM asked GROUP BY kind;
SELECT cmp_ok(abs(percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE kind = 'foreign') - percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE kind = 'missing'))::numeric,
	'<', 100::numeric, 'foreign and missing take the same time, to a tenth of a millisecond') FROM asked;
SELECT * FROM finish();
