-- 02_content.sql - what an order's messages do: versions, splits, the chain, revisions, refusals.
BEGIN;
SELECT * FROM no_plan();
CREATE TEMP TABLE v (name text PRIMARY KEY, value text);
CREATE FUNCTION pg_temp.v(text) RETURNS text LANGUAGE sql AS 'SELECT value FROM v WHERE name = $1';
CREATE FUNCTION pg_temp.lines(uid text, columns text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r ->> 'x', ' ') FROM t.rows('alpha.tier-a', format(
		'SELECT concat_ws(%L, %s) AS x FROM api.order_line WHERE order_uid = %L ORDER BY line_no', ':', columns, uid)) r $$;
CREATE FUNCTION pg_temp.split(uid text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r ->> 'x', ' ') FROM t.rows('alpha.oem', format(
		'SELECT concat_ws(%L, line_no, part, quantity, promised_date) AS x FROM api.order_line_schedule WHERE order_uid = %L ORDER BY line_no, part', ':', uid)) r $$;
CREATE FUNCTION pg_temp.versions(uid text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r ->> 'x', ' ') FROM t.rows('alpha.tier-a', format(
		'SELECT concat_ws(%L, sequence_number, message, status) AS x FROM api.order_version WHERE order_uid = %L ORDER BY 1', ':', uid)) r $$;

-- A new order.
INSERT INTO v VALUES ('a', t.draft(note => 'for the spring'));
SELECT is(t.order_value('alpha.oem', pg_temp.v('a'), 'concat_ws('':'', state, buyer_id, seller_id, currency, total_amount, line_count, sequence_number, my_party, awaits_me, created_by)'),
	'DRAFT:oem:tier-a:EUR:4164.20:2:0:buyer:t:tester', 'a draft carries what was asked for');
SELECT is(pg_temp.lines(pg_temp.v('a'), 'line_no'), NULL, 'the seller sees no line of a draft');
SELECT is(t.ask('alpha.tier-a', format('SELECT count(*) FROM api."order" WHERE order_uid = %L', pg_temp.v('a'))), '0', 'nor the draft');
SELECT is(t.ask('alpha.tier-a', $$ SELECT count(*) FROM api.order_search('spring') $$), '0', 'nor finds it');
SELECT is(t.ask('alpha.oem', format('api.order_update(%L, %L, %L, %L, %L, 2)', pg_temp.v('a'), 'tester',
	'[{"item": "A-2", "quantity": "10", "price": "0.335"}, {"item": "P-3", "quantity": "3"}]', 'changed', '2027-01-31')), '3', 'a draft is rewritten');
SELECT is(t.order_value('alpha.oem', pg_temp.v('a'), 'concat_ws('':'', total_amount, line_count, requested_date)'), '3.39:2:2027-01-31',
	'half a cent is rounded up line by line: 3.35 + 0.04');
SELECT is(t.field('alpha.oem', format('SELECT api.order_update(%L, %L, %L, NULL, NULL, 2)', pg_temp.v('a'), 'tester', '[{"item": "P-1", "quantity": 1}]')),
	'HN004 revision', 'an old revision of a draft is refused');
SELECT is(t.act('alpha.oem', pg_temp.v('a'), 'send', NULL, NULL), 'SENT', 'it is sent');
SELECT is(t.field('alpha.oem', format('SELECT api.order_update(%L, %L, %L)', pg_temp.v('a'), 'tester', '[{"item": "P-1", "quantity": 1}]')),
	'HN002 state', 'a sent order is not rewritten');
SELECT is(t.field('alpha.oem', format('SELECT api.order_delete_draft(%L, %L)', pg_temp.v('a'), 'tester')), 'HN002 state', 'nor deleted');
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_update(%L, %L, %L)', pg_temp.v('a'), 'tester', '[{"item": "P-1", "quantity": 1}]')),
	'HN005 action', 'least of all by the seller');
