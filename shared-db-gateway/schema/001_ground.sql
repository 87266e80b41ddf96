-- 001_ground.sql - the ground: who may come in, the schemas, the record of migrations, the words of refusal.
-- Every migration runs in one transaction as hanse_owner (SET ROLE) in the VE's own database.

-- A new database lets everybody connect and make temporary tables. Members
-- are granted CONNECT one by one; nobody makes temporary tables.
DO $$
BEGIN
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO hanse_provisioner', current_database());
	-- Short statements of many members: compiling or spreading one costs more
	-- than it saves, and would let one member take every core.
	EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
	EXECUTE format('ALTER DATABASE %I SET max_parallel_workers_per_gather = 0', current_database());
END
$$;

-- What is granted to members is granted by name, once, below each object.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;

CREATE SCHEMA hanse;                    -- tables: reached through views only, so no USAGE for members
CREATE SCHEMA api;                      -- what a member enterprise reads and calls
CREATE SCHEMA admin;                    -- what provisioning calls
GRANT USAGE ON SCHEMA api TO PUBLIC;
GRANT USAGE ON SCHEMA admin, hanse TO hanse_provisioner;

CREATE TABLE hanse.schema_migration (
	number      int PRIMARY KEY,
	name        text NOT NULL,
	sha256      text NOT NULL,
	applied_at  timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE hanse.schema_migration ENABLE ROW LEVEL SECURITY;

-- A name of a VE or an enterprise. COLLATE "C": names are compared with
-- session_user, whose type compares in "C", and an index serves only its own
-- collation.
CREATE DOMAIN hanse.label AS text COLLATE "C"
	CHECK (VALUE ~ '^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$');
CREATE DOMAIN hanse.quantity AS numeric
	CHECK (VALUE > 0 AND VALUE < 1e12 AND scale(VALUE) <= 6);
CREATE DOMAIN hanse.price AS numeric
	CHECK (VALUE >= 0 AND VALUE < 1e12 AND scale(VALUE) <= 6);
CREATE DOMAIN hanse.party AS text COLLATE "C" CHECK (VALUE IN ('B', 'S'));
GRANT USAGE ON TYPE hanse.label, hanse.quantity, hanse.price, hanse.party TO PUBLIC;

-- The one way to refuse: SQLSTATE, one plain sentence, the field, what to do.
CREATE FUNCTION hanse.refuse(state text, sentence text, field text DEFAULT '', remedy text DEFAULT '')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = state, MESSAGE = sentence, DETAIL = field, HINT = remedy;
END
$$;

-- Rows that are written once: no UPDATE, DELETE or TRUNCATE, by anyone.
CREATE FUNCTION hanse.refuse_rewriting()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'HN002',
		MESSAGE = format('Rows of %s are never changed or removed.', TG_TABLE_NAME);
END
$$;

-- Reading what was sent in.
-- Each takes one value of a jsonb object, the path for the refusal, and the
-- limits; absent and null are NULL.
CREATE FUNCTION hanse.json_text(value jsonb, path text, longest int)
RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	word text := btrim(value #>> '{}');
BEGIN
	IF value IS NULL OR jsonb_typeof(value) = 'null' OR word = '' THEN
		RETURN NULL;
	END IF;
	IF jsonb_typeof(value) NOT IN ('string', 'number') THEN
		PERFORM hanse.refuse('HN003', 'This must be text.', path, 'Send a string.');
	END IF;
	IF length(word) > longest THEN
		PERFORM hanse.refuse('HN003', format('This text is longer than %s characters.', longest), path, 'Shorten it.');
	END IF;
	IF word ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' THEN
		PERFORM hanse.refuse('HN003', 'This text contains control characters.', path, 'Remove them.');
	END IF;
	RETURN word;
END
$$;

CREATE FUNCTION hanse.json_number(value jsonb, path text, positive boolean)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	word text := hanse.json_text(value, path, 40);
BEGIN
	IF word IS NULL THEN
		RETURN NULL;
	END IF;
	IF word !~ '^[0-9]{1,12}([.][0-9]{1,6})?$' THEN
		PERFORM hanse.refuse('HN003', 'This is not a number of at most twelve digits and six decimals.', path,
			'Write it with a point, for example 41.80.');
	END IF;
	IF positive AND word::numeric = 0 THEN
		PERFORM hanse.refuse('HN003', 'This must be more than zero.', path, 'Enter a quantity, or leave the line out.');
	END IF;
	RETURN word::numeric;
END
$$;

-- Prices show two decimals at least: 41.8 becomes 41.80, 0.0125 stays.
CREATE FUNCTION hanse.price_scaled(price numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN round(price, greatest(scale(trim_scale(price)), 2));

CREATE FUNCTION hanse.json_price(value jsonb, path text)
RETURNS numeric LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN hanse.price_scaled(hanse.json_number(value, path, false));

CREATE FUNCTION hanse.json_date(value jsonb, path text)
RETURNS date LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	word text := hanse.json_text(value, path, 40);
BEGIN
	IF word IS NULL THEN
		RETURN NULL;
	END IF;
	IF word ~ '^2[0-9]{3}-[0-9]{2}-[0-9]{2}$' THEN
		BEGIN
			RETURN word::date;
		EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
			NULL;           -- 2026-02-30 is refused like any other wrong date
		END;
	END IF;
	PERFORM hanse.refuse('HN003', 'This is not a date.', path, 'Write it as year-month-day, for example 2026-12-01.');
END
$$;
