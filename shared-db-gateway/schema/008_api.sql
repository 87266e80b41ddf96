-- 008_api.sql - what a member reads: views over the tables, with the reader's own rights.
-- security_invoker: the policies of the tables bind the session. A view without
-- it would show what its owner may see; admin.catalogue_faults() looks for one.

CREATE VIEW api.me WITH (security_invoker) AS
SELECT e.ve_id, v.title AS ve_title, e.enterprise_id, e.enterprise_id AS name, e.legal_name, e.chain_role
FROM hanse.enterprise e JOIN hanse.ve v USING (ve_id)
WHERE e.db_role = session_user::text AND e.active;

CREATE VIEW api.enterprise WITH (security_invoker) AS
SELECT e.enterprise_id, e.enterprise_id AS name, e.legal_name, e.chain_role, e.active, e.db_role = session_user::text AS is_me
FROM hanse.enterprise e;

CREATE VIEW api.site WITH (security_invoker) AS
SELECT s.enterprise_id, s.site_id, s.name, s.city, s.country, s.time_zone
FROM hanse.site s WHERE s.active;

CREATE VIEW api.item WITH (security_invoker) AS
SELECT i.buyer_id, i.seller_id, CASE WHEN i.buyer_role = session_user::text THEN 'buyer' ELSE 'seller' END AS my_party,
	i.buyers_item_id, i.sellers_item_id, i.description, i.unit, i.price_amount::numeric AS price_amount, i.currency,
	i.pack_quantity::numeric AS pack_quantity, i.lead_time_days, i.active
FROM hanse.item_relation i;

-- An order is bought or sold by me, never both: two branches, each read from
-- its own index in the list's order and merged, where one condition with OR
-- would sort everything I ever traded. The condition stands outside: only
-- branches without one of their own are merged in order.
CREATE VIEW api."order" WITH (security_invoker) AS
SELECT o.order_uid, o.id, o.buyer_id, o.seller_id, o.partner_id, o.partner_name, o.my_party, o.state, o.issue_date, o.requested_date,
	o.currency, o.total_amount, o.line_count, o.sequence_number, o.version_in_force, o.revision, o.note, o.response_code,
	o.sales_order_id, o.my_turn AS awaits_me,
	CASE o.awaits WHEN 'B' THEN 'buyer' WHEN 'S' THEN 'seller' END AS awaits,
	o.terminal, o.issued_at AS created_at, o.updated_at, o.created_by, o.search_text
FROM (
	SELECT b.buyer_role AS my_role, 'buyer'::text AS my_party, b.seller_id::text AS partner_id, b.seller_name AS partner_name,
		b.buyer_turn AS my_turn, b.order_uid, b.id, b.buyer_id::text AS buyer_id, b.seller_id::text AS seller_id, b.state, b.issue_date,
		b.requested_date, b.currency, b.total_amount, b.line_count, b.sequence_number, b.version_in_force, b.revision, b.note,
		b.response_code, b.sales_order_id, b.awaits, b.terminal, b.issued_at, b.updated_at, b.created_by, b.search_text
	FROM hanse.purchase_order b
	UNION ALL
	SELECT s.seller_role, 'seller'::text, s.buyer_id::text, s.buyer_name,
		s.seller_turn, s.order_uid, s.id, s.buyer_id::text, s.seller_id::text, s.state, s.issue_date,
		s.requested_date, s.currency, s.total_amount, s.line_count, s.sequence_number, s.version_in_force, s.revision, s.note,
		s.response_code, s.sales_order_id, s.awaits, s.terminal, s.issued_at, s.updated_at, NULL::text, s.search_text
	FROM hanse.purchase_order s
) o
WHERE o.my_role = session_user::text;