SELECT is(t.order_value('alpha.tier-a', pg_temp.v('a'), 'coalesce(created_by, ''hidden'')'), 'hidden', 'who drew it up is the buyer''s affair');
SELECT is(pg_temp.versions(pg_temp.v('a')), '1:Order:PENDING', 'sending writes version 1');
INSERT INTO v VALUES ('draft', t.draft());
SELECT is(t.try('alpha.oem', format('SELECT api.order_delete_draft(%L, %L)', pg_temp.v('draft'), 'tester')), 'ok', 'a draft can be deleted');
SELECT is(t.field('alpha.oem', format('SELECT api.order_act(%L, %L, %L)', pg_temp.v('draft'), 'send', 'tester')), 'HN001 order_uid', 'and is gone');

-- The same order twice (I10), numbers.
INSERT INTO v VALUES ('key1', t.ask('alpha.oem', $$ api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', idempotency_key => 'k-1') $$));
SELECT is(t.ask('alpha.oem', $$ api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', idempotency_key => 'k-1') $$), pg_temp.v('key1'), 'the same request has one effect');
SELECT is(t.field('alpha.oem', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":2}]', idempotency_key => 'k-1') $$), 'HN004 idempotency_key', 'other content under its key is refused');
SELECT isnt(t.ask('alpha.dealer', $$ api.order_create('x', 'oem', '[{"item":"P-1","quantity":1}]', idempotency_key => 'k-1') $$), pg_temp.v('key1'), 'another enterprise''s key is its own');
INSERT INTO v VALUES ('id1', t.ask('alpha.oem', $$ api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', id => '4500017') $$));
SELECT is(t.ask('alpha.oem', $$ api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', id => '4500017') $$), pg_temp.v('id1'), 'the same number and content: the same order');
SELECT is(t.field('alpha.oem', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":5}]', id => '4500017') $$), 'HN003 id', 'the same number, other content: refused');
SELECT is(t.try('alpha.dealer', $$ SELECT api.order_create('x', 'oem', '[{"item":"P-1","quantity":5}]', id => '4500017') $$), 'ok', 'another buyer has its own numbers');
SELECT is(t.try('alpha.oem', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', id => 'PO-' || lpad((1 + max(substr(id, 4)::int))::text, 6, '0')) FROM api."order" WHERE id LIKE 'PO-%' AND my_party = 'buyer' $$), 'ok', 'a number ahead of the range');
SELECT is(t.try('alpha.oem', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]') FROM generate_series(1, 3) $$), 'ok', 'is stepped over');

-- Refused content.
SELECT is(t.field('alpha.oem', q), wanted, 'refused: ' || wanted || ' ' || row_number() OVER ()) FROM (VALUES
	($$ SELECT api.order_create('x', 'tier-a', '[]') $$, 'HN003 lines'),
	($$ SELECT api.order_create('x', 'tier-a', NULL) $$, 'HN003 lines'),
	($$ SELECT api.order_create('x', 'tier-a', '{}') $$, 'HN003 lines'),
	($$ SELECT api.order_create('x', 'tier-a', '[1]') $$, 'HN003 lines[1]'),
	($$ SELECT api.order_create('x', 'tier-a', (SELECT jsonb_agg('{"item":"P-1","quantity":1}'::jsonb) FROM generate_series(1, 1001))) $$, 'HN003 lines'),
	($$ SELECT api.order_create('', 'tier-a', '[{"item":"P-1","quantity":1}]') $$, 'HN003 actor'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1},{"item":"P-1","quantity":"-1"}]') $$, 'HN003 lines[2].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"0"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"1e9"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"NaN"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"1,5"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":{"a":1}}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"9999999999999"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":"0.0000001"}]') $$, 'HN003 lines[1].quantity'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1,"price":"-3"}]') $$, 'HN003 lines[1].price'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1,"requested_date":"2026-02-30"}]') $$, 'HN003 lines[1].requested_date'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1,"requested_date":"tomorrow"}]') $$, 'HN003 lines[1].requested_date'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1,"status":"ACCEPTED"}]') $$, 'HN003 lines[1].status'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"B-1","quantity":1}]') $$, 'HN003 lines[1].item'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"quantity":1}]') $$, 'HN003 lines[1].item'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1},{"item":"P-9","quantity":1}]') $$, 'HN003 lines[2].item'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', repeat('x', 2001)) $$, 'HN003 note'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', E'a\x07b') $$, 'HN003 note'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', requested_date => 'infinity') $$, 'HN003 requested_date'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', id => repeat('9', 65)) $$, 'HN003 id'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]', idempotency_key => repeat('k', 201)) $$, 'HN003 idempotency_key'),
	($$ SELECT api.order_create('x', 'tier-a', '[{"item":["P-1"],"quantity":1}]') $$, 'HN003 lines[1].item'),
	($$ SELECT api.order_create('x', NULL, '[{"item":"P-1","quantity":1}]') $$, 'HN003 seller_id'),
	($$ SELECT api.order_act(NULL, NULL, NULL) $$, 'HN001 order_uid'),
	($$ SELECT api.order_create('x', 'foundry', '[{"item":"P-1","quantity":1}]') $$, 'HN003 seller_id'),
	($$ SELECT api.order_create('x', 'dealer', '[{"item":"P-1","quantity":1}]') $$, 'HN003 seller_id'),
	($$ SELECT api.order_create('x', 'oem', '[{"item":"P-1","quantity":1}]') $$, 'HN003 seller_id'),
	($$ SELECT api.order_create('x', 'nobody', '[{"item":"P-1","quantity":1}]') $$, 'HN003 seller_id')) c (q, wanted);
