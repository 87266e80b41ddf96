-- What people of the ASP see and do in hanse-console: schema api, as in the
-- database of a virtual enterprise. The console's role (hanse_console, which
-- control-db-init makes) owns nothing and may nothing but this: who gets as far
-- as to connect to this database is root, postgres, or the console.

CREATE SCHEMA api;
GRANT USAGE ON SCHEMA api TO PUBLIC;
-- Functions are everybody's unless their schema is not.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- An event is numbered when its transaction commits: then nobody's function runs
-- any more, and the console could not.
ALTER FUNCTION event_flush() SECURITY DEFINER SET search_path = public, pg_temp;

-- -- People's sessions --------------------------------------------------------

-- As 009_session.sql of the other schema; only the hash of a token is kept.
CREATE TABLE console_session (
	token_hash    bytea PRIMARY KEY CHECK (octet_length(token_hash) BETWEEN 16 AND 64),
	session_uid   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
	login         text NOT NULL CHECK (length(login) BETWEEN 1 AND 128),
	display_name  text NOT NULL CHECK (length(display_name) <= 200),
	roles         text[] NOT NULL CHECK (cardinality(roles) <= 32),
	language      text NOT NULL CHECK (length(language) <= 16),
	user_agent    text NOT NULL,
	idle_seconds  int NOT NULL CHECK (idle_seconds BETWEEN 1 AND 31622400),
	opened_at     timestamptz NOT NULL DEFAULT now(),
	last_seen_at  timestamptz NOT NULL DEFAULT now(),
	expires_at    timestamptz NOT NULL
);

CREATE FUNCTION console_lives(s console_session) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT s.expires_at > now() AND s.last_seen_at + make_interval(secs => s.idle_seconds) > now()
$$;

CREATE VIEW api.session AS
SELECT session_uid, login, display_name, roles, language, user_agent, opened_at, last_seen_at, expires_at
FROM console_session AS s
WHERE s.expires_at > now() AND s.last_seen_at + make_interval(secs => s.idle_seconds) > now();

CREATE FUNCTION api.session_open(token_hash bytea, login text, display_name text, roles text[], language text,
	user_agent text, idle_seconds int, absolute_seconds int)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	ends timestamptz;
BEGIN
	DELETE FROM console_session AS s WHERE NOT console_lives(s);
	INSERT INTO console_session (token_hash, login, display_name, roles, language, user_agent, idle_seconds, expires_at)
	VALUES (session_open.token_hash, session_open.login, left(session_open.display_name, 200), coalesce(session_open.roles, '{}'),
		coalesce(session_open.language, ''), left(coalesce(session_open.user_agent, ''), 300), session_open.idle_seconds,
		now() + make_interval(secs => absolute_seconds))
	RETURNING expires_at INTO ends;
	INSERT INTO event (event, subject, detail) VALUES ('console.login', session_open.login, array_to_string(session_open.roles, ' '));
	RETURN ends;
END
$$;