CREATE VIEW api.order_line WITH (security_invoker) AS
SELECT l.order_uid, l.line_no, l.buyers_item_id, l.sellers_item_id, l.description, l.unit, l.quantity::numeric AS quantity,
	l.price::numeric AS price, l.requested_date, l.confirmed_quantity::numeric AS confirmed_quantity,
	l.confirmed_price::numeric AS confirmed_price, l.confirmed_date, l.line_amount, l.status::text AS status, l.note, l.despatched_quantity
FROM hanse.order_line l;

CREATE VIEW api.order_line_schedule WITH (security_invoker) AS
SELECT s.order_uid, s.line_no, s.part, s.quantity::numeric AS quantity, s.promised_date
FROM hanse.order_line_schedule s;

CREATE VIEW api.order_response WITH (security_invoker) AS
SELECT m.order_uid, m.message_no AS response_no, m.message, m.response_code,
	CASE m.by_party WHEN 'B' THEN 'buyer' ELSE 'seller' END AS by_party,
	CASE m.by_party WHEN 'B' THEN m.buyer_id ELSE m.seller_id END::text AS enterprise_id,
	m.person, m.sequence_number, m.note, m.at, s.answering AND m.message_no = o.message_count AS open
FROM hanse.order_message m
JOIN hanse.purchase_order o USING (order_uid)
JOIN hanse.doc_state s ON (s.doc_type, s.state) = (o.doc_type, o.state);

CREATE VIEW api.order_response_line WITH (security_invoker) AS
SELECT l.order_uid, l.message_no AS response_no, l.line_no, l.part, l.action_code::text AS action_code, a.name AS action_name,
	l.buyers_item_id, l.sellers_item_id, l.description, l.unit, l.quantity::numeric AS quantity, l.price::numeric AS price,
	CASE m.by_party WHEN 'S' THEN l.line_date END AS promised_date, CASE m.by_party WHEN 'B' THEN l.line_date END AS requested_date,
	l.note, l.before_quantity, l.before_price, l.before_date,
	l.quantity IS DISTINCT FROM l.before_quantity AS quantity_changed, l.price IS DISTINCT FROM l.before_price AS price_changed,
	l.line_date IS DISTINCT FROM l.before_date AS date_changed, l.buyers_item_id IS DISTINCT FROM l.before_item_id AS item_changed
FROM hanse.order_message_line l
JOIN hanse.order_message m USING (order_uid, message_no)
JOIN hanse.line_action a USING (action_code);

CREATE VIEW api.order_version WITH (security_invoker) AS
SELECT v.order_uid, v.sequence_number, v.message, v.status::text AS status, v.snapshot, encode(v.document_hash, 'hex') AS document_hash,
	CASE v.by_party WHEN 'B' THEN 'buyer' ELSE 'seller' END AS by_party, v.at
FROM hanse.order_version v;

CREATE VIEW api.order_event WITH (security_invoker) AS
SELECT e.document_uid AS order_uid, e.event_no, e.at, e.enterprise_id::text AS enterprise_id,
	CASE e.by_party WHEN 'B' THEN 'buyer' WHEN 'S' THEN 'seller' ELSE 'platform' END AS by_party, e.person, e.action,
	e.from_state, e.to_state, e.message, e.reason, e.sequence_number,
	encode(e.previous_hash, 'hex') AS previous_hash, encode(e.event_hash, 'hex') AS event_hash
FROM hanse.document_event e WHERE e.doc_type = 'order';

CREATE VIEW api.doc_state WITH (security_invoker) AS
SELECT s.doc_type::text AS doc_type, s.state::text AS state, s.terminal, s.awaits::text AS awaits, s.position
FROM hanse.doc_state s;

CREATE VIEW api.doc_transition WITH (security_invoker) AS
SELECT t.doc_type::text AS doc_type, t.from_state::text AS from_state, t.action::text AS action, t.by_party::text AS by_party,
	t.to_state::text AS to_state, t.message, t.response_code, t.needs_lines, t.line_actions, t.needs_reason, t.awaited, t.position
FROM hanse.doc_transition t;

