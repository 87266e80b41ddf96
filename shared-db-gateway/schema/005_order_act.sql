-- 005_order_act.sql - the order's behaviour: writing a draft, and the one way through the machine.
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

-- ------------------------------------------------------------------ drafts

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
	request bytea := sha256(convert_to(jsonb_build_array(order_create.seller_id, order_create.lines,
		order_create.note, order_create.requested_date, order_create.id)::text, 'UTF8'));
BEGIN
	o.created_by := hanse.person_check(actor);
	PERFORM hanse.lines_check(lines);
	o.id := hanse.number_next(me);

	-- I10: what was posted before has one effect, other content is refused.
	SELECT k.order_uid, k.request_hash INTO known FROM hanse.idempotency_key k
	WHERE (k.ve_id, k.enterprise_id, k.key) = (me.ve_id, me.enterprise_id, order_create.idempotency_key);
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
	o.requested_date := order_create.requested_date;
	o.request_hash := request;
	o.currency := coalesce(hanse.draft_currency(o, lines), 'EUR');
	o.buyer_name := me.legal_name;
	SELECT e.legal_name INTO STRICT o.seller_name FROM hanse.enterprise e
	WHERE (e.ve_id, e.enterprise_id) = (o.ve_id, o.seller_id);
	INSERT INTO hanse.purchase_order (ve_id, buyer_id, seller_id, buyer_name, seller_name, id, created_by, currency, request_hash)
	VALUES (o.ve_id, o.buyer_id, o.seller_id, o.buyer_name, o.seller_name, coalesce(given, o.id), o.created_by, o.currency, request)
	RETURNING order_uid, id INTO o.order_uid, o.id;
	PERFORM hanse.draft_write(o, lines);
	IF order_create.idempotency_key IS NOT NULL THEN
		INSERT INTO hanse.idempotency_key (ve_id, enterprise_id, key, request_hash, order_uid)
		VALUES (me.ve_id, me.enterprise_id, left(order_create.idempotency_key, 200), request, o.order_uid);
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
	o.requested_date := order_update.requested_date;
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

-- ----------------------------------------------------- lines of a message

