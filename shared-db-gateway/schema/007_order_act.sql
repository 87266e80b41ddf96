-- 007_order_act.sql - the one way through the order's machine.

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

GRANT EXECUTE ON FUNCTION api.order_act TO PUBLIC;
