-- The price book, and months that are closed: priced once, kept as they were.
--
-- Nothing here is binary floating point. Quantities are integers, prices decimals,
-- and what a line comes to is a fraction of integers until it is rounded, once, to
-- cents: the largest remainders get the cents that are left, so that lines make up
-- their bill and bills the total, to the cent.

-- In what a price may be given: so many of the meter's counted units.
CREATE TABLE meter_unit (
	meter   text NOT NULL REFERENCES meter,
	unit    text NOT NULL,
	divisor numeric NOT NULL CHECK (divisor > 0 AND divisor = trunc(divisor)),
	PRIMARY KEY (meter, unit)
);
-- A month of a price is 730 hours, a year's twelfth.
INSERT INTO meter_unit (meter, unit, divisor)
SELECT meter, unit, divisor FROM meter
UNION ALL
SELECT meter, left(unit, -1) || 'month', divisor * 730 FROM meter WHERE unit LIKE '%-h'
UNION ALL
SELECT meter, counted, 1 FROM meter WHERE kind = 'count' AND counted NOT IN ('ns', 'ms')
UNION ALL
SELECT meter, 'GiB', 1073741824 FROM meter WHERE unit = 'GB'
UNION ALL
SELECT meter, 'thousand', 1000 FROM meter WHERE unit = 'million';

-- The state is '' for whichever has no price of its own.
CREATE TABLE price (
	price_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	meter    text NOT NULL,
	state    text NOT NULL DEFAULT '' CHECK (state IN ('', 'running', 'suspended', 'stopped')),
	valid    tstzrange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
	amount   numeric NOT NULL CHECK (amount >= 0 AND amount = round(amount, 9) AND amount < 1e12),
	currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
	unit     text NOT NULL,
	source   text NOT NULL CHECK (source <> ''),
	FOREIGN KEY (meter, unit) REFERENCES meter_unit,
	EXCLUDE USING gist (meter WITH =, state WITH =, valid WITH &&)
);

