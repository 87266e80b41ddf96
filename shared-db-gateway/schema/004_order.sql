-- 004_order.sql - the order: header, lines, confirmed split, messages, versions, events.
-- Every row carries both parties, held equal to the header by a composite
-- foreign key, so that each table's policy is a comparison and no join.

CREATE TABLE hanse.purchase_order (
	ve_id             hanse.label NOT NULL,
	order_uid         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	buyer_id          hanse.label NOT NULL,
	seller_id         hanse.label NOT NULL,
	buyer_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	buyer_name        text NOT NULL,                        -- as they are called on the document
	seller_name       text NOT NULL,
	id                text COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
	state             text COLLATE "C" NOT NULL DEFAULT 'DRAFT',
	draft             boolean NOT NULL GENERATED ALWAYS AS (state = 'DRAFT') STORED,
	doc_type          text COLLATE "C" NOT NULL DEFAULT 'order' CHECK (doc_type = 'order'),
	awaits            hanse.party,                          -- both follow the state, see the trigger
	buyer_turn        boolean NOT NULL GENERATED ALWAYS AS (awaits IS NOT DISTINCT FROM 'B') STORED,
	seller_turn       boolean NOT NULL GENERATED ALWAYS AS (awaits IS NOT DISTINCT FROM 'S') STORED,
	terminal          boolean NOT NULL DEFAULT false,
	revision          int NOT NULL DEFAULT 1,
	issue_date        date NOT NULL DEFAULT current_date,
	issued_at         timestamptz NOT NULL DEFAULT now(),   -- drawn up, then sent: the list's order
	updated_at        timestamptz NOT NULL DEFAULT now(),
	created_by        text NOT NULL,
	requested_date    date,
	currency          text NOT NULL,
	total_amount      numeric NOT NULL DEFAULT 0,
	line_count        int NOT NULL DEFAULT 0,
	sequence_number   int NOT NULL DEFAULT 0,               -- of the last Order or OrderChange
	version_in_force  int,
	message_count     int NOT NULL DEFAULT 0,
	response_code     text,
	sales_order_id    text,
	note              text,
	request_hash      bytea NOT NULL,                       -- of what was posted, to know it again
	search_text       text NOT NULL DEFAULT '',
	UNIQUE (ve_id, buyer_id, id),                           -- within the issuer: errors tell about own orders only
	UNIQUE (ve_id, order_uid, buyer_id, seller_id),
	UNIQUE (ve_id, order_uid, buyer_id, seller_id, draft),
	FOREIGN KEY (ve_id, buyer_id, seller_id) REFERENCES hanse.trading_relation,
	FOREIGN KEY (doc_type, state) REFERENCES hanse.doc_state
);
-- The list is read newest first, per party; the inbox and the filters by state and partner likewise.
-- The last two count what is open with a partner, without a look at the rows.
CREATE INDEX purchase_order_buyer ON hanse.purchase_order (buyer_role, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_seller ON hanse.purchase_order (seller_role, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_buyer_state ON hanse.purchase_order (buyer_role, state, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_seller_state ON hanse.purchase_order (seller_role, state, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_buyer_partner ON hanse.purchase_order (buyer_role, seller_id, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_seller_partner ON hanse.purchase_order (seller_role, buyer_id, issued_at DESC, order_uid DESC);
CREATE INDEX purchase_order_buyer_turn ON hanse.purchase_order (buyer_role, issued_at DESC, order_uid DESC) WHERE buyer_turn;
CREATE INDEX purchase_order_seller_turn ON hanse.purchase_order (seller_role, issued_at DESC, order_uid DESC) WHERE seller_turn;
CREATE INDEX purchase_order_buyer_open ON hanse.purchase_order (buyer_role, seller_id, draft, seller_role, buyer_turn) WHERE NOT terminal;
CREATE INDEX purchase_order_seller_open ON hanse.purchase_order (seller_role, buyer_id, draft, buyer_role, seller_turn) WHERE NOT terminal;

CREATE TABLE hanse.order_line (
	ve_id                hanse.label NOT NULL,
	order_uid            uuid NOT NULL,
	line_no              int NOT NULL CHECK (line_no BETWEEN 1 AND 9999),
	buyer_id             hanse.label NOT NULL,
	seller_id            hanse.label NOT NULL,
	buyer_role           text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role          text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	draft                boolean NOT NULL DEFAULT true,     -- follows the header by the foreign key
	buyers_item_id       text NOT NULL,
	sellers_item_id      text NOT NULL,
	description          text NOT NULL,
	unit                 text NOT NULL,
	quantity             hanse.quantity NOT NULL,
	price                hanse.price NOT NULL,
	requested_date       date,
	status               text COLLATE "C" NOT NULL DEFAULT 'OPEN' CHECK (status IN
	                     ('OPEN', 'ACCEPTED', 'CHANGED', 'REJECTED', 'ADDED', 'DELETED', 'ALREADY_DELIVERED')),
	confirmed_quantity   hanse.quantity,
	confirmed_price      hanse.price,
	confirmed_date       date,
	line_amount          numeric NOT NULL,
	note                 text,
	despatched_quantity  numeric NOT NULL DEFAULT 0 CHECK (despatched_quantity >= 0),
	PRIMARY KEY (order_uid, line_no),
	UNIQUE (ve_id, order_uid, line_no, buyer_id, seller_id),
	FOREIGN KEY (ve_id, order_uid, buyer_id, seller_id, draft)
		REFERENCES hanse.purchase_order (ve_id, order_uid, buyer_id, seller_id, draft) ON UPDATE CASCADE
);

-- A confirmed line may arrive in parts.
CREATE TABLE hanse.order_line_schedule (
	ve_id          hanse.label NOT NULL,
	order_uid      uuid NOT NULL,
	line_no        int NOT NULL,
	part           int NOT NULL CHECK (part >= 1),
	buyer_id       hanse.label NOT NULL,
	seller_id      hanse.label NOT NULL,
	buyer_role     text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role    text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	quantity       hanse.quantity NOT NULL,
	promised_date  date,
	PRIMARY KEY (order_uid, line_no, part),
	FOREIGN KEY (ve_id, order_uid, line_no, buyer_id, seller_id)
		REFERENCES hanse.order_line (ve_id, order_uid, line_no, buyer_id, seller_id)
);

-- Every message after the Order: OrderResponse, OrderChange, OrderCancellation.
CREATE TABLE hanse.order_message (
	ve_id            hanse.label NOT NULL,
	order_uid        uuid NOT NULL,
	message_no       int NOT NULL,
	buyer_id         hanse.label NOT NULL,
	seller_id        hanse.label NOT NULL,
	buyer_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	message          text NOT NULL,
	response_code    text,
	by_party         hanse.party NOT NULL,
	person           text NOT NULL,
	sequence_number  int NOT NULL,
	note             text,
	at               timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (order_uid, message_no),
	UNIQUE (ve_id, order_uid, message_no, buyer_id, seller_id),
	FOREIGN KEY (ve_id, order_uid, buyer_id, seller_id)
		REFERENCES hanse.purchase_order (ve_id, order_uid, buyer_id, seller_id)
);

-- Its lines, complete: what was left out is filled in from the order, and what
-- the line was at that moment stands beside it.
CREATE TABLE hanse.order_message_line (
	ve_id            hanse.label NOT NULL,
	order_uid        uuid NOT NULL,
	message_no       int NOT NULL,
	line_no          int NOT NULL CHECK (line_no BETWEEN 1 AND 9999),
	part             int NOT NULL,
	buyer_id         hanse.label NOT NULL,
	seller_id        hanse.label NOT NULL,
	buyer_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	action_code      text COLLATE "C" NOT NULL REFERENCES hanse.line_action,
	buyers_item_id   text NOT NULL,
	sellers_item_id  text NOT NULL,
	description      text NOT NULL,
	unit             text NOT NULL,
	quantity         hanse.quantity NOT NULL,
	price            hanse.price NOT NULL,
	line_date        date,                                  -- promised by a seller, requested by a buyer
	note             text,
	before_item_id   text,
	before_quantity  numeric,
	before_price     numeric,
	before_date      date,
	PRIMARY KEY (order_uid, message_no, line_no, part),
	FOREIGN KEY (ve_id, order_uid, message_no, buyer_id, seller_id)
		REFERENCES hanse.order_message (ve_id, order_uid, message_no, buyer_id, seller_id)
);

-- Every version of the contract that was ever offered or in force. The
-- snapshot is the order as it stands, or would stand, in force.
CREATE TABLE hanse.order_version (
	ve_id            hanse.label NOT NULL,
	order_uid        uuid NOT NULL,
	sequence_number  int NOT NULL,
	buyer_id         hanse.label NOT NULL,
	seller_id        hanse.label NOT NULL,
	buyer_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	message          text NOT NULL,
	status           text COLLATE "C" NOT NULL CHECK (status IN ('PENDING', 'IN_FORCE', 'SUPERSEDED', 'REJECTED')),
	snapshot         jsonb NOT NULL,
	document_hash    bytea NOT NULL,                        -- sha256 of the snapshot's text in UTF-8
	by_party         hanse.party NOT NULL,
	at               timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (order_uid, sequence_number),
	FOREIGN KEY (ve_id, order_uid, buyer_id, seller_id)
		REFERENCES hanse.purchase_order (ve_id, order_uid, buyer_id, seller_id)
);
CREATE UNIQUE INDEX order_version_in_force ON hanse.order_version (order_uid) WHERE status = 'IN_FORCE';

-- One row a transition, for every type of document, each chained to the one
-- before it of the same document.
CREATE TABLE hanse.document_event (
	ve_id            hanse.label NOT NULL,
	doc_type         text COLLATE "C" NOT NULL,
	document_uid     uuid NOT NULL,
	event_no         int NOT NULL,
	buyer_id         hanse.label NOT NULL,
	seller_id        hanse.label NOT NULL,
	buyer_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	at               timestamptz NOT NULL DEFAULT clock_timestamp(),
	enterprise_id    hanse.label NOT NULL,                  -- from the session, so certain
	by_party         text COLLATE "C" NOT NULL,
	person           text NOT NULL,                         -- claimed by that enterprise's portal
	action           text NOT NULL,
	from_state       text NOT NULL,
	to_state         text NOT NULL,
	message          text,
	reason           text,
	sequence_number  int NOT NULL,
	content_hash     bytea,                                 -- of the version or message this event brought
	previous_hash    bytea NOT NULL,
	event_hash       bytea NOT NULL,
	PRIMARY KEY (document_uid, event_no),
	FOREIGN KEY (ve_id, document_uid, buyer_id, seller_id)
		REFERENCES hanse.purchase_order (ve_id, order_uid, buyer_id, seller_id)
);

CREATE TABLE hanse.number_range (
	ve_id          hanse.label NOT NULL,
	enterprise_id  hanse.label NOT NULL,
	db_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED,
	doc_type       text COLLATE "C" NOT NULL,
	last_number    int NOT NULL,
	PRIMARY KEY (ve_id, enterprise_id, doc_type),
	FOREIGN KEY (ve_id, enterprise_id) REFERENCES hanse.enterprise
);

CREATE TABLE hanse.idempotency_key (
	ve_id          hanse.label NOT NULL,
	enterprise_id  hanse.label NOT NULL,
	db_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED,
	key            text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
	request_hash   bytea NOT NULL,
	order_uid      uuid NOT NULL,
	at             timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (ve_id, enterprise_id, key),
	FOREIGN KEY (ve_id, enterprise_id) REFERENCES hanse.enterprise,
	FOREIGN KEY (order_uid) REFERENCES hanse.purchase_order ON DELETE CASCADE
);
CREATE INDEX idempotency_key_order ON hanse.idempotency_key (order_uid);

-- Guards.

-- I24, I25: the parties and the number never change, an ACTIVE relation must
-- exist at birth, a state follows the table; turn and end follow the state.
CREATE FUNCTION hanse.purchase_order_guard()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.state <> 'DRAFT' OR NOT EXISTS (SELECT FROM hanse.trading_relation r
			WHERE (r.ve_id, r.buyer_id, r.seller_id, r.state) = (NEW.ve_id, NEW.buyer_id, NEW.seller_id, 'ACTIVE')) THEN
			PERFORM hanse.refuse('HN003', 'There is no active trading relation with this seller.', 'seller_id',
				'Choose one of your sellers.');
		END IF;
	ELSE
		IF (NEW.ve_id, NEW.order_uid, NEW.buyer_id, NEW.seller_id, NEW.id, NEW.created_by)
			IS DISTINCT FROM (OLD.ve_id, OLD.order_uid, OLD.buyer_id, OLD.seller_id, OLD.id, OLD.created_by) THEN
			PERFORM hanse.refuse('HN002', 'The parties and the number of an order never change.', 'state');
		END IF;
		IF NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM hanse.doc_transition t
			WHERE (t.doc_type, t.from_state, t.to_state) = ('order', OLD.state, NEW.state)) THEN
			PERFORM hanse.refuse('HN002', format('An order does not go from %s to %s.', OLD.state, NEW.state), 'state');
		END IF;
		NEW.revision := OLD.revision + 1;
		NEW.updated_at := clock_timestamp();
	END IF;
	SELECT s.awaits, s.terminal INTO NEW.awaits, NEW.terminal
	FROM hanse.doc_state s WHERE (s.doc_type, s.state) = ('order', NEW.state);
	RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON hanse.purchase_order
	FOR EACH ROW EXECUTE FUNCTION hanse.purchase_order_guard();

-- Only a draft is ever deleted.
CREATE FUNCTION hanse.purchase_order_keep()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF OLD.state <> 'DRAFT' THEN
		PERFORM hanse.refuse('HN002', 'Only a draft can be deleted.', 'state', 'Cancel the order instead.');
	END IF;
	RETURN OLD;
END
$$;
CREATE TRIGGER keep BEFORE DELETE ON hanse.purchase_order
	FOR EACH ROW EXECUTE FUNCTION hanse.purchase_order_keep();

-- I8, whoever writes: never below what was despatched.
CREATE FUNCTION hanse.order_line_guard()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		IF OLD.despatched_quantity > 0 OR NOT OLD.draft THEN
			PERFORM hanse.refuse('HN002', 'A line of a sent order is never removed.', 'lines');
		END IF;
		RETURN OLD;
	END IF;
	IF NEW.despatched_quantity > 0 AND (NEW.status IN ('DELETED', 'REJECTED')
		OR coalesce(NEW.confirmed_quantity, NEW.quantity) < NEW.despatched_quantity) THEN
		PERFORM hanse.refuse('HN003', 'A line cannot go below what has been despatched.', 'lines',
			format('%s have left already.', NEW.despatched_quantity));
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON hanse.order_line
	FOR EACH ROW EXECUTE FUNCTION hanse.order_line_guard();

-- A version's content is written once; its status only goes forward.
CREATE FUNCTION hanse.order_version_guard()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.document_hash := sha256(convert_to(NEW.snapshot::text, 'UTF8'));
		RETURN NEW;
	END IF;
	IF (NEW.ve_id, NEW.order_uid, NEW.sequence_number, NEW.buyer_id, NEW.seller_id, NEW.message, NEW.snapshot,
		NEW.document_hash, NEW.by_party, NEW.at)
		IS DISTINCT FROM
		(OLD.ve_id, OLD.order_uid, OLD.sequence_number, OLD.buyer_id, OLD.seller_id, OLD.message, OLD.snapshot,
		OLD.document_hash, OLD.by_party, OLD.at)
		OR (OLD.status, NEW.status) NOT IN (('PENDING', 'IN_FORCE'), ('PENDING', 'REJECTED'), ('PENDING', 'SUPERSEDED'),
			('IN_FORCE', 'SUPERSEDED')) THEN
		PERFORM hanse.refuse('HN002', 'A version of a contract is never changed.', 'state');
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON hanse.order_version
	FOR EACH ROW EXECUTE FUNCTION hanse.order_version_guard();
CREATE TRIGGER keep BEFORE DELETE ON hanse.order_version
	FOR EACH ROW EXECUTE FUNCTION hanse.refuse_rewriting();

CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON hanse.document_event
	FOR EACH ROW EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON hanse.order_message
	FOR EACH ROW EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON hanse.order_message_line
	FOR EACH ROW EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.document_event EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.order_message EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.order_message_line EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.order_version EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.purchase_order EXECUTE FUNCTION hanse.refuse_rewriting();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON hanse.order_line EXECUTE FUNCTION hanse.refuse_rewriting();

-- The chain.

-- What an event's hash covers, spelt so that anybody can recompute it: the
-- previous hash, then this object as jsonb prints it (keys sorted), in UTF-8.
CREATE FUNCTION hanse.event_digest(e hanse.document_event)
RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN sha256(e.previous_hash || convert_to(jsonb_build_object(
	've', e.ve_id, 'type', e.doc_type, 'document', e.document_uid, 'event', e.event_no,
	'buyer', e.buyer_id, 'seller', e.seller_id,
	'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'enterprise', e.enterprise_id, 'party', e.by_party, 'person', e.person,
	'action', e.action, 'from', e.from_state, 'to', e.to_state,
	'message', e.message, 'reason', e.reason, 'sequence', e.sequence_number,
	'content', encode(e.content_hash, 'hex'))::text, 'UTF8'));

-- The writer of an event gives no number and no hash; this does. The document
-- is locked by then, so two events cannot take one number.
CREATE FUNCTION hanse.document_event_chain()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	last record;
BEGIN
	SELECT event_no, event_hash INTO last FROM hanse.document_event
	WHERE document_uid = NEW.document_uid ORDER BY event_no DESC LIMIT 1;
	NEW.event_no := coalesce(last.event_no, 0) + 1;
	NEW.previous_hash := coalesce(last.event_hash, sha256(uuid_send(NEW.document_uid)));
	NEW.event_hash := hanse.event_digest(NEW);
	RETURN NEW;
END
$$;
CREATE TRIGGER chain BEFORE INSERT ON hanse.document_event
	FOR EACH ROW EXECUTE FUNCTION hanse.document_event_chain();

-- Policies.

ALTER TABLE hanse.purchase_order ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.order_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.order_line_schedule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.order_message ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.order_message_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.order_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.document_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.number_range ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.idempotency_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY parties ON hanse.purchase_order USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.order_line USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.order_line_schedule USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.order_message USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.order_message_line USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.order_version USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.document_event USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY own ON hanse.number_range USING (db_role = session_user::text);
CREATE POLICY own ON hanse.idempotency_key USING (db_role = session_user::text);

-- A draft is its buyer's alone. Only the order and its lines exist as a draft.
CREATE POLICY drafts ON hanse.purchase_order AS RESTRICTIVE USING (NOT draft OR buyer_role = session_user::text);
CREATE POLICY drafts ON hanse.order_line AS RESTRICTIVE USING (NOT draft OR buyer_role = session_user::text);

GRANT SELECT ON hanse.purchase_order, hanse.order_line, hanse.order_line_schedule, hanse.order_message,
	hanse.order_message_line, hanse.order_version, hanse.document_event TO PUBLIC;