-- What I may do now, from the machine's own rows.
CREATE VIEW api.order_action WITH (security_invoker) AS
SELECT o.order_uid, t.action::text AS action, t.to_state::text AS to_state, t.message, t.needs_lines, t.needs_reason, t.awaited, t.position
FROM hanse.purchase_order o
JOIN hanse.doc_transition t ON (t.doc_type, t.from_state) = (o.doc_type, o.state)
	AND t.by_party = CASE WHEN o.buyer_role = session_user::text THEN 'B' ELSE 'S' END;

CREATE VIEW api.inbox WITH (security_invoker) AS
SELECT o.*, (SELECT array_agg(t.action::text ORDER BY t.position) FROM hanse.doc_transition t
	WHERE (t.doc_type, t.from_state) = ('order', o.state) AND t.by_party = CASE o.my_party WHEN 'buyer' THEN 'B' ELSE 'S' END) AS actions
FROM api."order" o WHERE o.awaits_me;

-- One row for each enterprise and role towards me.
CREATE VIEW api.partner WITH (security_invoker) AS
SELECT e.enterprise_id::text AS enterprise_id, e.enterprise_id::text AS name, e.legal_name, e.chain_role, r.partner_role,
	r.active AND e.active AS active,
	(SELECT count(*)::int FROM hanse.item_relation i
	 WHERE (i.ve_id, i.buyer_id, i.seller_id) = (r.ve_id, r.buyer_id, r.seller_id) AND i.active) AS item_count,
	CASE r.partner_role
	WHEN 'seller' THEN (SELECT count(*)::int FROM hanse.purchase_order o
		WHERE o.buyer_role = session_user::text AND o.seller_id = r.seller_id AND NOT o.terminal)
	ELSE (SELECT count(*)::int FROM hanse.purchase_order o
		WHERE o.seller_role = session_user::text AND o.buyer_id = r.buyer_id AND NOT o.terminal) END AS open_orders,
	CASE r.partner_role
	WHEN 'seller' THEN (SELECT count(*)::int FROM hanse.purchase_order o
		WHERE o.buyer_role = session_user::text AND o.seller_id = r.seller_id AND o.buyer_turn AND NOT o.terminal)
	ELSE (SELECT count(*)::int FROM hanse.purchase_order o
		WHERE o.seller_role = session_user::text AND o.buyer_id = r.buyer_id AND o.seller_turn AND NOT o.terminal) END AS awaiting_me
FROM (SELECT ve_id, buyer_id, seller_id, seller_id AS partner_id, 'seller'::text AS partner_role, state = 'ACTIVE' AS active
	FROM hanse.trading_relation WHERE buyer_role = session_user::text
	UNION ALL
	SELECT ve_id, buyer_id, seller_id, buyer_id, 'buyer'::text, state = 'ACTIVE'
	FROM hanse.trading_relation WHERE seller_role = session_user::text) r
JOIN hanse.enterprise e ON (e.ve_id, e.enterprise_id) = (r.ve_id, r.partner_id);

GRANT SELECT ON ALL TABLES IN SCHEMA api TO PUBLIC;

-- The list: search, filters, a page, and how many there are (up to 1000; 1001
-- means more). The statement is put together from fixed pieces, so each
-- combination gets the plan that fits it; values travel as parameters.
CREATE TYPE api.order_found AS (order_uid uuid, id text, buyer_id text, seller_id text, partner_id text, partner_name text,
	my_party text, state text, issue_date date, requested_date date, currency text, total_amount numeric, line_count int,
	sequence_number int, version_in_force int, revision int, note text, response_code text, sales_order_id text,
	awaits_me boolean, awaits text, terminal boolean, created_at timestamptz, updated_at timestamptz, created_by text, total_count int);

CREATE FUNCTION api.order_search(query text DEFAULT NULL, state text DEFAULT NULL, party text DEFAULT NULL,
	partner_id text DEFAULT NULL, page_size int DEFAULT 50, page_offset int DEFAULT 0)