-- One entry of a proposal or a change, checked, filled in from the order's
-- line, and written. seen: what this message already said of its lines.
CREATE FUNCTION hanse.message_line_write(o hanse.purchase_order, message_no int, t hanse.doc_transition, entry jsonb, path text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	w hanse.order_message_line;             -- what will be written
	l hanse.order_line;                     -- the line it is about
	earlier hanse.order_message_line;       -- the last part about the same line
	item hanse.item_relation;
	date_field text := CASE t.by_party WHEN 'S' THEN 'promised_date' ELSE 'requested_date' END;
	number text;
	quantity numeric;
	price numeric;
	day date;
BEGIN
	PERFORM hanse.fields_check('order', o.state, t.by_party, 'line', entry, path);
	w.action_code := hanse.json_text(entry -> 'action', path || 'action', 2);
	IF w.action_code IS NULL OR w.action_code <> ALL (t.line_actions) THEN
		PERFORM hanse.refuse('HN003', 'This cannot be done with a line here.', path || 'action',
			'Possible are ' || array_to_string(t.line_actions, ', ') || '.');
	END IF;
	number := hanse.json_text(entry -> 'line', path || 'line', 4);
	IF number !~ '^[1-9][0-9]{0,3}$' OR (number IS NULL AND w.action_code <> '1') THEN
		PERFORM hanse.refuse('HN003', 'Which line is meant?', path || 'line', 'Give the number of the line.');
	END IF;
	quantity := CASE WHEN w.action_code IN ('2', '7') THEN NULL
		ELSE hanse.json_number(entry -> 'quantity', path || 'quantity', true) END;
	price := CASE WHEN w.action_code IN ('2', '7') THEN NULL
		ELSE hanse.json_price(entry -> 'price', path || 'price') END;
	day := CASE WHEN w.action_code IN ('2', '7') THEN NULL
		ELSE hanse.json_date(entry -> date_field, path || date_field) END;
	IF hanse.json_text(entry -> 'item', path || 'item', 64) IS NOT NULL AND w.action_code IN ('1', '3', '74') THEN
		item := hanse.item_find(o, entry ->> 'item', path || 'item');
		IF item.currency <> o.currency THEN
			PERFORM hanse.refuse('HN003', 'All lines of an order have one currency.', path || 'item',
				format('This order is in %s.', o.currency));
		END IF;
	END IF;

	IF w.action_code = '1' THEN
		w.line_no := coalesce(number::int, (SELECT 1 + greatest(
			(SELECT max(x.line_no) FROM hanse.order_line x WHERE x.order_uid = o.order_uid),
			(SELECT max(x.line_no) FROM hanse.order_message_line x
			 WHERE (x.order_uid, x.message_no) = (o.order_uid, message_line_write.message_no)))));
		IF EXISTS (SELECT FROM hanse.order_line x WHERE (x.order_uid, x.line_no) = (o.order_uid, w.line_no))
			OR EXISTS (SELECT FROM hanse.order_message_line x
				WHERE (x.order_uid, x.message_no, x.line_no) = (o.order_uid, message_line_write.message_no, w.line_no)) THEN
			PERFORM hanse.refuse('HN003', 'There is already a line with this number.', path || 'line', 'Leave the number out.');
		END IF;
		IF item.buyers_item_id IS NULL THEN
			PERFORM hanse.refuse('HN003', 'Which item is meant?', path || 'item', 'Choose an item.');
		END IF;
		IF quantity IS NULL THEN
			PERFORM hanse.refuse('HN003', 'How many are meant?', path || 'quantity', 'Enter a quantity.');
		END IF;
		w.part := 1;
		w.quantity := quantity;
		w.price := coalesce(price, item.price_amount);
		w.line_date := coalesce(day, current_date + item.lead_time_days);
	ELSE
		SELECT * INTO l FROM hanse.order_line x WHERE (x.order_uid, x.line_no) = (o.order_uid, number::int);
		IF NOT FOUND OR (l.status IN ('REJECTED', 'DELETED')) <> (w.action_code = '74') THEN
			PERFORM hanse.refuse('HN003', CASE WHEN w.action_code = '74' THEN 'Only a rejected or deleted line can be reopened.'
				ELSE 'The order has no such line.' END, path || 'line', 'Look at the lines of the order.');
		END IF;
		w.line_no := l.line_no;
		w.before_item_id := l.buyers_item_id;
		w.before_quantity := coalesce(l.confirmed_quantity, l.quantity);
		w.before_price := coalesce(l.confirmed_price, l.price);
		w.before_date := coalesce(l.confirmed_date, l.requested_date);
		w.quantity := coalesce(quantity, w.before_quantity);
		w.price := coalesce(price, w.before_price);
		w.line_date := coalesce(day, w.before_date);
		IF w.action_code IN ('4', '5') AND (w.quantity, w.price, w.line_date)
			IS DISTINCT FROM (w.before_quantity, w.before_price, w.before_date) THEN
			PERFORM hanse.refuse('HN003', 'A line left as it is cannot carry other values.', path || 'action',
				'Use action 3 to change it.');
		END IF;
		-- Several answers to one line are the parts of a split delivery.
		SELECT * INTO earlier FROM hanse.order_message_line x
		WHERE (x.order_uid, x.message_no, x.line_no) = (o.order_uid, message_line_write.message_no, w.line_no)
		ORDER BY x.part DESC LIMIT 1;
		w.part := coalesce(earlier.part, 0) + 1;
		IF w.part > 1 THEN
			IF t.by_party <> 'S' OR w.action_code <> '3' OR earlier.action_code <> '3' OR quantity IS NULL OR day IS NULL THEN
				PERFORM hanse.refuse('HN003', 'A line is answered once, or in parts with a quantity and a date each.',
					path || 'line', 'Give each part of a split delivery its own quantity and date, with action 3.');
			END IF;
			IF coalesce(price, earlier.price) <> earlier.price
				OR coalesce(item.buyers_item_id, earlier.buyers_item_id) <> earlier.buyers_item_id THEN
				PERFORM hanse.refuse('HN003', 'All parts of a line have one item and one price.', path || 'price',
					'Add a line for another price.');
			END IF;
			w.price := earlier.price;
		END IF;
	END IF;

	INSERT INTO hanse.order_message_line (ve_id, order_uid, message_no, line_no, part, buyer_id, seller_id, action_code,
		buyers_item_id, sellers_item_id, description, unit, quantity, price, line_date, note,
		before_item_id, before_quantity, before_price, before_date)
	VALUES (o.ve_id, o.order_uid, message_no, w.line_no, w.part, o.buyer_id, o.seller_id, w.action_code,
		coalesce(item.buyers_item_id, earlier.buyers_item_id, l.buyers_item_id),
		coalesce(item.sellers_item_id, earlier.sellers_item_id, l.sellers_item_id),
		coalesce(item.description, earlier.description, l.description), coalesce(item.unit, earlier.unit, l.unit),
		w.quantity, w.price, w.line_date, hanse.json_text(entry -> 'note', path || 'note', 500),
		w.before_item_id, w.before_quantity, w.before_price, w.before_date);
END
$$;

-- All entries, then what only the whole can tell: every line answered (a
-- proposal), something changed, something left, nothing below despatched.
CREATE FUNCTION hanse.message_lines_write(o hanse.purchase_order, message_no int, t hanse.doc_transition, lines jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	missing int;
BEGIN
	FOR i IN 1 .. hanse.lines_check(lines) LOOP
		PERFORM hanse.message_line_write(o, message_no, t, lines -> (i - 1), format('lines[%s].', i));
	END LOOP;

	SELECT min(l.line_no) INTO missing FROM hanse.order_line l
	WHERE l.order_uid = o.order_uid AND l.status NOT IN ('REJECTED', 'DELETED') AND NOT EXISTS (
		SELECT FROM hanse.order_message_line m
		WHERE (m.order_uid, m.message_no, m.line_no) = (o.order_uid, message_lines_write.message_no, l.line_no));
	IF t.by_party = 'S' AND missing IS NOT NULL THEN
		PERFORM hanse.refuse('HN003', format('Line %s is not answered.', missing), 'lines',
			'A proposal answers every line; accept those that stay as they are.');
	END IF;
	IF NOT EXISTS (SELECT FROM hanse.order_message_line m
		WHERE (m.order_uid, m.message_no) = (o.order_uid, message_lines_write.message_no)
		  AND (m.action_code IN ('1', '2', '7', '74') OR (m.quantity, m.price, m.line_date, m.buyers_item_id)
		       IS DISTINCT FROM (m.before_quantity, m.before_price, m.before_date, m.before_item_id))) THEN
		PERFORM hanse.refuse('HN003', 'Nothing would change.', 'lines', 'Accept the order as it is, or change a line.');
	END IF;
	IF NOT EXISTS (SELECT FROM hanse.order_message_line m
		WHERE (m.order_uid, m.message_no) = (o.order_uid, message_lines_write.message_no) AND m.action_code NOT IN ('2', '7'))
		AND (t.by_party = 'S' OR missing IS NULL) THEN
		PERFORM hanse.refuse('HN003', 'No line would be left.', 'lines', 'Reject or cancel the order instead.');
	END IF;
	SELECT min(l.line_no) INTO missing
	FROM hanse.order_line l
	JOIN (SELECT m.line_no, sum(m.quantity) FILTER (WHERE m.action_code NOT IN ('2', '7')) AS quantity
		FROM hanse.order_message_line m
		WHERE (m.order_uid, m.message_no) = (o.order_uid, message_lines_write.message_no) GROUP BY m.line_no) a USING (line_no)
	WHERE l.order_uid = o.order_uid AND l.despatched_quantity > 0 AND coalesce(a.quantity, 0) < l.despatched_quantity;
	IF missing IS NOT NULL THEN
		PERFORM hanse.refuse('HN003', format('Line %s cannot go below what has been despatched.', missing), 'lines',
			'Leave at least what has left already.');
	END IF;
END
$$;

CREATE FUNCTION hanse.message_hash(uid uuid, number int)
RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT sha256(convert_to(jsonb_agg(jsonb_build_array(m.line_no, m.part, m.action_code, m.buyers_item_id, m.sellers_item_id,
		m.unit, m.quantity::text, m.price::text, m.line_date, m.note) ORDER BY m.line_no, m.part)::text, 'UTF8'))
	FROM hanse.order_message_line m WHERE (m.order_uid, m.message_no) = (uid, number)
	HAVING count(*) > 0
$$;

-- ---------------------------------------------------------------- versions

-- The lines as they would stand in force after a message (NULL: as they are).
CREATE FUNCTION hanse.lines_after(uid uuid, number int, by_party text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH answer AS (
		SELECT m.line_no, min(m.action_code) AS action, min(m.buyers_item_id) AS buyers_item_id,
			min(m.sellers_item_id) AS sellers_item_id, min(m.description) AS description, min(m.unit) AS unit,
			sum(m.quantity) AS quantity, min(m.price) AS price, min(m.line_date) AS line_date, max(m.note) AS note,
			-- A line whose quantity and date stay keeps its split.
			count(*) = 1 AND bool_and((m.quantity, m.line_date) IS NOT DISTINCT FROM (m.before_quantity, m.before_date)) AS same_split,
			jsonb_agg(jsonb_build_object('part', m.part, 'quantity', m.quantity::text, 'promised_date', m.line_date)
				ORDER BY m.part) AS split
		FROM hanse.order_message_line m WHERE (m.order_uid, m.message_no) = (uid, number) GROUP BY m.line_no
	), line AS (
		SELECT line_no, l.note, a.note AS answer_note,
			a.action IN ('1', '3', '74') AS rewritten,
			coalesce(a.action IN ('2', '7'), l.status IN ('DELETED', 'REJECTED')) AS gone,
			CASE WHEN a.action IN ('1', '2', '3', '5', '7', '74') THEN c.line_status
				WHEN l.status = 'OPEN' THEN 'ACCEPTED' ELSE l.status END AS status,
			coalesce(a.buyers_item_id, l.buyers_item_id) AS buyers_item_id,
			coalesce(a.sellers_item_id, l.sellers_item_id) AS sellers_item_id,
			coalesce(a.description, l.description) AS description, coalesce(a.unit, l.unit) AS unit,
			-- What the buyer ordered: only the buyer's change, or an added line, touches it.
			CASE WHEN a.action IN ('1', '3', '74') AND (by_party = 'B' OR l.line_no IS NULL) THEN a.quantity ELSE l.quantity END AS quantity,
			CASE WHEN a.action IN ('1', '3', '74') AND (by_party = 'B' OR l.line_no IS NULL) THEN a.price ELSE l.price END AS price,
			CASE WHEN a.action IN ('1', '3', '74') AND (by_party = 'B' OR l.line_no IS NULL) THEN a.line_date ELSE l.requested_date END AS requested_date,
			coalesce(a.quantity, l.confirmed_quantity, l.quantity) AS agreed_quantity,
			coalesce(a.price, l.confirmed_price, l.price) AS agreed_price,
			coalesce(a.line_date, l.confirmed_date, l.requested_date) AS agreed_date,
			CASE WHEN a.action IN ('1', '3', '74') AND NOT a.same_split THEN a.split ELSE coalesce(
				(SELECT jsonb_agg(jsonb_build_object('part', s.part, 'quantity', s.quantity::text, 'promised_date', s.promised_date) ORDER BY s.part)
				 FROM hanse.order_line_schedule s WHERE (s.order_uid, s.line_no) = (uid, l.line_no)),
				jsonb_build_array(jsonb_build_object('part', 1, 'quantity', coalesce(l.confirmed_quantity, l.quantity)::text,
					'promised_date', coalesce(l.confirmed_date, l.requested_date)))) END AS schedule
		FROM (SELECT * FROM hanse.order_line WHERE order_uid = uid) l
		FULL JOIN answer a USING (line_no)
		LEFT JOIN hanse.line_action c ON c.action_code = a.action
	)
	SELECT jsonb_agg(jsonb_build_object(
		'line', line_no, 'buyers_item_id', buyers_item_id, 'sellers_item_id', sellers_item_id,
		'description', description, 'unit', unit, 'quantity', quantity::text, 'price', price::text,
		'requested_date', requested_date, 'status', status,
		'confirmed_quantity', CASE WHEN NOT gone THEN agreed_quantity::text END,
		'confirmed_price', CASE WHEN NOT gone THEN agreed_price::text END,
		'confirmed_date', CASE WHEN NOT gone THEN agreed_date END,
		'line_amount', CASE WHEN gone THEN '0.00' ELSE round(agreed_quantity * agreed_price, 2)::text END,
		'note', CASE WHEN rewritten THEN coalesce(answer_note, note) ELSE note END,
		'schedule', CASE WHEN gone THEN '[]'::jsonb ELSE schedule END) ORDER BY line_no)
	FROM line
$$;

CREATE FUNCTION hanse.version_write(o hanse.purchase_order, t hanse.doc_transition, message_no int, sequence int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	proposer text := CASE t.effect WHEN 'ADOPT' THEN 'S' ELSE t.by_party END;
	lines jsonb := hanse.lines_after(o.order_uid, message_no, proposer);
	total numeric := (SELECT sum((l ->> 'line_amount')::numeric) FROM jsonb_array_elements(lines) l);
BEGIN
	INSERT INTO hanse.order_version (ve_id, order_uid, sequence_number, buyer_id, seller_id, message, status, by_party, snapshot)
	VALUES (o.ve_id, o.order_uid, sequence, o.buyer_id, o.seller_id, t.message, 'PENDING', t.by_party, jsonb_build_object(
		'id', o.id, 'buyer_id', o.buyer_id, 'seller_id', o.seller_id, 'currency', o.currency, 'note', o.note,
		'requested_date', o.requested_date, 'sequence_number', sequence, 'total_amount', total::text, 'lines', lines));
END
$$;

-- Put a version in force: the lines of the order become those of its snapshot.
CREATE FUNCTION hanse.version_enforce(o hanse.purchase_order, sequence int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	content jsonb;
BEGIN
	UPDATE hanse.order_version v SET status = 'SUPERSEDED'
	WHERE v.order_uid = o.order_uid AND v.sequence_number <> sequence AND v.status IN ('IN_FORCE', 'PENDING');
	UPDATE hanse.order_version v SET status = 'IN_FORCE'
	WHERE (v.order_uid, v.sequence_number) = (o.order_uid, sequence)
	RETURNING v.snapshot -> 'lines' INTO STRICT content;

	INSERT INTO hanse.order_line AS l (ve_id, order_uid, line_no, buyer_id, seller_id, draft, buyers_item_id, sellers_item_id, description,
		unit, quantity, price, requested_date, status, confirmed_quantity, confirmed_price, confirmed_date, line_amount, note)
	SELECT o.ve_id, o.order_uid, c.line, o.buyer_id, o.seller_id, false, c.buyers_item_id, c.sellers_item_id, c.description,
		c.unit, c.quantity, c.price, c.requested_date, c.status, c.confirmed_quantity, c.confirmed_price, c.confirmed_date, c.line_amount, c.note
	FROM jsonb_to_recordset(content) AS c (line int, buyers_item_id text, sellers_item_id text, description text, unit text,
		quantity numeric, price numeric, requested_date date, status text, confirmed_quantity numeric, confirmed_price numeric,
		confirmed_date date, line_amount numeric, note text)
	ON CONFLICT (order_uid, line_no) DO UPDATE SET
		buyers_item_id = excluded.buyers_item_id, sellers_item_id = excluded.sellers_item_id, description = excluded.description,
		unit = excluded.unit, quantity = excluded.quantity, price = excluded.price, requested_date = excluded.requested_date,
		status = excluded.status, confirmed_quantity = excluded.confirmed_quantity, confirmed_price = excluded.confirmed_price,
		confirmed_date = excluded.confirmed_date, line_amount = excluded.line_amount, note = excluded.note;

	DELETE FROM hanse.order_line_schedule s WHERE s.order_uid = o.order_uid;
	INSERT INTO hanse.order_line_schedule (ve_id, order_uid, line_no, part, buyer_id, seller_id, quantity, promised_date)
	SELECT o.ve_id, o.order_uid, (c ->> 'line')::int, s.part, o.buyer_id, o.seller_id, s.quantity, s.promised_date
	FROM jsonb_array_elements(content) c,
		jsonb_to_recordset(c -> 'schedule') AS s (part int, quantity numeric, promised_date date);
END
$$;

-- -------------------------------------------------------------- transitions

-- The row of the machine that allows this, or the reason why there is none.
CREATE FUNCTION hanse.transition_find(o hanse.purchase_order, wanted text, party text)
RETURNS hanse.doc_transition LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	t hanse.doc_transition;
	possible text;
BEGIN
	SELECT * INTO t FROM hanse.doc_transition d
	WHERE (d.doc_type, d.from_state, d.action, d.by_party) = ('order', o.state, wanted, party);
	IF FOUND THEN
		RETURN t;
	END IF;
	IF EXISTS (SELECT FROM hanse.doc_transition d
		WHERE (d.doc_type, d.from_state, d.action) = ('order', o.state, wanted) AND d.by_party IN ('B', 'S')) THEN
		PERFORM hanse.refuse('HN005', 'This is for the other party to do.', 'action',
			CASE party WHEN 'B' THEN 'Wait for the seller.' ELSE 'Wait for the buyer.' END);
	END IF;
	SELECT string_agg(d.action, ', ' ORDER BY d.position) INTO possible FROM hanse.doc_transition d
	WHERE (d.doc_type, d.from_state, d.by_party) = ('order', o.state, party);
	PERFORM hanse.refuse('HN002', format('This cannot be done with an order that is %s.', lower(replace(o.state, '_', ' '))),
		'state', coalesce('You may: ' || possible || '.', 'There is nothing for you to do.'));
END
$$;

-- What a transition asks of its caller beyond being allowed.
CREATE FUNCTION hanse.transition_check(o hanse.purchase_order, t hanse.doc_transition, reason text, lines jsonb)
RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF t.needs_reason AND reason IS NULL THEN
		PERFORM hanse.refuse('HN003', 'A reason is needed.', 'reason', 'Tell the other party why.');
	END IF;
	IF NOT t.needs_lines AND lines IS NOT NULL AND lines NOT IN ('[]', 'null') THEN
		PERFORM hanse.refuse('HN003', 'This carries no lines.', 'lines', 'Make a proposal or a change for lines.');
	END IF;
	IF t.undespatched AND EXISTS (SELECT FROM hanse.order_line l
		WHERE l.order_uid = o.order_uid AND l.despatched_quantity > 0) THEN
		PERFORM hanse.refuse('HN002', 'Goods of this order have left already.', 'state', 'Change the lines that have not.');
	END IF;
	IF t.effect = 'ISSUE' AND NOT EXISTS (SELECT FROM hanse.trading_relation r
		WHERE (r.ve_id, r.buyer_id, r.seller_id, r.state) = (o.ve_id, o.buyer_id, o.seller_id, 'ACTIVE')) THEN
		PERFORM hanse.refuse('HN002', 'The trading relation with this seller has ended.', 'state', 'Delete the draft.');
	END IF;
END
$$;

CREATE FUNCTION api.order_act(order_uid uuid, action text, actor text, expected_revision int DEFAULT NULL,
	reason text DEFAULT NULL, lines jsonb DEFAULT NULL, sales_order_id text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	me hanse.enterprise := hanse.me();
	o hanse.purchase_order := hanse.order_lock(order_act.order_uid);
	party text := CASE WHEN o.buyer_role = session_user::text THEN 'B' ELSE 'S' END;
	person text := hanse.person_check(actor);
	why text := hanse.json_text(to_jsonb(order_act.reason), 'reason', 2000);
	own_number text := hanse.json_text(to_jsonb(order_act.sales_order_id), 'sales_order_id', 64);
	t hanse.doc_transition;
	sequence int;
	message int;                            -- number of the message this writes
	content bytea;
	totals record;
BEGIN
	PERFORM hanse.revision_check(expected_revision, o.revision);
	t := hanse.transition_find(o, order_act.action, party);
	PERFORM hanse.transition_check(o, t, why, order_act.lines);
	IF own_number IS NOT NULL THEN
		PERFORM hanse.fields_check('order', o.state, party, 'header', jsonb_build_object('sales_order_id', own_number), '');
	END IF;
	sequence := o.sequence_number + CASE WHEN t.effect IN ('ISSUE', 'OFFER', 'ADOPT') THEN 1 ELSE 0 END;
	message := o.message_count;

	IF t.message <> 'Order' THEN
		message := message + 1;
		INSERT INTO hanse.order_message (ve_id, order_uid, message_no, buyer_id, seller_id, message, response_code,
			by_party, person, sequence_number, note)
		VALUES (o.ve_id, o.order_uid, message, o.buyer_id, o.seller_id, t.message, t.response_code,
			party, person, sequence, why);
	END IF;
	IF t.needs_lines THEN
		PERFORM hanse.message_lines_write(o, message, t, order_act.lines);
		content := hanse.message_hash(o.order_uid, message);
	END IF;

	IF t.effect = 'ISSUE' THEN
		PERFORM hanse.version_write(o, t, NULL, sequence);
	ELSIF t.effect = 'OFFER' THEN
		PERFORM hanse.version_write(o, t, message, sequence);
	ELSIF t.effect = 'ADOPT' THEN           -- the proposal is the message before this one
		PERFORM hanse.version_write(o, t, o.message_count, sequence);
	ELSIF t.effect = 'DROP' THEN
		UPDATE hanse.order_version v SET status = 'REJECTED' WHERE v.order_uid = o.order_uid AND v.status = 'PENDING';
	END IF;
	-- The state first: lines may be added to an order that is no draft, and
	-- the foreign key tells the lines of a draft that it is one no longer.
	UPDATE hanse.purchase_order p
	SET state = t.to_state, sequence_number = sequence, message_count = message,
	    version_in_force = CASE WHEN t.effect IN ('FORCE', 'ADOPT') THEN sequence ELSE p.version_in_force END,
	    response_code = coalesce(t.response_code, p.response_code),
	    sales_order_id = coalesce(own_number, p.sales_order_id),
	    issue_date = CASE WHEN t.effect = 'ISSUE' THEN current_date ELSE p.issue_date END,
	    issued_at = CASE WHEN t.effect = 'ISSUE' THEN clock_timestamp() ELSE p.issued_at END
	WHERE p.order_uid = o.order_uid
	RETURNING * INTO o;
	IF t.effect IN ('FORCE', 'ADOPT') THEN
		PERFORM hanse.version_enforce(o, sequence);
	END IF;
	IF t.effect IN ('FORCE', 'ADOPT') OR own_number IS NOT NULL THEN
		SELECT * INTO totals FROM hanse.order_totals(o.order_uid);
		UPDATE hanse.purchase_order p
		SET total_amount = totals.total, line_count = totals.live, search_text = hanse.order_words(o, totals.words)
		WHERE p.order_uid = o.order_uid;
	END IF;

	IF t.effect IS NOT NULL THEN
		content := coalesce((SELECT v.document_hash FROM hanse.order_version v
			WHERE (v.order_uid, v.sequence_number) = (o.order_uid, sequence)), content);
	END IF;
	INSERT INTO hanse.document_event (ve_id, doc_type, document_uid, buyer_id, seller_id, enterprise_id, by_party,
		person, action, from_state, to_state, message, reason, sequence_number, content_hash)
	VALUES (o.ve_id, 'order', o.order_uid, o.buyer_id, o.seller_id, me.enterprise_id, party,
		person, t.action, t.from_state, t.to_state, t.message, why, sequence, content);
	RETURN t.to_state;
END
$$;

GRANT EXECUTE ON FUNCTION api.order_create, api.order_update, api.order_delete_draft, api.order_act TO PUBLIC;
