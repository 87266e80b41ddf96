-- The event log as a chain that shows when it was tampered with, and the
-- webhooks that carry it elsewhere.

-- A column added later is not in the hash: put what is new into data.
ALTER TABLE event
	ADD COLUMN IF NOT EXISTS job_id bigint,
	ADD COLUMN IF NOT EXISTS data jsonb,
	ADD COLUMN prev_hash bytea,
	ADD COLUMN hash bytea,
	ALTER COLUMN event_id DROP IDENTITY,
	ALTER COLUMN at SET DEFAULT clock_timestamp();

-- -- The hash -----------------------------------------------------------------
--
-- hash = SHA-256 over these values, one behind the other, each as a netstring
-- ("LENGTH:BYTES," in UTF-8, the length in bytes and decimal) or "-," for NULL:
--
--   "hanse-event-1"
--   prev_hash   hexadecimal, lower case; 64 zeros for the first event
--   event_id    decimal
--   at          microseconds since 1970-01-01 00:00 UTC, decimal
--   event, ve, subject, detail
--   job_id      decimal
--   data        as jsonb prints it
--
-- prev_hash is the hash of the event before, event_id its number plus one: from
-- 1 on, without gaps. provisioning/event_chain.c says the same in C.

CREATE FUNCTION event_netstring(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN value IS NULL THEN '-,' ELSE octet_length(value) || ':' || value || ',' END
$$;

CREATE FUNCTION event_hash(e event) RETURNS bytea LANGUAGE sql STABLE AS $$
	SELECT sha256(convert_to(
		event_netstring('hanse-event-1') ||
		event_netstring(encode(e.prev_hash, 'hex')) ||
		event_netstring(e.event_id::text) ||
		event_netstring((extract(epoch FROM e.at) * 1000000)::bigint::text) ||
		event_netstring(e.event) ||
		event_netstring(e.ve) ||
		event_netstring(e.subject) ||
		event_netstring(e.detail) ||
		event_netstring(e.job_id::text) ||
		event_netstring(e.data::text), 'UTF8'))
$$;

-- -- What is there already ----------------------------------------------------

ALTER TABLE event DISABLE TRIGGER append_only;
DO $$
DECLARE
	e event;
	old bigint;
	last_id bigint := 0;
	last_hash bytea := decode(repeat('00', 32), 'hex');
BEGIN
	FOR e IN SELECT * FROM event ORDER BY event_id LOOP
		old := e.event_id;
		e.event_id := last_id + 1;
		e.prev_hash := last_hash;
		e.hash := event_hash(e);
		UPDATE event SET event_id = e.event_id, prev_hash = e.prev_hash, hash = e.hash
			WHERE event_id = old;
		last_id := e.event_id;
		last_hash := e.hash;
	END LOOP;
END
$$;
ALTER TABLE event ENABLE TRIGGER append_only;
ALTER TABLE event ALTER COLUMN prev_hash SET NOT NULL, ALTER COLUMN hash SET NOT NULL;

-- -- New events ---------------------------------------------------------------
--
-- The numbers of the log are the order of its commits: who has read up to N will
-- never find a new event below N. So one transaction at a time writes to it, and
-- the turn lasts until its commit. To keep the turn short, and last of all locks
-- so that it cannot be part of a deadlock, an INSERT only puts the event aside;
-- a deferred trigger moves it into the log when the transaction commits.
--
-- Therefore: INSERT INTO event gives no row back (no RETURNING), and a
-- transaction does not see its own events. An UNLOGGED table is enough: between
-- transactions there is nothing in it.

CREATE UNLOGGED TABLE event_pending (
	pending_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at         timestamptz NOT NULL,
	event      text NOT NULL,
	ve         text,
	subject    text,
	detail     text,
	job_id     bigint,
	data       jsonb
);

-- An empty hash is event_flush()'s; a hash that is given counts for nothing.
CREATE FUNCTION event_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	last_id bigint;
	last_hash bytea;
BEGIN
	IF NEW.hash IS NULL THEN
		INSERT INTO event_pending (at, event, ve, subject, detail, job_id, data)
			VALUES (NEW.at, NEW.event, NEW.ve, NEW.subject, NEW.detail, NEW.job_id, NEW.data);
		RETURN NULL;
	END IF;
	PERFORM pg_advisory_xact_lock('event'::regclass::oid::bigint);
	SELECT event_id, hash INTO last_id, last_hash FROM event ORDER BY event_id DESC LIMIT 1;
	NEW.event_id := coalesce(last_id, 0) + 1;
	NEW.prev_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
	NEW.hash := event_hash(NEW);
	PERFORM pg_notify('hanse_event', '');
	RETURN NEW;
END
$$;
CREATE TRIGGER chain BEFORE INSERT ON event
	FOR EACH ROW EXECUTE FUNCTION event_chain();

-- ON CONFLICT: a transaction with an old snapshot (REPEATABLE READ and above)
-- that others have overtaken fails with 40001, to be repeated.
CREATE FUNCTION event_flush() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM event_pending WHERE pending_id = NEW.pending_id;
	INSERT INTO event (at, event, ve, subject, detail, job_id, data, hash)
		VALUES (NEW.at, NEW.event, NEW.ve, NEW.subject, NEW.detail, NEW.job_id, NEW.data, '')
		ON CONFLICT (event_id) DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the log has gone on meanwhile' USING ERRCODE = '40001';
	END IF;
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER flush AFTER INSERT ON event_pending
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION event_flush();

CREATE INDEX event_of_ve ON event (ve, event_id);

-- -- Webhooks -----------------------------------------------------------------

CREATE TABLE webhook (
	webhook_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	url        text NOT NULL CHECK (url ~ '^https?://'),
	secret     text NOT NULL,               -- signs; shown once
	events     text NOT NULL DEFAULT '*',   -- patterns, e.g. job.*,drift.*
	ve         text,                        -- NULL: all
	enabled    boolean NOT NULL DEFAULT true,
	cursor     bigint NOT NULL,             -- the last event it has, or that is not for it
	failures   integer NOT NULL DEFAULT 0,  -- of the next one, so far
	next_at    timestamptz NOT NULL DEFAULT now(),
	delivered  bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now()
);

-- What was tried, the newest 200 of a hook.
CREATE TABLE webhook_attempt (
	attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	webhook_id bigint NOT NULL REFERENCES webhook ON DELETE CASCADE,
	event_id   bigint NOT NULL,
	at         timestamptz NOT NULL DEFAULT now(),
	ms         integer NOT NULL,
	status     integer NOT NULL,            -- of HTTP; 0: no answer
	message    text
);
CREATE INDEX webhook_attempt_of ON webhook_attempt (webhook_id, attempt_id);

CREATE FUNCTION webhook_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('hanse_webhook', '');
	RETURN NULL;
END
$$;
CREATE TRIGGER changed AFTER INSERT OR DELETE OR UPDATE OF enabled ON webhook
	FOR EACH STATEMENT EXECUTE FUNCTION webhook_changed();
