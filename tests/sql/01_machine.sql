-- 01_machine.sql - every state, every action, both parties: what happens is what the table of the standard says.
BEGIN;
-- Written down again from the specification, on purpose not read from the database.
CREATE TEMP TABLE wanted (from_state text, action text, party text, to_state text, message text, code text);
INSERT INTO wanted VALUES
	('DRAFT', 'send', 'B', 'SENT', 'Order', NULL),
	('SENT', 'acknowledge', 'S', 'ACKNOWLEDGED', 'OrderResponse', 'AB'),
	('SENT', 'accept', 'S', 'CONFIRMED', 'OrderResponse', 'AP'),
	('SENT', 'propose', 'S', 'PROPOSED', 'OrderResponse', 'CA'),
	('SENT', 'reject', 'S', 'REJECTED', 'OrderResponse', 'RE'),
	('ACKNOWLEDGED', 'accept', 'S', 'CONFIRMED', 'OrderResponse', 'AP'),
	('ACKNOWLEDGED', 'propose', 'S', 'PROPOSED', 'OrderResponse', 'CA'),
	('ACKNOWLEDGED', 'reject', 'S', 'REJECTED', 'OrderResponse', 'RE'),
	('PROPOSED', 'accept_proposal', 'B', 'CONFIRMED', 'OrderChange', NULL),
	('PROPOSED', 'refuse', 'B', 'CANCELLED', 'OrderCancellation', NULL),
	('CONFIRMED', 'change', 'B', 'CHANGE_PENDING', 'OrderChange', NULL),
	('CHANGE_PENDING', 'accept', 'S', 'CONFIRMED', 'OrderResponse', 'AP'),
	('CHANGE_PENDING', 'reject', 'S', 'CONFIRMED', 'OrderResponse', 'RE'),
	('CONFIRMED', 'propose', 'S', 'PROPOSED', 'OrderResponse', 'CA'),
	('CONFIRMED', 'cancel', 'B', 'CANCEL_PENDING', 'OrderCancellation', NULL),
	('CANCEL_PENDING', 'accept', 'S', 'CANCELLED', 'OrderResponse', 'AP'),
	('CANCEL_PENDING', 'reject', 'S', 'CONFIRMED', 'OrderResponse', 'RE'),
	('CONFIRMED', 'withdraw', 'S', 'SELLER_CANCEL_PENDING', 'OrderResponse', 'RE'),
	('SELLER_CANCEL_PENDING', 'confirm', 'B', 'CANCELLED', 'OrderCancellation', NULL),
	('CONFIRMED', 'close', 'B', 'CLOSED', NULL, NULL),
	('CONFIRMED', 'close', 'P', 'CLOSED', NULL, NULL);

CREATE TEMP TABLE pair AS
SELECT s.state, a.action, p.party, s.position
FROM (SELECT r ->> 'state' AS state, (r ->> 'position')::int AS position FROM t.rows('alpha.oem', 'TABLE api.doc_state') r) s,
	(SELECT DISTINCT action FROM wanted UNION VALUES ('delete'), ('DRAFT'), ('')) a, (VALUES ('B'), ('S')) p (party);

SELECT plan((SELECT count(*)::int FROM pair) * 2 + 2 + 11 * 3);

SELECT set_eq($$ SELECT x.* FROM t.rows('alpha.oem', 'TABLE api.doc_transition') r,
	jsonb_to_record(r) AS x (from_state text, action text, by_party text, to_state text, message text, response_code text) $$, 'TABLE wanted', 'the table of transitions is the specification''s');
SELECT is((SELECT count(*) FROM pair)::int, 11 * 2 * 15, 'every state, action and party is tried');

-- A state's standing order serves the attempts that must fail; each that must
-- succeed gets an order of its own.
CREATE TEMP TABLE standing AS SELECT state, t.order_in(state) AS uid FROM (SELECT DISTINCT state FROM pair) s;

CREATE TEMP TABLE tried AS
SELECT p.*, coalesce(w.to_state, CASE
		WHEN p.state = 'DRAFT' AND p.party = 'S' THEN 'HN001'
		WHEN EXISTS (SELECT FROM wanted o WHERE (o.from_state, o.action) = (p.state, p.action) AND o.party IN ('B', 'S')) THEN 'HN005'
		ELSE 'HN002' END) AS expected,
	CASE WHEN w.to_state IS NULL THEN s.uid ELSE t.order_in(p.state) END AS uid, w.message, w.code, ''::text AS got
FROM pair p JOIN standing s USING (state)
LEFT JOIN wanted w ON (w.from_state, w.action, w.party) = (p.state, p.action, p.party);
UPDATE tried SET got = t.act(CASE party WHEN 'B' THEN 'alpha.oem' ELSE 'alpha.tier-a' END, uid, action, t.lines_for(action));
SELECT is(got, expected, format('%s: %s by %s', state, action, party)) FROM tried ORDER BY position, action, party;

-- Afterwards the order is where it should be, and its last event says the same.
SELECT is(t.order_value('alpha.oem', uid, 'state'), CASE WHEN expected ~ '^HN' THEN state ELSE expected END,
	format('%s: %s by %s leaves the right state', state, action, party))
FROM tried ORDER BY position, action, party;

-- Each state: who is awaited, what is offered, whether the inbox knows.
SELECT is((SELECT array_agg(r ->> 'action' ORDER BY r ->> 'action')
		FROM t.rows('alpha.' || v.who, format('SELECT * FROM api.order_action WHERE order_uid = %L', uid)) r),
	(SELECT array_agg(action ORDER BY action) FROM wanted w WHERE (w.from_state, w.party) = (s.state, v.party)),
	format('%s: what is offered to the %s', state, who))
FROM standing s, (VALUES ('oem', 'B'), ('tier-a', 'S')) v (who, party) ORDER BY state;
SELECT is(ARRAY[t.ask('alpha.oem', format('SELECT count(*) FROM api.inbox WHERE order_uid = %L', uid)),
		t.ask('alpha.tier-a', format('SELECT count(*) FROM api.inbox WHERE order_uid = %L', uid))],
	CASE WHEN state IN ('DRAFT', 'PROPOSED', 'SELLER_CANCEL_PENDING') THEN ARRAY['1', '0']
		WHEN state IN ('SENT', 'ACKNOWLEDGED', 'CHANGE_PENDING', 'CANCEL_PENDING') THEN ARRAY['0', '1'] ELSE ARRAY['0', '0'] END,
	format('%s: in whose inbox', state))
FROM standing ORDER BY state;

SELECT * FROM finish();
COMMIT;