CREATE FUNCTION api.session_get(token_hash bytea)
RETURNS TABLE (session_uid uuid, login text, display_name text, roles text[], language text,
	opened_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
	s console_session;
BEGIN
	SELECT * INTO s FROM console_session AS x WHERE x.token_hash = session_get.token_hash AND console_lives(x);
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF s.last_seen_at < now() - make_interval(secs => least(60, s.idle_seconds / 4)) THEN
		UPDATE console_session AS x SET last_seen_at = now() WHERE x.token_hash = session_get.token_hash;
		s.last_seen_at := now();
	END IF;
	RETURN QUERY SELECT s.session_uid, s.login, s.display_name, s.roles, s.language, s.opened_at, s.last_seen_at, s.expires_at;
END
$$;

CREATE FUNCTION api.session_language(token_hash bytea, language text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
	WITH changed AS (UPDATE console_session AS s SET language = session_language.language
		WHERE s.token_hash = session_language.token_hash RETURNING 1)
	SELECT EXISTS (SELECT FROM changed)
$$;

CREATE FUNCTION api.session_close(token_hash bytea)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
	WITH gone AS (DELETE FROM console_session AS s WHERE s.token_hash = session_close.token_hash RETURNING 1)
	SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION api.session_end(session_uid uuid, login text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
	WITH gone AS (DELETE FROM console_session AS s
		WHERE s.session_uid = session_end.session_uid AND s.login = session_end.login RETURNING 1)
	SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION api.session_close_all(login text)
RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
	WITH gone AS (DELETE FROM console_session AS s WHERE s.login = session_close_all.login RETURNING 1)
	SELECT count(*)::int FROM gone
$$;

-- -- The price book -----------------------------------------------------------

CREATE FUNCTION console_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT (at AT TIME ZONE 'UTC')::date
$$;

CREATE VIEW api.meter AS
SELECT m.meter, m.kind = 'reserved' AS reserved, m.unit,
	(SELECT array_agg(u.unit ORDER BY u.unit <> m.unit, u.unit COLLATE "C") FROM meter_unit AS u WHERE u.meter = m.meter) AS units
FROM meter AS m;

CREATE VIEW api.price AS
SELECT p.price_id, p.meter, p.state, (lower(p.valid) AT TIME ZONE 'UTC')::date AS valid_from,
	(upper(p.valid) AT TIME ZONE 'UTC')::date AS valid_to, p.valid @> now() AS is_now, p.amount, p.currency, p.unit, p.source
FROM price AS p;

CREATE VIEW api.price_change AS
SELECT c.change_id, c.at, c.what, c.meter, c.state, (lower(c.valid) AT TIME ZONE 'UTC')::date AS valid_from,
	(upper(c.valid) AT TIME ZONE 'UTC')::date AS valid_to, c.amount, c.currency, c.unit, c.source
FROM price_change AS c;

-- A price with its days; to_day is the first without it, NULL for as long as no
-- other begins. succeeds: whatever is valid on from_day ends there; without it a
-- price that overlaps another is refused.
CREATE FUNCTION api.price_add(actor text, of_meter text, of_state text, from_day date, to_day date, new_amount numeric,
	new_currency text, new_unit text, new_source text, succeeds boolean)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	from_at timestamptz := from_day::timestamp AT TIME ZONE 'UTC';
	to_at timestamptz := to_day::timestamp AT TIME ZONE 'UTC';
	other price;
BEGIN
	LOCK TABLE price IN SHARE ROW EXCLUSIVE MODE;
	IF to_at <= from_at THEN
		RAISE EXCEPTION 'A price ends after it begins.' USING ERRCODE = 'HN003', DETAIL = 'to';
	END IF;
	SELECT * INTO other FROM price AS p
	WHERE p.meter = of_meter AND p.state = of_state AND p.valid && tstzrange(from_at, to_at)
		AND NOT (succeeds AND p.valid @> from_at) AND NOT (succeeds AND to_at IS NULL)
	ORDER BY lower(p.valid) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% % is valid from % to %: the two overlap.', other.amount, other.currency,
			console_day(lower(other.valid)), coalesce(console_day(upper(other.valid))::text, 'the next one')
			USING ERRCODE = 'HN003', DETAIL = 'from';
	END IF;
	-- It knows meters, units and states, and judges.
	IF succeeds OR NOT EXISTS (SELECT FROM price AS p WHERE p.meter = of_meter AND p.state = of_state
			AND p.valid && tstzrange(from_at, NULL)) THEN
		PERFORM price_set(of_meter, of_state, from_at, new_amount, new_currency, new_unit, new_source);
		IF to_at IS NOT NULL AND EXISTS (SELECT FROM price AS p WHERE p.meter = of_meter AND p.state = of_state AND p.valid @> to_at
				AND lower(p.valid) = from_at) THEN
			PERFORM price_set(of_meter, of_state, to_at, NULL, new_currency, new_unit, new_source);
		END IF;
	ELSE
		INSERT INTO price (meter, state, valid, amount, currency, unit, source)
		VALUES (of_meter, of_state, tstzrange(from_at, to_at), new_amount, new_currency, new_unit, new_source);
	END IF;
	INSERT INTO event (event, subject, detail)
	VALUES ('price.added', of_meter, format('%s %s/%s from %s by %s', trim_scale(new_amount), new_currency, new_unit, from_day, actor));
EXCEPTION
	-- Two at once: the table itself has the last word.
	WHEN exclusion_violation THEN
		RAISE EXCEPTION 'Another price is valid in that time: the two overlap.' USING ERRCODE = 'HN003', DETAIL = 'from';
	WHEN check_violation OR foreign_key_violation OR not_null_violation OR numeric_value_out_of_range THEN
		RAISE EXCEPTION 'This price is not possible.' USING ERRCODE = 'HN003', DETAIL = 'amount';
END
$$;

-- -- Months -------------------------------------------------------------------

-- Which of the closed months each virtual enterprise's database has: see
-- provisioning/bill_publish.c.
CREATE TABLE bill_published (
	month  date NOT NULL REFERENCES bill_close,
	ve     text NOT NULL,
	at     timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (month, ve)
);

CREATE VIEW api.bill_close AS
SELECT c.month, c.closed_at, c.currency, round(c.cents / 100.0, 2) AS amount, c.lines, c.sha256,
	(SELECT count(DISTINCT l.ve)::int FROM bill_line AS l WHERE l.month = c.month AND l.ve <> '' AND l.enterprise <> '') AS ves,
	(SELECT count(*)::int FROM bill_published AS p WHERE p.month = c.month) AS published
FROM bill_close AS c;

CREATE VIEW api.bill AS
SELECT l.month, l.ve, l.enterprise, min(l.currency) AS currency, round(sum(l.cents) / 100.0, 2) AS amount, count(*)::int AS lines
FROM bill_line AS l GROUP BY l.month, l.ve, l.enterprise;

CREATE VIEW api.bill_line AS
SELECT l.month, l.line_no, l.ve, l.enterprise, l.meter, l.state, l.late, round(l.quantity / l.divisor, 6) AS quantity, l.unit,
	l.amount AS price, l.currency, (lower(l.valid) AT TIME ZONE 'UTC')::date AS valid_from,
	(upper(l.valid) AT TIME ZONE 'UTC')::date AS valid_to, round(l.cents / 100.0, 2) AS amount
FROM bill_line AS l;

-- The month that is to be closed next, and whether it is over; no row: nothing
-- was ever used.
CREATE FUNCTION api.bill_due()
RETURNS TABLE (month date, is_over boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT due.month, meter_now() >= bill_end(due.month)
	FROM (SELECT coalesce((SELECT (max(c.month) + interval '1 month')::date FROM bill_close AS c), bill_first()) AS month) AS due
	WHERE due.month IS NOT NULL
$$;

-- The bills as they would be: the month is closed, read and not closed, so that
-- what is shown is made by what will make it.
CREATE FUNCTION api.bill_preview(of_month date)
RETURNS TABLE (ve text, enterprise text, currency text, amount numeric, lines int, unpriced int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	seen jsonb;
BEGIN
	BEGIN
		PERFORM bill_close_month(of_month);
		SELECT jsonb_agg(to_jsonb(b)) INTO seen FROM (
			SELECT l.ve, l.enterprise, min(l.currency) AS currency, round(sum(l.cents) / 100.0, 2)::text AS amount, count(*) AS lines,
				count(*) FILTER (WHERE l.amount IS NULL) AS unpriced
			FROM bill_line AS l WHERE l.month = of_month GROUP BY l.ve, l.enterprise) AS b;
		RAISE EXCEPTION 'not closed' USING ERRCODE = 'HN999';
	EXCEPTION WHEN SQLSTATE 'HN999' THEN
		NULL;
	END;
	RETURN QUERY SELECT r.* FROM jsonb_to_recordset(coalesce(seen, '[]'))
		AS r (ve text, enterprise text, currency text, amount numeric, lines int, unpriced int)
	ORDER BY r.ve COLLATE "C", r.enterprise COLLATE "C";
END
$$;

CREATE FUNCTION api.bill_close(actor text, of_month date)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	PERFORM bill_close_month(of_month);
	INSERT INTO event (event, subject, detail)
	SELECT 'bill.closed', to_char(of_month, 'YYYY-MM'), format('%s %s in %s lines, by %s', round(c.cents / 100.0, 2), coalesce(c.currency, '-'), c.lines, actor)
	FROM bill_close AS c WHERE c.month = of_month;
END
$$;

CREATE FUNCTION api.bill_verify(of_month date)
RETURNS TABLE (is_kept boolean, is_reproduced boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT v.is_kept, v.is_reproduced FROM bill_verify(of_month) AS v
$$;

CREATE FUNCTION api.bill_text(of_month date)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT bill_text(of_month)
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA api TO PUBLIC;