SELECT is(t.order_value('alpha.oem', t.draft(lines => '[{"item":"P-9","quantity":1}]'), 'currency'), 'USD', 'an order in dollars');

-- Proposals.
INSERT INTO v VALUES ('p', t.order_in('ACKNOWLEDGED'));
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_act(%L, %L, %L, NULL, NULL, %L)', pg_temp.v('p'), 'propose', 'x', l)), wanted, 'proposal refused: ' || wanted || ' ' || l) FROM (VALUES
	(NULL, 'HN003 lines'),
	('[{"line":1,"action":5}]', 'HN003 lines'),
	('[{"line":1,"action":5},{"line":2,"action":5}]', 'HN003 lines'),
	('[{"line":1,"action":7},{"line":2,"action":7}]', 'HN003 lines'),
	('[{"line":1,"action":2},{"line":2,"action":5}]', 'HN003 lines[1].action'),
	('[{"line":1,"action":42},{"line":2,"action":5}]', 'HN003 lines[1].action'),
	('[{"line":1},{"line":2,"action":5}]', 'HN003 lines[1].action'),
	('[{"line":9,"action":3},{"line":2,"action":5}]', 'HN003 lines[1].line'),
	('[{"line":"x","action":3}]', 'HN003 lines[1].line'),
	('[{"action":3,"quantity":1}]', 'HN003 lines[1].line'),
	('[{"line":1,"action":5,"quantity":"79"},{"line":2,"action":5}]', 'HN003 lines[1].action'),
	('[{"line":1,"action":3,"quantity":50},{"line":1,"action":3},{"line":2,"action":5}]', 'HN003 lines[2].line'),
	('[{"line":1,"action":5},{"line":1,"action":3,"quantity":3,"promised_date":"2027-01-01"},{"line":2,"action":5}]', 'HN003 lines[2].line'),
	('[{"line":1,"action":3,"quantity":50,"promised_date":"2027-01-01"},{"line":1,"action":3,"quantity":30,"promised_date":"2027-01-02","price":"1"},{"line":2,"action":5}]', 'HN003 lines[2].price'),
	('[{"line":1,"action":3,"quantity":50,"requested_date":"2027-01-01"},{"line":2,"action":5}]', 'HN003 lines[1].requested_date'),
	('[{"line":1,"action":5},{"line":2,"action":5},{"line":2,"action":1,"item":"P-3","quantity":1}]', 'HN003 lines[3].line'),
	('[{"line":1,"action":5},{"line":2,"action":5},{"action":1,"quantity":1}]', 'HN003 lines[3].item'),
	('[{"line":1,"action":5},{"line":2,"action":5},{"action":1,"item":"P-3"}]', 'HN003 lines[3].quantity'),
	('[{"line":1,"action":5},{"line":2,"action":5},{"action":1,"item":"P-9","quantity":1}]', 'HN003 lines[3].item')) c (l, wanted);
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_act(%L, %L, %L, NULL, NULL, %L)', pg_temp.v('p'), 'accept', 'x', '[{"line":1,"action":5}]')), 'HN003 lines', 'accepting carries no lines');
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_act(%L, %L, %L)', pg_temp.v('p'), 'reject', 'x')), 'HN003 reason', 'rejecting needs a reason');
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_act(%L, %L, %L, 1)', pg_temp.v('p'), 'accept', 'x')), 'HN004 revision', 'an answer to an old revision is refused');
SELECT is(t.field('alpha.oem', format('SELECT api.order_act(%L, %L, %L, NULL, NULL, NULL, %L)', t.draft(), 'send', 'x', 'S-1')), 'HN003 sales_order_id', 'the buyer does not give the seller''s number');
SELECT is(t.order_value('alpha.oem', pg_temp.v('p'), 'state'), 'ACKNOWLEDGED', 'refusals leave no trace');
SELECT is(t.ask('alpha.oem', format('SELECT count(*) FROM api.order_response WHERE order_uid = %L', pg_temp.v('p'))), '1', 'but the one message there was');

