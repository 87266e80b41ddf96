-- 005_order_draft.sql - writing an order before it is sent, and what every function on orders needs.
-- Functions of schema hanse run inside those of api, which run as hanse_owner;
-- row-level security is forced, so all of them see the session's rows only.

-- The order, locked, or HN001: foreign and missing are the same answer.
CREATE FUNCTION hanse.order_lock(uid uuid)
RETURNS hanse.purchase_order LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	o hanse.purchase_order;
BEGIN
	SELECT * INTO o FROM hanse.purchase_order WHERE order_uid = uid FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM hanse.refuse('HN001', 'There is no such order.', 'order_uid', 'Go back to the list of orders.');
	END IF;
	RETURN o;
END
$$;

CREATE FUNCTION hanse.revision_check(expected int, actual int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF expected <> actual THEN              -- NULL: the caller does not mind
		PERFORM hanse.refuse('HN004', 'Somebody has changed this order in the meantime.', 'revision',
			'Look at it again, then decide.');
	END IF;
END
$$;

CREATE FUNCTION hanse.person_check(actor text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	person text := hanse.json_text(to_jsonb(actor), 'actor', 128);
BEGIN
	IF person IS NULL THEN
		PERFORM hanse.refuse('HN003', 'The person who acts must be named.', 'actor', 'Send the login.');
	END IF;
	RETURN person;
END
$$;

-- An item of a pair, by the buyer's number or else by the seller's.
CREATE FUNCTION hanse.item_find(o hanse.purchase_order, number text, path text)
RETURNS hanse.item_relation LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	item hanse.item_relation;
BEGIN
	SELECT * INTO item FROM hanse.item_relation i
	WHERE (i.ve_id, i.buyer_id, i.seller_id) = (o.ve_id, o.buyer_id, o.seller_id) AND i.active
	  AND number IN (i.buyers_item_id, i.sellers_item_id)
	ORDER BY i.buyers_item_id = number DESC, i.buyers_item_id LIMIT 1;
	IF NOT FOUND THEN
		PERFORM hanse.refuse('HN003', 'This item is not traded between the two of you.', path,
			'Choose an item of this relation.');
	END IF;
	RETURN item;
END
$$;

-- lines must be an array of 1 to 1000 objects.
CREATE FUNCTION hanse.lines_check(lines jsonb)
RETURNS int LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF lines IS NULL OR jsonb_typeof(lines) <> 'array' OR jsonb_array_length(lines) = 0 THEN
		PERFORM hanse.refuse('HN003', 'At least one line is needed.', 'lines', 'Enter a line.');
	END IF;
	IF jsonb_array_length(lines) > 1000 THEN
		PERFORM hanse.refuse('HN003', 'These are more than 1000 lines.', 'lines', 'Split them over several orders.');
	END IF;
	FOR i IN 0 .. jsonb_array_length(lines) - 1 LOOP
		IF jsonb_typeof(lines -> i) <> 'object' THEN
			PERFORM hanse.refuse('HN003', 'A line must be an object.', format('lines[%s]', i + 1));
		END IF;
	END LOOP;
	RETURN jsonb_array_length(lines);
END
$$;

CREATE FUNCTION hanse.order_totals(uid uuid, OUT total numeric, OUT live int, OUT words text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(sum(l.line_amount), 0),
	       count(*) FILTER (WHERE l.status NOT IN ('REJECTED', 'DELETED')),
	       left(lower(string_agg(concat_ws(' ', l.buyers_item_id, l.sellers_item_id, l.description), ' ' ORDER BY l.line_no)), 4000)
	FROM hanse.order_line l WHERE l.order_uid = uid
$$;

-- What the list's search looks at: numbers, parties, items.
CREATE FUNCTION hanse.order_words(o hanse.purchase_order, line_words text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT lower(concat_ws(' ', o.id, o.sales_order_id, o.buyer_id, o.seller_id, o.buyer_name, o.seller_name, line_words))
$$;

-- Drafts.

CREATE FUNCTION hanse.draft_line_write(o hanse.purchase_order, number int, line jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	path text := format('lines[%s].', number);
	item hanse.item_relation;
	quantity numeric;
	price numeric;
BEGIN
	PERFORM hanse.fields_check('order', 'DRAFT', 'B', 'line', line, path);
	IF hanse.json_text(line -> 'item', path || 'item', 64) IS NULL THEN
		PERFORM hanse.refuse('HN003', 'Which item is meant?', path || 'item', 'Choose an item.');
	END IF;
	item := hanse.item_find(o, line ->> 'item', path || 'item');
	IF item.currency <> o.currency THEN
		PERFORM hanse.refuse('HN003', 'All lines of an order have one currency.', path || 'item',
			format('This order is in %s.', o.currency));
	END IF;
	quantity := hanse.json_number(line -> 'quantity', path || 'quantity', true);
	IF quantity IS NULL THEN
		PERFORM hanse.refuse('HN003', 'How many are wanted?', path || 'quantity', 'Enter a quantity.');
	END IF;
	price := coalesce(hanse.json_price(line -> 'price', path || 'price'), item.price_amount);
	INSERT INTO hanse.order_line (ve_id, order_uid, line_no, buyer_id, seller_id, buyers_item_id, sellers_item_id,
		description, unit, quantity, price, requested_date, note, line_amount)
	VALUES (o.ve_id, o.order_uid, number, o.buyer_id, o.seller_id, item.buyers_item_id, item.sellers_item_id,
		item.description, item.unit, quantity, price,
		coalesce(hanse.json_date(line -> 'requested_date', path || 'requested_date'), o.requested_date,
			current_date + item.lead_time_days),
		hanse.json_text(line -> 'note', path || 'note', 500), round(quantity * price, 2));
END
$$;

-- All lines of a draft, then the header that follows from them.
CREATE FUNCTION hanse.draft_write(o hanse.purchase_order, lines jsonb)
RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	t record;
	revision int;
BEGIN
	FOR i IN 1 .. jsonb_array_length(lines) LOOP
		PERFORM hanse.draft_line_write(o, i, lines -> (i - 1));
	END LOOP;
	SELECT * INTO t FROM hanse.order_totals(o.order_uid);
	UPDATE hanse.purchase_order p
	SET total_amount = t.total, line_count = t.live, search_text = hanse.order_words(o, t.words),
	    note = o.note, requested_date = o.requested_date, currency = o.currency, request_hash = o.request_hash
	WHERE p.order_uid = o.order_uid
	RETURNING p.revision INTO revision;
	RETURN revision;
END
$$;

-- The currency of the first line's item; the others are held to it.
CREATE FUNCTION hanse.draft_currency(o hanse.purchase_order, lines jsonb)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT i.currency FROM hanse.item_relation i
	WHERE (i.ve_id, i.buyer_id, i.seller_id) = (o.ve_id, o.buyer_id, o.seller_id) AND i.active
	ORDER BY (lines #>> '{0,item}') IN (i.buyers_item_id, i.sellers_item_id) DESC LIMIT 1
$$;

-- The next number of this enterprise. Taking it, even when the buyer brings
-- a number, queues the enterprise's own orders one behind the other, so that
-- the same order posted twice at once still finds itself.
CREATE FUNCTION hanse.number_next(me hanse.enterprise)
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO hanse.number_range AS n (ve_id, enterprise_id, doc_type, last_number)
	VALUES (me.ve_id, me.enterprise_id, 'order', 1)
	ON CONFLICT (ve_id, enterprise_id, doc_type) DO UPDATE SET last_number = n.last_number + 1
	RETURNING 'PO-' || lpad(last_number::text, 6, '0')
$$;

CREATE FUNCTION api.order_create(actor text, seller_id text, lines jsonb, note text DEFAULT NULL, requested_date date DEFAULT NULL,
	id text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	me hanse.enterprise := hanse.me();
	o hanse.purchase_order;
	known record;
	given text := hanse.json_text(to_jsonb(order_create.id), 'id', 64);
	posted_as text := hanse.json_text(to_jsonb(order_create.idempotency_key), 'idempotency_key', 200);
	request bytea := sha256(convert_to(jsonb_build_array(order_create.seller_id, order_create.lines,
		order_create.note, order_create.requested_date, order_create.id)::text, 'UTF8'));
BEGIN
	o.created_by := hanse.person_check(actor);
	PERFORM hanse.lines_check(lines);
	o.id := hanse.number_next(me);

	-- I10: what was posted before has one effect, other content is refused.
	SELECT k.order_uid, k.request_hash INTO known FROM hanse.idempotency_key k
	WHERE (k.ve_id, k.enterprise_id, k.key) = (me.ve_id, me.enterprise_id, posted_as);
	IF FOUND AND known.request_hash <> request THEN
		PERFORM hanse.refuse('HN004', 'This request was already made with other content.', 'idempotency_key', 'Start again.');
	ELSIF FOUND THEN
		RETURN known.order_uid;
	END IF;
	SELECT p.order_uid, p.request_hash INTO known FROM hanse.purchase_order p
	WHERE (p.ve_id, p.buyer_id, p.id) = (me.ve_id, me.enterprise_id, given);
	IF FOUND AND known.request_hash <> request THEN
		PERFORM hanse.refuse('HN003', 'You have another order with this number.', 'id', 'Choose a new number, or none.');
	ELSIF FOUND THEN
		RETURN known.order_uid;
	END IF;
	WHILE given IS NULL AND EXISTS (SELECT FROM hanse.purchase_order p
		WHERE (p.ve_id, p.buyer_id, p.id) = (me.ve_id, me.enterprise_id, o.id)) LOOP
		o.id := hanse.number_next(me);
	END LOOP;

	o.ve_id := me.ve_id;
	o.buyer_id := me.enterprise_id;
	IF NOT EXISTS (SELECT FROM hanse.trading_relation r WHERE (r.ve_id, r.buyer_id) = (o.ve_id, o.buyer_id)
		AND r.seller_id = order_create.seller_id AND r.state = 'ACTIVE') THEN
		PERFORM hanse.refuse('HN003', 'There is no active trading relation with this seller.', 'seller_id',
			'Choose one of your sellers.');
	END IF;
	o.seller_id := order_create.seller_id;
	o.note := hanse.json_text(to_jsonb(order_create.note), 'note', 2000);
	o.requested_date := hanse.json_date(to_jsonb(order_create.requested_date), 'requested_date');
	o.request_hash := request;
	o.currency := coalesce(hanse.draft_currency(o, lines), 'EUR');
	o.buyer_name := me.legal_name;
	SELECT e.legal_name INTO STRICT o.seller_name FROM hanse.enterprise e
	WHERE (e.ve_id, e.enterprise_id) = (o.ve_id, o.seller_id);
	INSERT INTO hanse.purchase_order (ve_id, buyer_id, seller_id, buyer_name, seller_name, id, created_by, currency, request_hash)
	VALUES (o.ve_id, o.buyer_id, o.seller_id, o.buyer_name, o.seller_name, coalesce(given, o.id), o.created_by, o.currency, request)
	RETURNING order_uid, id INTO o.order_uid, o.id;
	PERFORM hanse.draft_write(o, lines);
	IF posted_as IS NOT NULL THEN
		INSERT INTO hanse.idempotency_key (ve_id, enterprise_id, key, request_hash, order_uid)
		VALUES (me.ve_id, me.enterprise_id, posted_as, request, o.order_uid);
	END IF;
	RETURN o.order_uid;
END
$$;

-- A draft that is there, mine and as old as the caller thinks.
CREATE FUNCTION hanse.draft_lock(uid uuid, expected_revision int)
RETURNS hanse.purchase_order LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	o hanse.purchase_order := hanse.order_lock(uid);
BEGIN
	IF o.buyer_role <> session_user::text THEN
		PERFORM hanse.refuse('HN005', 'Only the buyer writes an order.', 'action', 'Answer it with a proposal.');
	END IF;
	IF NOT o.draft THEN
		PERFORM hanse.refuse('HN002', 'This order has been sent and can no longer be edited.', 'state',
			'Change or cancel it once it is confirmed.');
	END IF;
	PERFORM hanse.revision_check(expected_revision, o.revision);
	RETURN o;
END
$$;

CREATE FUNCTION api.order_update(order_uid uuid, actor text, lines jsonb, note text DEFAULT NULL,
	requested_date date DEFAULT NULL, expected_revision int DEFAULT NULL)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	o hanse.purchase_order;
BEGIN
	PERFORM hanse.me();
	o := hanse.draft_lock(order_update.order_uid, expected_revision);
	PERFORM hanse.person_check(actor);
	PERFORM hanse.lines_check(lines);
	o.note := hanse.json_text(to_jsonb(order_update.note), 'note', 2000);
	o.requested_date := hanse.json_date(to_jsonb(order_update.requested_date), 'requested_date');
	o.currency := coalesce(hanse.draft_currency(o, lines), o.currency);
	o.request_hash := sha256(convert_to(jsonb_build_array(o.seller_id, order_update.lines, order_update.note,
		order_update.requested_date, o.id)::text, 'UTF8'));
	DELETE FROM hanse.order_line l WHERE l.order_uid = o.order_uid;
	RETURN hanse.draft_write(o, lines);
END
$$;

CREATE FUNCTION api.order_delete_draft(order_uid uuid, actor text, expected_revision int DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	o hanse.purchase_order;
BEGIN
	PERFORM hanse.me();
	o := hanse.draft_lock(order_delete_draft.order_uid, expected_revision);
	PERFORM hanse.person_check(actor);
	DELETE FROM hanse.order_line l WHERE l.order_uid = o.order_uid;
	DELETE FROM hanse.purchase_order p WHERE p.order_uid = o.order_uid;
END
$$;

GRANT EXECUTE ON FUNCTION api.order_create, api.order_update, api.order_delete_draft TO PUBLIC;
