-- 003_machine.sql - the state machines of documents, as rows.
-- Names are those of UBL and Peppol advanced ordering; docs say where we differ.
-- Nothing in the functions names a state: they read these tables.

CREATE TABLE hanse.doc_state (
	doc_type   text COLLATE "C" NOT NULL,
	state      text COLLATE "C" NOT NULL,
	terminal   boolean NOT NULL,
	awaits     hanse.party,                 -- whose turn it is; NULL: nobody is waited for
	answering  boolean NOT NULL,            -- the last message waits for an answer
	position   int NOT NULL,
	PRIMARY KEY (doc_type, state)
);

CREATE TABLE hanse.doc_transition (
	doc_type       text COLLATE "C" NOT NULL,
	from_state     text COLLATE "C" NOT NULL,
	action         text COLLATE "C" NOT NULL,
	by_party       text COLLATE "C" NOT NULL CHECK (by_party IN ('B', 'S', 'P')),   -- P: the platform
	to_state       text COLLATE "C" NOT NULL,
	message        text CHECK (message IN ('Order', 'OrderResponse', 'OrderChange', 'OrderCancellation')),
	response_code  text CHECK (response_code IN ('AB', 'AP', 'CA', 'RE')),          -- UNCL 4343
	needs_lines    boolean NOT NULL,
	line_actions   text[] NOT NULL,         -- UNCL 1229 codes a line may carry
	needs_reason   boolean NOT NULL,
	awaited        boolean NOT NULL,        -- the other party waits for this
	-- What becomes of the contract: ISSUE writes version 1 · OFFER writes the
	-- next version, not yet in force · ADOPT writes the next version from the
	-- seller's proposal and puts it in force · FORCE puts the pending version
	-- in force · DROP rejects the pending version, if there is one.
	effect         text CHECK (effect IN ('ISSUE', 'OFFER', 'ADOPT', 'FORCE', 'DROP')),
	-- Refused once something of the order has been despatched.
	undespatched   boolean NOT NULL DEFAULT false,
	position       int NOT NULL,
	PRIMARY KEY (doc_type, from_state, action, by_party),
	FOREIGN KEY (doc_type, from_state) REFERENCES hanse.doc_state,
	FOREIGN KEY (doc_type, to_state) REFERENCES hanse.doc_state,
	CHECK (needs_lines = (cardinality(line_actions) > 0))
);

-- Which fields a party may write in a state; what is not listed is refused.
CREATE TABLE hanse.field_rule (
	doc_type  text COLLATE "C" NOT NULL,
	state     text COLLATE "C" NOT NULL,
	party     hanse.party NOT NULL,
	part      text COLLATE "C" NOT NULL CHECK (part IN ('header', 'line')),
	field     text COLLATE "C" NOT NULL,
	PRIMARY KEY (doc_type, state, party, part, field),
	FOREIGN KEY (doc_type, state) REFERENCES hanse.doc_state
);

-- UNCL 1229, the codes used here.
CREATE TABLE hanse.line_action (
	action_code  text COLLATE "C" PRIMARY KEY,
	name         text NOT NULL,
	line_status  text NOT NULL
);

INSERT INTO hanse.doc_state (doc_type, state, terminal, awaits, answering, position) VALUES
	('order', 'DRAFT',                 false, 'B',  false,  1),
	('order', 'SENT',                  false, 'S',  false,  2),
	('order', 'ACKNOWLEDGED',          false, 'S',  false,  3),
	('order', 'PROPOSED',              false, 'B',  true,   4),
	('order', 'CONFIRMED',             false, NULL, false,  5),
	('order', 'CHANGE_PENDING',        false, 'S',  true,   6),
	('order', 'CANCEL_PENDING',        false, 'S',  true,   7),
	('order', 'SELLER_CANCEL_PENDING', false, 'B',  true,   8),
	('order', 'REJECTED',              true,  NULL, false,  9),
	('order', 'CANCELLED',             true,  NULL, false, 10),
	('order', 'CLOSED',                true,  NULL, false, 11);

INSERT INTO hanse.doc_transition
	(doc_type, from_state, action, by_party, to_state, message, response_code,
	 needs_lines, line_actions, needs_reason, awaited, effect, undespatched, position)