SELECT is(t.ask('alpha.tier-a', format('api.order_act(%L, %L, %L, NULL, %L, %L, %L)', pg_temp.v('p'), 'propose', 'jonas', 'two lots',
	'[{"line":1,"action":3,"quantity":"50","promised_date":"2027-03-01"},{"line":1,"action":"3","quantity":"30","promised_date":"2027-03-08"},{"line":2,"action":7,"note":"no longer made"},{"action":1,"item":"A-3","quantity":"400","promised_date":"2027-03-02"}]',
	'SO-77')), 'PROPOSED', 'a proposal: a split, a refusal, an added line');
SELECT is(pg_temp.lines(pg_temp.v('p'), 'line_no, quantity, price, status, coalesce(confirmed_quantity::text, ''-'')'), '1:80:41.80:OPEN:- 2:12:68.35:OPEN:-', 'what is proposed is not yet the order');
SELECT is((SELECT string_agg(r ->> 'x', ' ') FROM t.rows('alpha.oem', format($$ SELECT concat_ws(':', line_no, part, action_code, quantity, promised_date, coalesce(before_quantity::text, '-'), quantity_changed, date_changed) AS x
	FROM api.order_response_line WHERE order_uid = %L ORDER BY line_no, part $$, pg_temp.v('p'))) r),
	format('1:1:3:50:2027-03-01:80:t:t 1:2:3:30:2027-03-08:80:t:t 2:1:7:12:%s:12:f:f 3:1:1:400:2027-03-02:-:t:t', current_date + 7), 'the buyer reads it beside what was ordered');
SELECT is(t.ask('alpha.oem', format('SELECT string_agg(concat_ws('':'', response_no, message, response_code, by_party, person, open), '' '' ORDER BY response_no) FROM api.order_response WHERE order_uid = %L', pg_temp.v('p'))),
	'1:OrderResponse:AB:seller:tester:f 2:OrderResponse:CA:seller:jonas:t', 'the proposal is the open message');
SELECT is(t.act('alpha.oem', pg_temp.v('p'), 'accept_proposal', NULL, NULL), 'CONFIRMED', 'the buyer takes it');
SELECT is(pg_temp.lines(pg_temp.v('p'), 'line_no, quantity, status, coalesce(confirmed_quantity::text, ''-''), coalesce(confirmed_date::text, ''-''), line_amount'),
	'1:80:CHANGED:80:2027-03-01:3344.00 2:12:REJECTED:-:-:0.00 3:400:ADDED:400:2027-03-02:5.00', 'and it is the order now');
