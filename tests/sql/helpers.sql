-- helpers.sql - the tests' own database: pgTAP, and sessions of members opened over the socket.
-- The databases of the VEs stay as provisioning leaves them; every statement
-- of a member is a real log-in of that member's role.

CREATE EXTENSION pgtap;
CREATE EXTENSION dblink;
CREATE SCHEMA t;

CREATE TABLE t.place AS SELECT :'socket'::text AS socket, :'port'::text AS port;

-- A session for "ve.role", kept; "ve.postgres" is the superuser, "ve.hanse_provisioner" provisioning.
CREATE FUNCTION t.link(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF who <> ALL (coalesce(dblink_get_connections(), '{}')) THEN
		PERFORM dblink_connect(who, format('host=%s port=%s dbname=ve_%s user=%s', socket, port, split_part(who, '.', 1),
			CASE WHEN who ~ '\.(postgres|hanse_provisioner)$' THEN split_part(who, '.', 2) ELSE who END))
		FROM t.place;
	END IF;
	RETURN who;
END
$$;

-- The rows of a query, each as jsonb.
CREATE FUNCTION t.rows(who text, query text) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT x::jsonb FROM dblink(t.link(who), format('SELECT to_jsonb(q)::text FROM (%s) q', query)) AS r (x text);
END
$$;

-- One value, as text.
CREATE FUNCTION t.ask(who text, query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT x FROM dblink(t.link(who), format('SELECT (%s)::text', query)) AS r (x text));
END
$$;

CREATE FUNCTION t.run(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN dblink_exec(t.link(who), statement);
END
$$;

-- What becomes of a statement: 'ok', or its SQLSTATE.
CREATE FUNCTION t.try(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.link(who);
	IF statement ~* '^\s*(select|with|table|values)' THEN
		PERFORM t.rows(who, statement);
	ELSE
		PERFORM t.run(who, statement);
	END IF;
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

-- The same with all that the caller is told: state|message|detail|hint.
CREATE FUNCTION t.told(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	PERFORM t.rows(who, statement);
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws('|', SQLSTATE, SQLERRM, detail, hint);
END
$$;
-- State and field only.
CREATE FUNCTION t.field(who text, statement text) RETURNS text LANGUAGE sql AS $$
	SELECT split_part(t.told(who, statement), '|', 1) || ' ' || split_part(t.told(who, statement), '|', 3)
$$;

-- One action on an order: the new state, or the SQLSTATE.
CREATE FUNCTION t.act(who text, uid text, action text, lines text DEFAULT NULL, reason text DEFAULT 'because')
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN t.ask(who, format('api.order_act(%L, %L, %L, NULL, %L, %L)', uid, action, 'tester', reason, lines));
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

CREATE FUNCTION t.draft(buyer text DEFAULT 'alpha.oem', seller text DEFAULT 'tier-a',
	lines text DEFAULT '[{"item": "P-1", "quantity": "80"}, {"item": "P-2", "quantity": "12"}]', note text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
	SELECT t.ask(buyer, format('api.order_create(%L, %L, %L, %L)', 'tester', seller, lines, note))
$$;

-- An order between alpha's oem and tier-a that has come to a state.
CREATE FUNCTION t.order_in(state text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	uid text := t.draft();
	step text;
	reached text := 'DRAFT';
BEGIN
	FOREACH step IN ARRAY string_to_array(CASE state
		WHEN 'DRAFT' THEN '' WHEN 'SENT' THEN 'send' WHEN 'ACKNOWLEDGED' THEN 'send acknowledge'
		WHEN 'PROPOSED' THEN 'send propose' WHEN 'CONFIRMED' THEN 'send accept' WHEN 'CHANGE_PENDING' THEN 'send accept change'
		WHEN 'CANCEL_PENDING' THEN 'send accept cancel' WHEN 'SELLER_CANCEL_PENDING' THEN 'send accept withdraw'
		WHEN 'REJECTED' THEN 'send reject' WHEN 'CANCELLED' THEN 'send propose refuse' WHEN 'CLOSED' THEN 'send accept close' END, ' ')
	LOOP
		reached := t.act(CASE WHEN step IN ('send', 'change', 'cancel', 'refuse', 'close') THEN 'alpha.oem' ELSE 'alpha.tier-a' END,
			uid, step, t.lines_for(step), CASE WHEN step IN ('send', 'accept', 'acknowledge', 'close') THEN NULL ELSE 'because' END);
	END LOOP;
	IF reached <> state THEN
		RAISE EXCEPTION 'wanted an order in %, got %', state, reached;
	END IF;
	RETURN uid;
END
$$;

-- Lines that an action on such an order needs.
CREATE FUNCTION t.lines_for(action text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE action
		WHEN 'propose' THEN '[{"line": 1, "action": 3, "quantity": "70"}, {"line": 2, "action": 5}]'
		WHEN 'change' THEN '[{"line": 1, "action": 3, "quantity": "90"}]' END
$$;

CREATE FUNCTION t.order_value(who text, uid text, column_name text) RETURNS text LANGUAGE sql AS $$
	SELECT t.ask(who, format('SELECT %s FROM api."order" WHERE order_uid = %L', column_name, uid))
$$;