VALUES
	('order', 'DRAFT',                 'send',            'B', 'SENT',                  'Order',             NULL, false, '{}',            false, true,  'ISSUE', false,  1),
	('order', 'SENT',                  'acknowledge',     'S', 'ACKNOWLEDGED',          'OrderResponse',     'AB', false, '{}',            false, true,  NULL,    false,  2),
	('order', 'SENT',                  'accept',          'S', 'CONFIRMED',             'OrderResponse',     'AP', false, '{}',            false, true,  'FORCE', false,  3),
	('order', 'SENT',                  'propose',         'S', 'PROPOSED',              'OrderResponse',     'CA', true,  '{1,3,5,7}',     false, true,  NULL,    false,  4),
	('order', 'SENT',                  'reject',          'S', 'REJECTED',              'OrderResponse',     'RE', false, '{}',            true,  true,  'DROP',  false,  5),
	('order', 'ACKNOWLEDGED',          'accept',          'S', 'CONFIRMED',             'OrderResponse',     'AP', false, '{}',            false, true,  'FORCE', false,  6),
	('order', 'ACKNOWLEDGED',          'propose',         'S', 'PROPOSED',              'OrderResponse',     'CA', true,  '{1,3,5,7}',     false, true,  NULL,    false,  7),
	('order', 'ACKNOWLEDGED',          'reject',          'S', 'REJECTED',              'OrderResponse',     'RE', false, '{}',            true,  true,  'DROP',  false,  8),
	('order', 'PROPOSED',              'accept_proposal', 'B', 'CONFIRMED',             'OrderChange',       NULL, false, '{}',            false, true,  'ADOPT', false,  9),
	('order', 'PROPOSED',              'refuse',          'B', 'CANCELLED',             'OrderCancellation', NULL, false, '{}',            true,  true,  'DROP',  true,  10),
	('order', 'CONFIRMED',             'change',          'B', 'CHANGE_PENDING',        'OrderChange',       NULL, true,  '{1,2,3,4,74}',  false, false, 'OFFER', false, 11),
	('order', 'CHANGE_PENDING',        'accept',          'S', 'CONFIRMED',             'OrderResponse',     'AP', false, '{}',            false, true,  'FORCE', false, 12),
	('order', 'CHANGE_PENDING',        'reject',          'S', 'CONFIRMED',             'OrderResponse',     'RE', false, '{}',            true,  true,  'DROP',  false, 13),
	('order', 'CONFIRMED',             'propose',         'S', 'PROPOSED',              'OrderResponse',     'CA', true,  '{1,3,5,7}',     false, false, NULL,    false, 14),
	('order', 'CONFIRMED',             'cancel',          'B', 'CANCEL_PENDING',        'OrderCancellation', NULL, false, '{}',            true,  false, NULL,    true,  15),
	('order', 'CANCEL_PENDING',        'accept',          'S', 'CANCELLED',             'OrderResponse',     'AP', false, '{}',            false, true,  NULL,    true,  16),
	('order', 'CANCEL_PENDING',        'reject',          'S', 'CONFIRMED',             'OrderResponse',     'RE', false, '{}',            true,  true,  NULL,    false, 17),
	('order', 'CONFIRMED',             'withdraw',        'S', 'SELLER_CANCEL_PENDING', 'OrderResponse',     'RE', false, '{}',            true,  false, NULL,    true,  18),
	('order', 'SELLER_CANCEL_PENDING', 'confirm',         'B', 'CANCELLED',             'OrderCancellation', NULL, false, '{}',            false, true,  NULL,    true,  19),
	('order', 'CONFIRMED',             'close',           'B', 'CLOSED',                NULL,                NULL, false, '{}',            false, false, NULL,    false, 20),
	('order', 'CONFIRMED',             'close',           'P', 'CLOSED',                NULL,                NULL, false, '{}',            false, false, NULL,    false, 21);

INSERT INTO hanse.line_action (action_code, name, line_status) VALUES
	('1',  'added',        'ADDED'),
	('2',  'deleted',      'DELETED'),
	('3',  'changed',      'CHANGED'),
	('4',  'no action',    ''),
	('5',  'accepted',     'ACCEPTED'),
	('7',  'not accepted', 'REJECTED'),
	('74', 'reopened',     'CHANGED');

INSERT INTO hanse.field_rule (doc_type, state, party, part, field)
SELECT 'order', 'DRAFT', 'B', part, field
FROM (VALUES ('header', 'id'), ('header', 'note'), ('header', 'requested_date'),
	('line', 'item'), ('line', 'quantity'), ('line', 'price'), ('line', 'requested_date'), ('line', 'note')) f (part, field)
UNION ALL
SELECT 'order', state, 'S', part, field
FROM unnest(ARRAY['SENT', 'ACKNOWLEDGED', 'CONFIRMED']) state,
	(VALUES ('header', 'sales_order_id'), ('line', 'line'), ('line', 'action'), ('line', 'item'), ('line', 'quantity'),
	('line', 'price'), ('line', 'promised_date'), ('line', 'note')) f (part, field)
UNION ALL
SELECT 'order', state, 'S', 'header', 'sales_order_id' FROM unnest(ARRAY['CHANGE_PENDING', 'CANCEL_PENDING']) state
UNION ALL
SELECT 'order', 'CONFIRMED', 'B', 'line', field
FROM unnest(ARRAY['line', 'action', 'item', 'quantity', 'price', 'requested_date', 'note']) field;

-- The machine is no secret: everybody reads it, only a migration changes it.
ALTER TABLE hanse.doc_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE hanse.doc_transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE hanse.field_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE hanse.line_action ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON hanse.doc_state FOR SELECT USING (true);
CREATE POLICY everybody ON hanse.doc_transition FOR SELECT USING (true);
CREATE POLICY everybody ON hanse.field_rule FOR SELECT USING (true);
CREATE POLICY everybody ON hanse.line_action FOR SELECT USING (true);
GRANT SELECT ON hanse.doc_state, hanse.doc_transition, hanse.field_rule, hanse.line_action TO PUBLIC;

-- Refuse keys that this party may not write in this state.
CREATE FUNCTION hanse.fields_check(doc text, in_state text, by text, of_part text, content jsonb, path text)
RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	stranger text;
BEGIN
	SELECT key INTO stranger
	FROM jsonb_object_keys(content) key
	WHERE NOT EXISTS (SELECT FROM hanse.field_rule f
		WHERE (f.doc_type, f.state, f.party, f.part, f.field) = (doc, in_state, by, of_part, key))
	ORDER BY key LIMIT 1;
	IF FOUND THEN
		PERFORM hanse.refuse('HN003', format('The field %s cannot be written here.', left(stranger, 40)),
			path || left(stranger, 40), 'Leave it out.');
	END IF;
END
$$;