SELECT is(pg_temp.split(pg_temp.v('p')), '1:1:50:2027-03-01 1:2:30:2027-03-08 3:1:400:2027-03-02', 'with its split');
SELECT is(t.order_value('alpha.oem', pg_temp.v('p'), 'concat_ws('':'', total_amount, line_count, sequence_number, version_in_force, response_code, sales_order_id)'), '3349.00:2:2:2:CA:SO-77', 'and its header');
SELECT is(pg_temp.versions(pg_temp.v('p')), '1:Order:SUPERSEDED 2:OrderChange:IN_FORCE', 'version 2 is in force, version 1 is kept');

-- Changes.
SELECT is(t.act('alpha.oem', pg_temp.v('p'), 'change', '[{"line":1,"action":3,"price":"40"},{"line":2,"action":74,"quantity":"6"},{"line":3,"action":2},{"action":1,"item":"P-2","quantity":"7"}]', 'spring is late'), 'CHANGE_PENDING', 'a change of four kinds');
SELECT is(t.act('alpha.tier-a', pg_temp.v('p'), 'reject'), 'CONFIRMED', 'rejected');
SELECT is(pg_temp.lines(pg_temp.v('p'), 'line_no, status, line_amount'), '1:CHANGED:3344.00 2:REJECTED:0.00 3:ADDED:5.00', 'the old version stays in force');
SELECT is(pg_temp.versions(pg_temp.v('p')), '1:Order:SUPERSEDED 2:OrderChange:IN_FORCE 3:OrderChange:REJECTED', 'the rejected one is kept');
SELECT is(t.act('alpha.oem', pg_temp.v('p'), 'change', '[{"line":1,"action":3,"price":"40"},{"line":2,"action":74,"quantity":"6"},{"line":3,"action":2},{"action":1,"item":"P-2","quantity":"7"}]'), 'CHANGE_PENDING', 'the change again');
SELECT is(t.act('alpha.tier-a', pg_temp.v('p'), 'accept'), 'CONFIRMED', 'accepted');
SELECT is(pg_temp.lines(pg_temp.v('p'), 'line_no, quantity, price, status, coalesce(confirmed_quantity::text, ''-''), line_amount'),
	'1:80:40.00:CHANGED:80:3200.00 2:6:68.35:CHANGED:6:410.10 3:400:0.0125:DELETED:-:0.00 4:7:68.35:ADDED:7:478.45', 'the new version is in force');
SELECT is(pg_temp.split(pg_temp.v('p')), format('1:1:50:2027-03-01 1:2:30:2027-03-08 2:1:6:%1$s 4:1:7:%1$s', current_date + 7), 'a new price keeps the split');
SELECT is(pg_temp.versions(pg_temp.v('p')), '1:Order:SUPERSEDED 2:OrderChange:SUPERSEDED 3:OrderChange:REJECTED 4:OrderChange:IN_FORCE', 'no version is lost');
SELECT is(t.order_value('alpha.oem', pg_temp.v('p'), 'concat_ws('':'', total_amount, sequence_number, version_in_force)'), '4088.55:4:4', 'the header follows');
SELECT is(t.ask('alpha.oem', format($$ SELECT bool_and(v.document_hash = encode(sha256(convert_to(v.snapshot::text, 'UTF8')), 'hex')) FROM api.order_version v WHERE order_uid = %L $$, pg_temp.v('p'))), 'true', 'each version''s hash is of its snapshot');
SELECT is(t.ask('alpha.oem', format($$ SELECT jsonb_object_agg(l ->> 'line', l ->> 'confirmed_quantity') FROM api.order_version v, jsonb_array_elements(snapshot -> 'lines') l WHERE order_uid = %L AND sequence_number = 2 $$, pg_temp.v('p')))::jsonb,
	'{"1": "80", "2": null, "3": "400"}', 'version 2 reads as it did');
