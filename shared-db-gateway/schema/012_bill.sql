-- 012_bill.sql - what an enterprise owes for a month: published when the month is closed, and never changed.
-- The control database closes months; provisioning brings each enterprise its
-- own bill here, where its portal shows it. A correction is a line of a later
-- month, so what was published stays as it was.

CREATE TABLE hanse.bill (
	ve_id          hanse.label NOT NULL,
	enterprise_id  hanse.label NOT NULL,
	db_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED,
	month          date NOT NULL CHECK (month = date_trunc('month', month)),
	currency       text CHECK (currency ~ '^[A-Z]{3}$'),    -- NULL: nothing had a price
	cents          bigint NOT NULL,
	closed_at      timestamptz NOT NULL,
	sha256         text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),       -- of the whole month, as the platform keeps it
	published_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (ve_id, enterprise_id, month),
	FOREIGN KEY (ve_id, enterprise_id) REFERENCES hanse.enterprise
);
CREATE INDEX bill_role ON hanse.bill (db_role, month);

-- A quantity is an integer of what is counted, and the unit of the price is
-- divisor of these: nothing was rounded before it became cents.
CREATE TABLE hanse.bill_line (
	ve_id          hanse.label NOT NULL,
	enterprise_id  hanse.label NOT NULL,
	db_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED,
	month          date NOT NULL,
	line_no        int NOT NULL CHECK (line_no > 0),
	meter          text NOT NULL CHECK (length(meter) BETWEEN 1 AND 64),
	state          text NOT NULL CHECK (state IN ('', 'running', 'suspended', 'stopped')),
	late           boolean NOT NULL,        -- of a month that was closed before
	quantity       numeric NOT NULL CHECK (quantity = trunc(quantity)),
	unit           text NOT NULL CHECK (length(unit) BETWEEN 1 AND 64),
	divisor        numeric NOT NULL CHECK (divisor > 0),
	price          numeric CHECK (price >= 0),      -- NULL: it had none
	valid_from     timestamptz,     -- the price's
	valid_to       timestamptz,
	cents          bigint NOT NULL,
	PRIMARY KEY (ve_id, enterprise_id, month, line_no),
	FOREIGN KEY (ve_id, enterprise_id, month) REFERENCES hanse.bill ON DELETE CASCADE
);
CREATE INDEX bill_line_role ON hanse.bill_line (db_role, month);

DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['bill', 'bill_line'] LOOP
		EXECUTE format('ALTER TABLE hanse.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
		EXECUTE format('CREATE POLICY own ON hanse.%I FOR SELECT USING (db_role = session_user::text)', part);
		EXECUTE format('CREATE POLICY provisioning ON hanse.%I TO hanse_owner USING (session_user = ''hanse_provisioner'')', part);
		EXECUTE format('GRANT SELECT ON hanse.%I TO PUBLIC', part);
	END LOOP;
END
$$;

CREATE VIEW api.bill WITH (security_invoker) AS
SELECT b.month, b.currency, round(b.cents / 100.0, 2) AS amount, b.closed_at, b.published_at, b.sha256,
	(SELECT count(*)::int FROM hanse.bill_line l
	 WHERE l.db_role = b.db_role AND l.month = b.month) AS lines
FROM hanse.bill b;

CREATE VIEW api.bill_line WITH (security_invoker) AS
SELECT l.month, l.line_no, l.meter, l.state, l.late, round(l.quantity / l.divisor, 6) AS quantity, l.unit, l.price,
	l.valid_from, l.valid_to, round(l.cents / 100.0, 2) AS amount
FROM hanse.bill_line l;
GRANT SELECT ON api.bill, api.bill_line TO PUBLIC;

-- The lines of a bill as the platform sends them, in one shape.
CREATE FUNCTION hanse.bill_lines(bill jsonb)
RETURNS TABLE (line_no int, meter text, state text, late boolean, quantity numeric, unit text, divisor numeric, price numeric,
	valid_from timestamptz, valid_to timestamptz, cents bigint)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
	SELECT r.* FROM jsonb_to_recordset(coalesce(nullif(bill -> 'lines', 'null'), '[]')) AS r (line_no int, meter text, state text,
		late boolean, quantity numeric, unit text, divisor numeric, price numeric, valid_from timestamptz, valid_to timestamptz, cents bigint)
$$;
REVOKE ALL ON FUNCTION hanse.bill_lines FROM PUBLIC;

-- Publish the bill of a month that is closed. True: it is new; false: it was
-- here already, line by line the same. Anything else is refused: a bill that
-- somebody may have read does not change.
-- {"enterprise", "month": "2026-10-01", "currency", "cents", "closed_at", "sha256", "lines": [{"line_no", "meter", "state",
--  "late", "quantity", "unit", "divisor", "price", "valid_from", "valid_to", "cents"}]}; numbers may be strings.
CREATE FUNCTION admin.publish_bill(bill jsonb)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(bill ->> 'enterprise');
	of_month date := (bill ->> 'month')::date;
	total bigint := (bill ->> 'cents')::bigint;
	added boolean;
BEGIN
	IF total IS DISTINCT FROM (SELECT coalesce(sum(l.cents), 0) FROM hanse.bill_lines(bill) l) THEN
		PERFORM hanse.refuse('HN003', 'The lines of this bill do not add up to it.', 'cents', 'Send all of its lines.');
	END IF;
	INSERT INTO hanse.bill (ve_id, enterprise_id, month, currency, cents, closed_at, sha256)
	VALUES (e.ve_id, e.enterprise_id, of_month, bill ->> 'currency', total, (bill ->> 'closed_at')::timestamptz, bill ->> 'sha256')
	ON CONFLICT DO NOTHING;
	added := FOUND;
	IF added THEN
		INSERT INTO hanse.bill_line (ve_id, enterprise_id, month, line_no, meter, state, late, quantity, unit, divisor, price,
			valid_from, valid_to, cents)
		SELECT e.ve_id, e.enterprise_id, of_month, l.line_no, l.meter, l.state, l.late, l.quantity, l.unit, l.divisor, l.price,
			l.valid_from, l.valid_to, l.cents FROM hanse.bill_lines(bill) l;
	ELSIF NOT EXISTS (SELECT FROM hanse.bill b WHERE (b.ve_id, b.enterprise_id, b.month) = (e.ve_id, e.enterprise_id, of_month)
			AND (b.cents, b.sha256) = (total, bill ->> 'sha256') AND b.currency IS NOT DISTINCT FROM bill ->> 'currency')
		OR EXISTS (WITH here AS (
				SELECT l.line_no, l.meter, l.state, l.late, l.quantity, l.unit, l.divisor, l.price, l.valid_from, l.valid_to, l.cents
				FROM hanse.bill_line l WHERE (l.ve_id, l.enterprise_id, l.month) = (e.ve_id, e.enterprise_id, of_month)
			), brought AS (SELECT * FROM hanse.bill_lines(bill))
			(TABLE here EXCEPT ALL TABLE brought) UNION ALL (TABLE brought EXCEPT ALL TABLE here)) THEN
		PERFORM hanse.refuse('HN004', format('Another bill of %s was published for this month.', e.enterprise_id),
			'month', 'A correction belongs into the next month.');
	END IF;
	RETURN added;
EXCEPTION
	WHEN check_violation OR not_null_violation OR unique_violation OR invalid_text_representation OR invalid_datetime_format
		OR datetime_field_overflow OR numeric_value_out_of_range THEN
		PERFORM hanse.refuse('HN003', 'This is no bill: ' || SQLERRM || '.', 'bill', 'See the schema''s README.');
END
$$;
REVOKE ALL ON FUNCTION admin.publish_bill FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admin.publish_bill TO hanse_provisioner;

-- Who leaves takes its bills along, and leaves none for the next of its name.
INSERT INTO hanse.archive_part (position, part, rule, document, keys, left_out, withheld, reason) VALUES
	(14, 'bill',      'own', NULL, '{month}', '{db_role}', '{}', NULL),
	(15, 'bill_line', 'own', NULL, '{month,line_no}', '{db_role}', '{}', NULL);

ALTER FUNCTION admin.archive_close(text, text, text) SET SCHEMA hanse;
REVOKE ALL ON FUNCTION hanse.archive_close FROM hanse_provisioner;
CREATE FUNCTION admin.archive_close(enterprise text, sha256 text, mark text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(enterprise);
	-- The archive holds the bills, so only then.
	closed jsonb := hanse.archive_close(enterprise, sha256, mark);
BEGIN
	DELETE FROM hanse.bill b WHERE b.db_role = e.db_role;
	RETURN closed;
END
$$;
REVOKE ALL ON FUNCTION admin.archive_close FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admin.archive_close TO hanse_provisioner;