RETURNS SETOF api.order_found LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	pattern text := '%' || replace(replace(replace(lower(btrim(left(query, 100))), '\', '\\'), '%', '\%'), '_', '\_') || '%';
	found_where text := concat_ws(' AND ', 'true',
		CASE WHEN pattern <> '%%' THEN 'o.search_text LIKE $1' END,
		CASE lower(state) WHEN '' THEN NULL WHEN 'open' THEN 'NOT o.terminal' WHEN 'awaiting' THEN 'o.awaits_me'
			ELSE CASE WHEN state IS NOT NULL THEN 'o.state = $2' END END,
		CASE WHEN party <> '' THEN 'o.my_party = $3' END,
		CASE WHEN partner_id <> '' THEN 'o.partner_id = $4' END);
BEGIN
	-- A word is looked for in one pass over my orders, kept for page and count;
	-- without one, both are read from the index that fits (counting in the
	-- list's order too: in no order, all of the VE's rows would be gone through).
	RETURN QUERY EXECUTE format(CASE WHEN pattern <> '%%' THEN $q$
		WITH hit AS MATERIALIZED (SELECT * FROM api."order" o WHERE %1$s
			ORDER BY o.created_at DESC, o.order_uid DESC LIMIT greatest(1001, $5 + $6))
		SELECT %2$s, (SELECT least(count(*), 1001)::int FROM hit)
		FROM hit o ORDER BY o.created_at DESC, o.order_uid DESC LIMIT $5 OFFSET $6
		$q$ ELSE $q$
		SELECT %2$s, (SELECT count(*)::int FROM (SELECT FROM api."order" o WHERE %1$s
			ORDER BY o.created_at DESC, o.order_uid DESC LIMIT 1001) c)
		FROM api."order" o WHERE %1$s
		ORDER BY o.created_at DESC, o.order_uid DESC LIMIT $5 OFFSET $6
		$q$ END, found_where, $q$o.order_uid, o.id, o.buyer_id, o.seller_id, o.partner_id, o.partner_name, o.my_party, o.state,
			o.issue_date, o.requested_date, o.currency, o.total_amount, o.line_count, o.sequence_number, o.version_in_force,
			o.revision, o.note, o.response_code, o.sales_order_id, o.awaits_me, o.awaits, o.terminal, o.created_at, o.updated_at,
			o.created_by$q$)
	USING pattern, upper(state), lower(party), partner_id, least(greatest(page_size, 1), 500), greatest(page_offset, 0);
END
$$;

-- The history again, hash by hash: NULL when it holds, else the first event
-- that does not; one beyond the last when the order's state is not the last's.
CREATE FUNCTION api.order_event_verify(order_uid uuid)
RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	o hanse.purchase_order;
	e hanse.document_event;
	previous bytea;
	reached text := 'DRAFT';
	number int := 0;
BEGIN
	SELECT * INTO o FROM hanse.purchase_order p WHERE p.order_uid = order_event_verify.order_uid;
	IF NOT FOUND THEN
		PERFORM hanse.refuse('HN001', 'There is no such order.', 'order_uid', 'Go back to the list of orders.');
	END IF;
	previous := sha256(uuid_send(o.order_uid));
	FOR e IN SELECT * FROM hanse.document_event d WHERE d.document_uid = o.order_uid ORDER BY d.event_no LOOP
		number := number + 1;
		IF e.event_no <> number OR e.previous_hash <> previous OR e.from_state <> reached OR e.event_hash <> hanse.event_digest(e) THEN
			RETURN number;
		END IF;
		previous := e.event_hash;
		reached := e.to_state;
	END LOOP;
	RETURN CASE WHEN reached <> o.state THEN number + 1 END;
END
$$;

GRANT USAGE ON TYPE api.order_found TO PUBLIC;
GRANT EXECUTE ON FUNCTION api.order_search, api.order_event_verify TO PUBLIC;