SELECT is(t.field('alpha.oem', format('SELECT api.order_act(%L, %L, %L, NULL, NULL, %L)', pg_temp.v('p'), 'change', 'x', l)), wanted, 'change refused: ' || wanted || ' ' || l) FROM (VALUES
	('[{"line":1,"action":4}]', 'HN003 lines'), ('[{"line":1,"action":2},{"line":2,"action":2},{"line":4,"action":2}]', 'HN003 lines'),
	('[{"line":3,"action":3,"quantity":1}]', 'HN003 lines[1].line'), ('[{"line":1,"action":74}]', 'HN003 lines[1].line'),
	('[{"line":1,"action":5}]', 'HN003 lines[1].action'), ('[{"line":1,"action":3,"promised_date":"2027-01-01"}]', 'HN003 lines[1].promised_date'),
	('[{"line":1,"action":3,"quantity":1},{"line":1,"action":3,"quantity":2,"requested_date":"2027-01-01"}]', 'HN003 lines[2].line')) c (l, wanted);

-- The seller proposes to a confirmed order; refusing it ends the order.
SELECT is(t.act('alpha.tier-a', pg_temp.v('p'), 'propose', '[{"line":1,"action":3,"item":"P-2"},{"line":2,"action":5},{"line":4,"action":5}]'), 'PROPOSED', 'a substitute is proposed');
SELECT is(t.act('alpha.oem', pg_temp.v('p'), 'accept_proposal', NULL, NULL), 'CONFIRMED', 'and taken');
SELECT is(t.ask('alpha.oem', format('SELECT concat_ws('':'', buyers_item_id, sellers_item_id, price, confirmed_price) FROM api.order_line WHERE order_uid = %L AND line_no = 1', pg_temp.v('p'))), 'P-2:A-2:40.00:40.00', 'the line is of the substitute');

-- I8: what has left, stays.
SELECT is(t.run('alpha.postgres', format('UPDATE hanse.order_line SET despatched_quantity = 50 WHERE order_uid = %L AND line_no = 1', pg_temp.v('p'))), 'UPDATE 1', '50 have left');
SELECT is(t.field('alpha.oem', format('SELECT api.order_act(%L, %L, %L, NULL, %L, %L)', pg_temp.v('p'), a, 'x', 'why', l)), wanted, 'despatched: ' || a || ' ' || coalesce(l, '')) FROM (VALUES
	('change', '[{"line":1,"action":3,"quantity":"49"}]', 'HN003 lines'), ('change', '[{"line":1,"action":2}]', 'HN003 lines'), ('cancel', NULL, 'HN002 state')) c (a, l, wanted);
SELECT is(t.field('alpha.tier-a', format('SELECT api.order_act(%L, %L, %L, NULL, %L, %L)', pg_temp.v('p'), a, 'x', 'why', l)), wanted, 'despatched, seller: ' || a || ' ' || coalesce(l, '')) FROM (VALUES
	('propose', '[{"line":1,"action":7},{"line":2,"action":5},{"line":4,"action":5}]', 'HN003 lines'), ('withdraw', NULL, 'HN002 state')) c (a, l, wanted);
SELECT is(t.act('alpha.oem', pg_temp.v('p'), 'change', '[{"line":1,"action":3,"quantity":"50"}]'), 'CHANGE_PENDING', 'down to what has left is possible');

-- The event chain.
SELECT is(t.ask(who, format('api.order_event_verify(%L)', pg_temp.v('p'))), NULL, 'the chain holds, says ' || who) FROM (VALUES ('alpha.oem'), ('alpha.tier-a')) w (who);
SELECT is(t.ask('alpha.tier-a', format('SELECT string_agg(concat_ws('':'', event_no, by_party, enterprise_id, action, to_state), '' '' ORDER BY event_no) FROM api.order_event WHERE order_uid = %L AND event_no < 5', pg_temp.v('p'))),
	'1:buyer:oem:send:SENT 2:seller:tier-a:acknowledge:ACKNOWLEDGED 3:seller:tier-a:propose:PROPOSED 4:buyer:oem:accept_proposal:CONFIRMED', 'one event a transition');
