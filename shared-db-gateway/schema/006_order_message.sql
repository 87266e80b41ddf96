-- 006_order_message.sql - what a proposal or a change says of the lines, and the versions of the contract that come of it.

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

-- Versions.

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