-- Every change of it, as it was made.
CREATE TABLE price_change (
	change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at        timestamptz NOT NULL DEFAULT clock_timestamp(),
	what      text NOT NULL CHECK (what IN ('added', 'shortened', 'removed')),
	price_id  bigint NOT NULL,
	meter     text NOT NULL,
	state     text NOT NULL,
	valid     tstzrange NOT NULL,  -- from then on; of one removed: what it was
	amount    numeric NOT NULL,
	currency  text NOT NULL,
	unit      text NOT NULL,
	source    text NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON price_change
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();

-- -- Closed months ------------------------------------------------------------

-- Rows of the ledger up to those numbers are in it; those that came later and
-- belong to it are in the next one, as late.
CREATE TABLE bill_close (
	month       date PRIMARY KEY CHECK (month = date_trunc('month', month)),
	closed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
	interval_id bigint NOT NULL,
	hour_id     bigint NOT NULL,
	currency    text,            -- NULL: nothing had a price
	cents       bigint NOT NULL, -- of all bills
	lines       integer NOT NULL,
	sha256      text NOT NULL    -- of bill_text()
);
CREATE TABLE bill_line (
	month      date NOT NULL REFERENCES bill_close DEFERRABLE INITIALLY DEFERRED,
	line_no    integer NOT NULL,
	ve         text NOT NULL,    -- '': the platform's own
	enterprise text NOT NULL,    -- '': the virtual enterprise's own
	meter      text NOT NULL,
	state      text NOT NULL,
	late       boolean NOT NULL, -- of a month that was closed before
	quantity   numeric NOT NULL, -- an integer, in counted units
	amount     numeric,          -- the price; NULL: there was none
	currency   text,
	unit       text NOT NULL,
	divisor    numeric NOT NULL,
	valid      tstzrange,        -- the price's, as it was
	cents      bigint NOT NULL,
	PRIMARY KEY (month, line_no)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_close
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_line
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();

CREATE FUNCTION bill_begin(of_month date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
	SELECT of_month::timestamp AT TIME ZONE 'UTC'
$$;
CREATE FUNCTION bill_end(of_month date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
	SELECT (of_month + interval '1 month') AT TIME ZONE 'UTC'
$$;

-- What is billed stays as it is, so its prices do.
CREATE FUNCTION price_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	closed timestamptz := (SELECT bill_end(max(month)) FROM bill_close);
	past tstzrange := tstzrange(NULL, closed);
	was tstzrange := CASE WHEN TG_OP = 'INSERT' THEN 'empty'::tstzrange ELSE OLD.valid END;
	will tstzrange := CASE WHEN TG_OP = 'DELETE' THEN 'empty'::tstzrange ELSE NEW.valid END;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF (OLD.meter, OLD.state, OLD.amount, OLD.currency, OLD.unit, OLD.source)
			IS DISTINCT FROM (NEW.meter, NEW.state, NEW.amount, NEW.currency, NEW.unit, NEW.source) THEN
			RAISE EXCEPTION 'a price does not change: it ends, and another one begins';
		END IF;
	END IF;
	IF closed IS NOT NULL AND was * past <> will * past THEN
		RAISE EXCEPTION 'months up to % are closed: a price begins after them', to_char(closed AT TIME ZONE 'UTC', 'YYYY-MM-DD')
			USING ERRCODE = 'HN002';
	END IF;
	IF TG_OP = 'DELETE' THEN
		INSERT INTO price_change (what, price_id, meter, state, valid, amount, currency, unit, source)
		VALUES ('removed', OLD.price_id, OLD.meter, OLD.state, OLD.valid, OLD.amount, OLD.currency, OLD.unit, OLD.source);
	ELSE
		INSERT INTO price_change (what, price_id, meter, state, valid, amount, currency, unit, source)
		VALUES (CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'shortened' END,
			NEW.price_id, NEW.meter, NEW.state, NEW.valid, NEW.amount, NEW.currency, NEW.unit, NEW.source);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER is_open AFTER INSERT OR UPDATE OR DELETE ON price
	FOR EACH ROW EXECUTE FUNCTION price_is_open();

-- From that moment until the next one of its kind begins, or for good. One that
-- begins at the same moment is replaced. No amount: from then on there is none.
CREATE FUNCTION price_set(of_meter text, of_state text, from_at timestamptz, new_amount numeric,
	new_currency text, new_unit text, new_source text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	until timestamptz;
BEGIN
	LOCK TABLE price IN SHARE ROW EXCLUSIVE MODE;
	IF NOT EXISTS (SELECT FROM meter WHERE meter = of_meter) THEN
		RAISE EXCEPTION 'there is no meter ''%''; there are: %', of_meter, (SELECT string_agg(meter, ', ' ORDER BY meter) FROM meter)
			USING ERRCODE = 'HN003', DETAIL = 'meter';
	END IF;
	IF new_amount IS NOT NULL AND NOT EXISTS (SELECT FROM meter_unit WHERE meter = of_meter AND unit = new_unit) THEN
		RAISE EXCEPTION '''%'' is no unit of %; there are: %', new_unit, of_meter,
			(SELECT string_agg(unit, ', ' ORDER BY unit) FROM meter_unit WHERE meter = of_meter)
			USING ERRCODE = 'HN003', DETAIL = 'unit';
	END IF;
	IF of_state <> '' AND (SELECT kind FROM meter WHERE meter = of_meter) <> 'reserved' THEN
		RAISE EXCEPTION '% is counted, not reserved: it has no states', of_meter
			USING ERRCODE = 'HN003', DETAIL = 'state';
	END IF;
	IF EXISTS (SELECT FROM price WHERE currency <> new_currency) THEN
		RAISE EXCEPTION 'the price book is in %', (SELECT min(currency) FROM price)
			USING ERRCODE = 'HN003', DETAIL = 'currency';
	END IF;
	DELETE FROM price WHERE meter = of_meter AND state = of_state AND lower(valid) = from_at;
	UPDATE price SET valid = tstzrange(lower(valid), from_at)
		WHERE meter = of_meter AND state = of_state AND valid @> from_at;
	SELECT min(lower(valid)) INTO until FROM price
		WHERE meter = of_meter AND state = of_state AND lower(valid) > from_at;
	IF new_amount IS NOT NULL THEN
		INSERT INTO price (meter, state, valid, amount, currency, unit, source)
		VALUES (of_meter, of_state, tstzrange(from_at, until), new_amount, new_currency, new_unit, new_source);
	END IF;
END
$$;

-- Which price counts when: for each meter and state that there is, pieces of time
-- that make up all of it; no price_id where there is no price.
CREATE VIEW price_pieces AS
WITH s AS (
	SELECT m.meter, s.state FROM meter AS m,
	LATERAL unnest(CASE WHEN m.kind = 'reserved' THEN ARRAY['', 'running', 'suspended', 'stopped'] ELSE ARRAY[''] END) AS s (state)
), own AS (
	SELECT s.meter, s.state, p.price_id, tstzmultirange(p.valid) AS valid
	FROM s JOIN price AS p USING (meter, state)
), general AS (
	SELECT s.meter, s.state, p.price_id, tstzmultirange(p.valid) - coalesce(
		(SELECT range_agg(q.valid) FROM price AS q WHERE q.meter = s.meter AND q.state = s.state), '{}') AS valid
	FROM s JOIN price AS p ON p.meter = s.meter AND p.state = '' WHERE s.state <> ''
), none AS (
	SELECT s.meter, s.state, NULL::bigint AS price_id, tstzmultirange(tstzrange(NULL, NULL)) - coalesce(
		(SELECT range_agg(q.valid) FROM price AS q WHERE q.meter = s.meter AND q.state IN (s.state, '')), '{}') AS valid
	FROM s
)
SELECT meter, state, price_id, piece
FROM (SELECT * FROM own UNION ALL SELECT * FROM general UNION ALL SELECT * FROM none) AS v, LATERAL unnest(valid) AS piece;

-- -- Lines --------------------------------------------------------------------

-- Quantities of one month, priced or not, from rows of the ledger up to those two;
-- of earlier months what is behind those of the close before.
CREATE FUNCTION bill_quantities(of_month date, upto_interval bigint, upto_hour bigint)
RETURNS TABLE (ve text, enterprise text, meter text, state text, late boolean, price_id bigint, quantity numeric)
LANGUAGE sql STABLE
-- Nobody can guess how few pieces of prices there are.
SET enable_mergejoin = off SET enable_sort = off SET jit = off SET work_mem = '64MB'
AS $$
	WITH before AS (
		SELECT coalesce(max(interval_id), 0) AS interval_id, coalesce(max(hour_id), 0) AS hour_id,
			max(month) AS month
		FROM bill_close WHERE month < of_month
	), pieces AS MATERIALIZED (
		SELECT meter, state, price_id, coalesce(lower(piece), '-infinity') AS from_at, coalesce(upper(piece), 'infinity') AS to_at
		FROM price_pieces
	), reserved AS (
		SELECT i.ve, i.enterprise, r.meter, i.state, i.amount_from, i.amount_to, r.amount, i.late
		FROM (
			SELECT i.*, greatest(from_at, bill_begin(of_month)) AS amount_from, least(to_at, bill_end(of_month)) AS amount_to, false AS late
			FROM meter_interval AS i
			WHERE interval_id <= upto_interval AND from_at < bill_end(of_month) AND to_at > bill_begin(of_month)
			UNION ALL
			SELECT i.*, from_at, least(to_at, bill_begin(of_month)), b.month IS NOT NULL
			FROM meter_interval AS i, before AS b
			WHERE i.interval_id <= upto_interval AND i.interval_id > b.interval_id AND from_at < bill_begin(of_month)
		) AS i, LATERAL (VALUES ('vcpus', vcpus), ('memory_mib', memory_mib), ('disk_gib', disk_gib),
			('domains', domains), ('connections', connections)) AS r (meter, amount)
		WHERE r.amount > 0
	), counted AS NOT MATERIALIZED (
		SELECT h.ve, h.enterprise, h.meter, h.state, h.hour, h.quantity, false AS late FROM meter_hour AS h
		WHERE h.hour >= bill_begin(of_month) AND h.hour < bill_end(of_month) AND h.hour_id <= upto_hour
		UNION ALL
		SELECT h.ve, h.enterprise, h.meter, h.state, h.hour, h.quantity, b.month IS NOT NULL FROM meter_hour AS h, before AS b
		WHERE h.hour < bill_begin(of_month) AND h.hour_id > b.hour_id AND h.hour_id <= upto_hour
	), slots AS MATERIALIZED ( -- which prices an hour has; mostly it is one for the whole of it
		SELECT p.meter, p.state, h.hour, p.price_id, p.from_at, p.to_at,
			p.from_at <= h.hour AND p.to_at >= h.hour + interval '1 hour' AS is_whole
		FROM (
			SELECT generate_series(bill_begin(of_month), bill_end(of_month) - interval '1 hour', interval '1 hour') AS hour
			UNION ALL
			SELECT DISTINCT h.hour FROM meter_hour AS h, before AS b
			WHERE h.hour < bill_begin(of_month) AND h.hour_id > b.hour_id AND h.hour_id <= upto_hour
		) AS h JOIN pieces AS p ON p.from_at < h.hour + interval '1 hour' AND p.to_at > h.hour
	), split AS ( -- an hour's rows are one before prices split it
		SELECT c.ve, c.enterprise, c.meter, c.state, c.late, s.price_id,
			meter_part(sum(c.quantity), c.hour, c.hour + interval '1 hour', s.from_at, s.to_at) AS quantity
		FROM counted AS c JOIN slots AS s USING (meter, state, hour) WHERE NOT s.is_whole
		GROUP BY c.ve, c.enterprise, c.meter, c.state, c.late, c.hour, s.price_id, s.from_at, s.to_at
	)
	SELECT coalesce(ve, ''), coalesce(enterprise, ''), meter, state, late, price_id, sum(quantity) FROM (
		SELECT r.ve, r.enterprise, r.meter, r.state, r.late, p.price_id,
			sum(r.amount::numeric * meter_between(greatest(r.amount_from, p.from_at), least(r.amount_to, p.to_at))) AS quantity
		FROM reserved AS r JOIN pieces AS p ON p.meter = r.meter AND p.state = r.state
			AND p.from_at < r.amount_to AND p.to_at > r.amount_from
		GROUP BY 1, 2, 3, 4, 5, 6
		UNION ALL
		SELECT c.ve, c.enterprise, c.meter, c.state, c.late, s.price_id, sum(c.quantity)
		FROM counted AS c JOIN slots AS s USING (meter, state, hour) WHERE s.is_whole
		GROUP BY 1, 2, 3, 4, 5, 6
		UNION ALL
		SELECT ve, enterprise, meter, state, late, price_id, quantity FROM split
	) AS u
	GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(quantity) <> 0
$$;

-- The integer below n / d, whatever the sign of n; d > 0.
CREATE FUNCTION bill_floor(n numeric, d numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT div(n - (mod(mod(n, d) + d, d)), d)
$$;

-- Lines with their cents. Exact all the way: a line is n / d of a cent, d the same
-- for all. Ties of remainders go to who comes first.
CREATE FUNCTION bill_lines(of_month date, upto_interval bigint, upto_hour bigint)
RETURNS TABLE (line_no integer, ve text, enterprise text, meter text, state text, late boolean, quantity numeric,
	amount numeric, currency text, unit text, divisor numeric, valid tstzrange, cents bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	d numeric := 1;
	one numeric;
BEGIN
	FOR one IN SELECT DISTINCT u.divisor FROM price AS p JOIN meter_unit AS u USING (meter, unit) LOOP
		d := lcm(d, one);
	END LOOP;
	RETURN QUERY
	WITH q AS (
		SELECT b.ve, b.enterprise, b.meter, b.state, b.late, b.quantity, p.amount, p.currency,
			coalesce(p.unit, m.unit) AS unit, coalesce(u.divisor, m.divisor) AS divisor, p.valid,
			coalesce(b.quantity * trunc(p.amount * 1000000000) * div(d, u.divisor) * 100, 0) AS n
		FROM bill_quantities(of_month, upto_interval, upto_hour) AS b
		JOIN public.meter AS m ON m.meter = b.meter
		LEFT JOIN price AS p ON p.price_id = b.price_id
		LEFT JOIN meter_unit AS u ON u.meter = p.meter AND u.unit = p.unit
	), numbered AS (
		SELECT q.*, row_number() OVER (ORDER BY q.ve COLLATE "C", q.enterprise COLLATE "C", q.meter COLLATE "C",
			q.state COLLATE "C", q.late, lower(q.valid) NULLS FIRST)::integer AS line_no, d * 1000000000 AS d
		FROM q
	), bills AS (
		SELECT x.ve, x.enterprise, sum(x.n) AS n, min(x.d) AS d, min(x.line_no) AS first_line FROM numbered AS x GROUP BY 1, 2
	), total AS (
		SELECT bill_floor(2 * sum(x.n) + min(x.d), 2 * min(x.d)) AS cents FROM bills AS x
	), bill_cents AS (
		SELECT x.ve, x.enterprise, bill_floor(x.n, x.d) + CASE WHEN row_number() OVER (
				ORDER BY x.n - bill_floor(x.n, x.d) * x.d DESC, x.first_line)
			<= t.cents - sum(bill_floor(x.n, x.d)) OVER () THEN 1 ELSE 0 END AS cents
		FROM bills AS x, total AS t
	)
	SELECT x.line_no, x.ve, x.enterprise, x.meter, x.state, x.late, x.quantity, x.amount, x.currency, x.unit, x.divisor, x.valid,
		(bill_floor(x.n, x.d) + CASE WHEN row_number() OVER (PARTITION BY x.ve, x.enterprise
				ORDER BY x.amount IS NULL, x.n - bill_floor(x.n, x.d) * x.d DESC, x.line_no)
			<= c.cents - sum(bill_floor(x.n, x.d)) OVER (PARTITION BY x.ve, x.enterprise) THEN 1 ELSE 0 END)::bigint
	FROM numbered AS x JOIN bill_cents AS c USING (ve, enterprise)
	ORDER BY x.line_no;
END
$$;

-- A month as text: what its digest is of.
CREATE FUNCTION bill_text(of_month date) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT 'hanse-bill-1 ' || to_char(of_month, 'YYYY-MM') || E'\n' || coalesce(string_agg(concat_ws('|',
		line_no, ve, enterprise, meter, state, CASE WHEN late THEN 'late' ELSE '' END, quantity,
		coalesce(trim_scale(amount)::text, '-'), coalesce(currency, '-'), unit, divisor,
		coalesce((extract(epoch FROM lower(valid)) * 1000000)::bigint::text, '-'), cents) || E'\n', '' ORDER BY line_no), '')
	FROM bill_line WHERE month = of_month
$$;
CREATE FUNCTION bill_digest(of_month date) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT encode(sha256(convert_to(bill_text(of_month), 'UTF8')), 'hex')
$$;

-- The first month that has something to be billed.
CREATE FUNCTION bill_first() RETURNS date LANGUAGE sql STABLE AS $$
	SELECT date_trunc('month', least((SELECT min(from_at) FROM meter_interval), (SELECT min(hour) FROM meter_hour),
		(SELECT min(since) FROM meter_open)) AT TIME ZONE 'UTC')::date
$$;

-- Close a month that is over: they go one after the other. What is open goes on
-- from its end.
CREATE FUNCTION bill_close_month(of_month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	due date := coalesce((SELECT max(month) + interval '1 month' FROM bill_close), bill_first());
	o meter_open;
	top_interval bigint;
	top_hour bigint;
BEGIN
	IF of_month < due THEN
		RAISE EXCEPTION '% is closed already, or from before there was anything', to_char(of_month, 'YYYY-MM') USING ERRCODE = 'HN002';
	ELSIF of_month > due THEN
		RAISE EXCEPTION 'first close %', to_char(due, 'YYYY-MM') USING ERRCODE = 'HN002';
	ELSIF due IS NULL OR meter_now() < bill_end(of_month) THEN
		RAISE EXCEPTION '% is not over yet', to_char(of_month, 'YYYY-MM') USING ERRCODE = 'HN002';
	END IF;
	PERFORM set_config('jit', 'off', true), set_config('work_mem', '64MB', true);
	PERFORM meter_lock();
	LOCK TABLE price, meter_open IN SHARE ROW EXCLUSIVE MODE;
	LOCK TABLE meter_interval, meter_hour, bill_close IN SHARE ROW EXCLUSIVE MODE;
	PERFORM meter_roll();
	FOR o IN SELECT * FROM meter_open WHERE since < bill_end(of_month) ORDER BY object LOOP
		PERFORM meter_write(o, bill_end(of_month));
	END LOOP;
	UPDATE meter_open SET since = bill_end(of_month) WHERE since < bill_end(of_month);
	SELECT coalesce(max(interval_id), 0) INTO top_interval FROM meter_interval;
	SELECT coalesce(max(hour_id), 0) INTO top_hour FROM meter_hour;
	INSERT INTO bill_line (month, line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, valid, cents)
	SELECT of_month, l.* FROM bill_lines(of_month, top_interval, top_hour) AS l;
	INSERT INTO bill_close (month, interval_id, hour_id, currency, cents, lines, sha256)
	SELECT of_month, top_interval, top_hour, min(currency), coalesce(sum(cents), 0), count(*), bill_digest(of_month)
	FROM bill_line WHERE month = of_month;
END
$$;

-- Whether a closed month still is what the ledger and the price book say, and its
-- text what was closed.
CREATE FUNCTION bill_verify(of_month date) RETURNS TABLE (is_kept boolean, is_reproduced boolean) LANGUAGE sql STABLE AS $$
	SELECT b.sha256 = bill_digest(of_month), NOT EXISTS (
		(SELECT line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, lower(valid), cents
		 FROM bill_line WHERE month = of_month
		 EXCEPT ALL
		 SELECT line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, lower(valid), cents
		 FROM bill_lines(of_month, b.interval_id, b.hour_id))
		UNION ALL
		(SELECT line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, lower(valid), cents
		 FROM bill_lines(of_month, b.interval_id, b.hour_id)
		 EXCEPT ALL
		 SELECT line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, lower(valid), cents
		 FROM bill_line WHERE month = of_month))
	FROM bill_close AS b WHERE b.month = of_month
$$;