-- Anyone can recompute a hash from what the view shows; here for the second event.
SELECT is(t.try('alpha.postgres', format(s, pg_temp.v('p'))), 'HN002', 'even the superuser''s plain statement is refused: ' || s) FROM (VALUES
	('UPDATE hanse.document_event SET reason = ''x'' WHERE document_uid = %L'), ('DELETE FROM hanse.document_event WHERE document_uid = %L'),
	('UPDATE hanse.order_message SET note = ''x'' WHERE order_uid = %L'), ('DELETE FROM hanse.order_message_line WHERE order_uid = %L'),
	('DELETE FROM hanse.order_version WHERE order_uid = %L'), ('UPDATE hanse.order_version SET snapshot = ''{}'' WHERE order_uid = %L'),
	('UPDATE hanse.order_version SET status = ''PENDING'' WHERE order_uid = %L'), ('DELETE FROM hanse.order_line WHERE order_uid = %L AND line_no = 4'),
	('UPDATE hanse.purchase_order SET state = ''DRAFT'' WHERE order_uid = %L'), ('UPDATE hanse.purchase_order SET state = ''CLOSED'' WHERE order_uid = %L'),
	('UPDATE hanse.purchase_order SET buyer_id = ''dealer'' WHERE order_uid = %L'), ('UPDATE hanse.purchase_order SET id = ''x'' WHERE order_uid = %L'),
	('DELETE FROM hanse.purchase_order WHERE order_uid = %L')) c (s);
SELECT is(t.try('alpha.postgres', 'TRUNCATE ' || x || ' CASCADE'), 'HN002', 'no TRUNCATE of ' || x) FROM unnest(ARRAY['hanse.document_event', 'hanse.order_message', 'hanse.order_version', 'hanse.purchase_order']) x;
-- Who turns the triggers off leaves a broken chain behind.
SELECT is(t.run('alpha.postgres', 'BEGIN'), 'BEGIN', 'a forgery:');
SELECT is(t.run('alpha.postgres', 'SET LOCAL session_replication_role = replica'), 'SET', 'with the triggers off');
SELECT is(t.run('alpha.postgres', format('UPDATE hanse.document_event SET person = ''somebody else'' WHERE document_uid = %L AND event_no = 3', pg_temp.v('p'))), 'UPDATE 1', 'one name is changed');
SELECT is(t.run('alpha.postgres', 'COMMIT'), 'COMMIT', 'for good');
SELECT is(t.ask('alpha.oem', format('api.order_event_verify(%L)', pg_temp.v('p'))), '3', 'and the check names the event');
SELECT is(t.try('alpha.postgres', 'BEGIN'), 'ok', 'so does');
SELECT is(t.run('alpha.postgres', 'SET LOCAL session_replication_role = replica'), 'SET', 'removing the last');
SELECT matches(t.run('alpha.postgres', format('DELETE FROM hanse.document_event WHERE document_uid = %L AND to_state = ''ACKNOWLEDGED''', t.order_in('ACKNOWLEDGED'))), 'DELETE', 'event');
SELECT is(t.run('alpha.postgres', 'COMMIT'), 'COMMIT', 'of an order');
SELECT is(t.ask('alpha.oem', $$ SELECT count(*) FROM api."order" o WHERE api.order_event_verify(o.order_uid) IS NOT NULL AND state <> 'DRAFT' $$), '2', 'both are found, and no other');
SELECT is(t.ask('alpha.oem', format($$ SELECT bool_and(awaits IS NOT DISTINCT FROM (SELECT CASE s.awaits WHEN 'B' THEN 'buyer' WHEN 'S' THEN 'seller' END FROM api.doc_state s WHERE s.state = o.state)) FROM api."order" o $$)), 'true', 'turn follows state everywhere');
SELECT is(t.ask('alpha.oem', $$ SELECT string_agg(state, ',') FROM api.doc_state s WHERE awaits IS DISTINCT FROM (SELECT max(by_party) FROM api.doc_transition d WHERE d.from_state = s.state AND d.awaited) $$), NULL, 'whose turn it is, is whose transitions are awaited');

-- Two at once.
SELECT is(dblink_connect('second', format('host=%s port=%s dbname=ve_alpha user=alpha.tier-a', socket, port)), 'OK', 'a colleague at the seller''s') FROM t.place;
SELECT is(dblink_connect('third', format('host=%s port=%s dbname=ve_alpha user=alpha.oem', socket, port)), 'OK', 'and one at the buyer''s') FROM t.place;
INSERT INTO v VALUES ('race', t.order_in('SENT'));
INSERT INTO v VALUES ('revision', t.order_value('alpha.tier-a', pg_temp.v('race'), 'revision'));
SELECT is(t.run('alpha.tier-a', 'BEGIN'), 'BEGIN', 'one');
SELECT is(t.ask('alpha.tier-a', format('api.order_act(%L, %L, %L, %s)', pg_temp.v('race'), 'accept', 'one', pg_temp.v('revision'))), 'CONFIRMED', 'accepts, not yet for good');
SELECT is(dblink_send_query('second', format('SELECT api.order_act(%L, %L, %L, %s, %L)', pg_temp.v('race'), 'reject', 'two', pg_temp.v('revision'), 'why')), 1, 'the other rejects at once');
SELECT pg_sleep(0.2) IS NULL AS slept \gset
SELECT is(dblink_is_busy('second'), 1, 'and waits');
SELECT is(t.run('alpha.tier-a', 'COMMIT'), 'COMMIT', 'now it is for good');
SELECT throws_ok($$ SELECT * FROM dblink_get_result('second') AS r (x text) $$, 'HN004', NULL, 'the other learns that somebody was faster');
SELECT is(t.order_value('alpha.oem', pg_temp.v('race'), 'state'), 'CONFIRMED', 'the first answer stands');
SELECT is(t.run('alpha.oem', 'BEGIN'), 'BEGIN', 'the same order');
INSERT INTO v VALUES ('posted', t.ask('alpha.oem', $$ api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":3}]', idempotency_key => 'k-2') $$));
SELECT is(dblink_send_query('third', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":3}]', idempotency_key => 'k-2') $$), 1, 'posted twice');
SELECT pg_sleep(0.2) IS NULL AS slept \gset
SELECT is(t.run('alpha.oem', 'COMMIT'), 'COMMIT', 'at once');
SELECT is((SELECT x FROM dblink_get_result('third') AS r (x text)), pg_temp.v('posted'), 'is one order');

-- The list.
SELECT is(t.ask('alpha.oem', format($$ SELECT count(*) FROM api.order_search('so-77') $$)), '1', 'found by the seller''s number');
SELECT is(t.ask('alpha.oem', $$ SELECT count(*) FROM api.order_search('%') $$), '0', 'a per cent sign is a per cent sign');
SELECT is(t.ask('alpha.oem', $$ SELECT count(*) = min(total_count) FROM api.order_search(page_size => 500) $$), 'true', 'the count is the count');
SELECT is(t.ask('alpha.oem', $$ SELECT (SELECT array_agg(order_uid) FROM api.order_search(page_size => 5, page_offset => 3)) = (SELECT array_agg(order_uid) FROM (SELECT order_uid FROM api."order" ORDER BY created_at DESC, order_uid DESC OFFSET 3 LIMIT 5) x) $$), 'true', 'a page is a page');
SELECT is(t.ask('alpha.oem', $$ SELECT bool_and(awaits_me) FROM api.order_search(state => 'awaiting') $$), 'true', 'awaiting');
SELECT is(t.ask('alpha.oem', $$ SELECT bool_or(terminal) FROM api.order_search(state => 'open', page_size => 500) $$), 'false', 'open');
SELECT isnt(t.order_in('REJECTED'), NULL, 'one that is rejected');
SELECT is(t.ask('alpha.oem', $$ SELECT array_agg(DISTINCT state) FROM api.order_search(state => 'rejected', page_size => 500) $$), '{REJECTED}', 'a state');
SELECT is(t.ask('alpha.oem', $$ SELECT count(*) FROM api.order_search(query => $x$' OR true; --$x$, state => $x$' OR true --$x$, party => $x$'$x$, partner_id => $x$'$x$) $$), '0', 'words are values, not SQL');

SELECT * FROM finish();
COMMIT;
