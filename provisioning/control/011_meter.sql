-- What was used, by whom, from when to when: the ledger that bills are made of.
-- control/README.md explains it; tests/tco/meter.sh checks it against an oracle.
--
-- Two kinds of rows, both append-only, all of them integers:
-- 1. meter_interval: so much was reserved, in this state, on this host, from and
--    to. What is reserved now stands in meter_open. Triggers on the rows that
--    say so (reservation, placement, instance) end one interval and begin the
--    next in the transaction that changes them, so a resize counts from its
--    commit's second, and one that is rolled back never was.
-- 2. meter_sample: counters, read every few seconds, as what was used since the
--    reading before; rolled up into meter_hour, which stays.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION meter_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the ledger is append-only: a correction is a new row';
END
$$;

-- -- The clock ----------------------------------------------------------------
--
-- Time is measured by the clock that nobody can set (CLOCK_BOOTTIME) and written
-- down by the one people use. An epoch is a stretch in which the two go together;
-- when the wall clock is stepped, or the host has booted, the next one begins,
-- every open interval ends by the old one and goes on by the new one. So what is
-- billed is what has passed: an hour that the clock leaves out is no hour, and
-- one that it shows twice is two. Across a boot the wall clock is believed, for
-- there is no other.
CREATE TABLE meter_epoch (
	epoch   integer PRIMARY KEY,
	why     text NOT NULL CHECK (why IN ('start', 'step', 'boot')),
	boot    text NOT NULL,        -- which boot of the host
	boot_us bigint NOT NULL,      -- microseconds since then
	at      timestamptz NOT NULL, -- what the wall clock said at that moment,
	was_at  timestamptz           -- and the epoch before; NULL: it is the first
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON meter_epoch
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();

CREATE FUNCTION meter_us(count numeric) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
	SELECT count::double precision * interval '1 microsecond'
$$;

-- Microseconds from one moment to another.
CREATE FUNCTION meter_between(from_at timestamptz, to_at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
	SELECT ((extract(epoch FROM to_at) - extract(epoch FROM from_at)) * 1000000)::bigint
$$;

-- The transaction says "BOOT MICROSECONDS" when it begins. One that does not, by
-- hand, has the wall clock.
CREATE FUNCTION meter_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	told text := nullif(current_setting('hanse.clock', true), '');
	e meter_epoch;
BEGIN
	IF told IS NOT NULL THEN
		SELECT * INTO e FROM meter_epoch ORDER BY epoch DESC LIMIT 1;
		IF e.boot = split_part(told, ' ', 1) THEN
			RETURN e.at + meter_us(split_part(told, ' ', 2)::bigint - e.boot_us);
		END IF;
	END IF;
	RETURN statement_timestamp();
END
$$;

CREATE FUNCTION meter_epoch_now() RETURNS integer LANGUAGE sql STABLE AS $$
	SELECT coalesce(max(epoch), 0) FROM meter_epoch
$$;

-- -- What is reserved ---------------------------------------------------------

-- The object is a row's of reservation: VE.ENTERPRISE, or a database domain.
CREATE TABLE meter_open (
	object      text PRIMARY KEY,
	ve          text,
	enterprise  text,
	vcpus       bigint NOT NULL DEFAULT 0,
	memory_mib  bigint NOT NULL DEFAULT 0,
	disk_gib    bigint NOT NULL DEFAULT 0,
	domains     bigint NOT NULL DEFAULT 0,
	connections bigint NOT NULL DEFAULT 0,
	host        text,                           -- NULL: it has no place
	suspended   boolean NOT NULL DEFAULT false, -- by its operator
	running     boolean NOT NULL DEFAULT false, -- as last seen
	state       text GENERATED ALWAYS AS (CASE WHEN suspended THEN 'suspended'
	                 WHEN running THEN 'running' ELSE 'stopped' END) STORED,
	epoch       integer NOT NULL,
	since       timestamptz NOT NULL,
	job         bigint                          -- whose change began it
);

CREATE TABLE meter_interval (
	interval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	object      text NOT NULL,
	ve          text,
	enterprise  text,
	vcpus       bigint NOT NULL,
	memory_mib  bigint NOT NULL,
	disk_gib    bigint NOT NULL,
	domains     bigint NOT NULL,
	connections bigint NOT NULL,
	host        text,
	state       text NOT NULL,
	epoch       integer NOT NULL,
	from_at     timestamptz NOT NULL,
	to_at       timestamptz NOT NULL,
	job         bigint,           -- whose change began it,
	ended_by    bigint,           -- and whose ended it
	CHECK (from_at < to_at),
	EXCLUDE USING gist (object WITH =, epoch WITH =, tstzrange(from_at, to_at) WITH &&)
);
CREATE INDEX meter_interval_of ON meter_interval (ve, enterprise, from_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON meter_interval
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();

CREATE FUNCTION meter_write(o meter_open, until timestamptz) RETURNS void LANGUAGE sql AS $$
	INSERT INTO meter_interval (object, ve, enterprise, vcpus, memory_mib, disk_gib, domains, connections,
		host, state, epoch, from_at, to_at, job, ended_by)
	SELECT o.object, o.ve, o.enterprise, o.vcpus, o.memory_mib, o.disk_gib, o.domains, o.connections,
		o.host, o.state, o.epoch, o.since, until, o.job, quota_job()
	WHERE o.since < until
$$;

-- As it is, it has been until now; the caller changes it then. Of transactions
-- that began in another order than they got here none goes back in time.
CREATE FUNCTION meter_turn(of_object text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	o meter_open;
	at timestamptz;
BEGIN
	-- Before the row: who has the whole table waits for no row then.
	LOCK TABLE meter_open IN ROW EXCLUSIVE MODE;
	SELECT * INTO o FROM meter_open WHERE object = of_object FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	at := greatest(o.since, meter_now());
	PERFORM meter_write(o, at);
	UPDATE meter_open SET since = at, job = quota_job() WHERE object = of_object;
END
$$;

-- Once a statement: what is reserved of an object is the sum of its rows.
CREATE FUNCTION meter_reserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	n record;
BEGIN
	FOR n IN SELECT c.object, min(c.ve) AS ve, min(c.enterprise) AS enterprise,
			coalesce(sum(r.amount) FILTER (WHERE r.resource = 'vcpus'), 0) AS vcpus,
			coalesce(sum(r.amount) FILTER (WHERE r.resource = 'memory_mib'), 0) AS memory_mib,
			coalesce(sum(r.amount) FILTER (WHERE r.resource = 'disk_gib'), 0) AS disk_gib,
			coalesce(sum(r.amount) FILTER (WHERE r.resource = 'domains'), 0) AS domains,
			coalesce(sum(r.amount) FILTER (WHERE r.resource = 'connections'), 0) AS connections,
			count(r.object) > 0 AS has_any
		FROM (SELECT DISTINCT object, ve, enterprise FROM changed) AS c LEFT JOIN reservation AS r USING (object)
		GROUP BY c.object ORDER BY c.object
	LOOP
		CONTINUE WHEN EXISTS (SELECT FROM meter_open AS o WHERE o.object = n.object AND
			(o.vcpus, o.memory_mib, o.disk_gib, o.domains, o.connections) =
			(n.vcpus, n.memory_mib, n.disk_gib, n.domains, n.connections));
		PERFORM meter_turn(n.object);
		IF NOT n.has_any THEN
			DELETE FROM meter_open WHERE object = n.object;
			CONTINUE;
		END IF;
		INSERT INTO meter_open AS o (object, ve, enterprise, host, suspended, running, epoch, since, job,
			vcpus, memory_mib, disk_gib, domains, connections)
		SELECT n.object, n.ve, n.enterprise, (SELECT host FROM placement WHERE domain = n.object),
			EXISTS (SELECT FROM instance WHERE enterprise = n.object AND suspended),
			EXISTS (SELECT FROM meter_last WHERE object = n.object AND source LIKE 'domain/%' AND NOT gone),
			meter_epoch_now(), meter_now(), quota_job(), n.vcpus, n.memory_mib, n.disk_gib, n.domains, n.connections
		ON CONFLICT (object) DO UPDATE SET vcpus = n.vcpus, memory_mib = n.memory_mib, disk_gib = n.disk_gib,
			domains = n.domains, connections = n.connections;
	END LOOP;
	RETURN NULL;
END
$$;
CREATE TRIGGER meter_insert AFTER INSERT ON reservation
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION meter_reserved();
CREATE TRIGGER meter_update AFTER UPDATE ON reservation
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION meter_reserved();
CREATE TRIGGER meter_delete AFTER DELETE ON reservation
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION meter_reserved();

CREATE FUNCTION meter_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was boolean := CASE WHEN TG_OP = 'INSERT' THEN false ELSE OLD.suspended END;
	will boolean := CASE WHEN TG_OP = 'DELETE' THEN false ELSE NEW.suspended END;
	whose text := CASE WHEN TG_OP = 'DELETE' THEN OLD.enterprise ELSE NEW.enterprise END;
BEGIN
	IF was <> will THEN
		PERFORM meter_turn(whose);
		UPDATE meter_open SET suspended = will WHERE object = whose;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER meter AFTER INSERT OR UPDATE OR DELETE ON instance
	FOR EACH ROW EXECUTE FUNCTION meter_suspended();

CREATE FUNCTION meter_placed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was text := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.host END;
	will text := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.host END;
	whose text := CASE WHEN TG_OP = 'DELETE' THEN OLD.domain ELSE NEW.domain END;
BEGIN
	IF was IS DISTINCT FROM will THEN
		PERFORM meter_turn(whose);
		UPDATE meter_open SET host = will WHERE object = whose;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER meter AFTER INSERT OR UPDATE OR DELETE ON placement
	FOR EACH ROW EXECUTE FUNCTION meter_placed();

-- -- What is counted ----------------------------------------------------------

-- The place of each in the array of a reading. A 'count' grows until what counts
-- it begins anew; a 'level' is as it is, and its quantity is level times
-- milliseconds. Quantities are integers of "counted"; people see them divided.
CREATE TABLE meter (
	meter    text PRIMARY KEY,
	source   text NOT NULL,     -- 'reserved', or the beginning of meter_source.source
	position integer NOT NULL,
	kind     text NOT NULL CHECK (kind IN ('reserved', 'count', 'level')),
	counted  text NOT NULL,
	unit     text NOT NULL,     -- what people see,
	divisor  numeric NOT NULL,  -- and how many of the counted it is
	UNIQUE (source, position)
);
INSERT INTO meter VALUES
	('vcpus',            'reserved', 1, 'reserved', 'vCPU us',       'vCPU-h',       3600000000),
	('memory_mib',       'reserved', 2, 'reserved', 'MiB us',        'GiB-h',        3686400000000),
	('disk_gib',         'reserved', 3, 'reserved', 'GiB us',        'GiB-h',        3600000000),
	('domains',          'reserved', 4, 'reserved', 'domain us',     'domain-h',     3600000000),
	('connections',      'reserved', 5, 'reserved', 'connection us', 'connection-h', 3600000000),
	('cpu',              'domain',   1, 'count',    'ns',            'core-h',       3600000000000),
	('memory_used',      'domain',   2, 'level',    'KiB ms',        'GiB-h',        3774873600000),
	('network_in',       'domain',   3, 'count',    'B',             'GB',           1000000000),
	('network_out',      'domain',   4, 'count',    'B',             'GB',           1000000000),
	('disk_reads',       'domain',   5, 'count',    'read',          'million',      1000000),
	('disk_writes',      'domain',   6, 'count',    'write',         'million',      1000000),
	('disk_read',        'domain',   7, 'count',    'B',             'GB',           1000000000),
	('disk_written',     'domain',   8, 'count',    'B',             'GB',           1000000000),
	('disk_used',        'domain',   9, 'level',    'KiB ms',        'GiB-h',        3774873600000),
	('statements',       'gateway',  1, 'count',    'statement',     'million',      1000000),
	('transactions',     'gateway',  2, 'count',    'transaction',   'million',      1000000),
	('rows',             'gateway',  3, 'count',    'row',           'million',      1000000),
	('database_in',      'gateway',  4, 'count',    'B',             'GB',           1000000000),
	('database_out',     'gateway',  5, 'count',    'B',             'GB',           1000000000),
	('connected',        'gateway',  6, 'count',    'ms',            'connection-h', 3600000),
	('requests',         'edge',     1, 'count',    'request',       'million',      1000000);

-- Where readings come from: 'domain/HOST/DRIVER', 'gateway', 'edge'.
CREATE TABLE meter_source (
	source  text PRIMARY KEY,
	seen_at timestamptz NOT NULL,  -- when it last said what it has
	failing text                   -- why it has not since
);

-- The last reading of each thing. One that is there no more is kept a day: should it
-- come back as what it was, it is not counted twice.
CREATE TABLE meter_last (
	source text NOT NULL,
	name   text NOT NULL,    -- of the domain; of the gateway's and the edge's meters
	object text NOT NULL,
	life   text NOT NULL,    -- another one: its counters have begun anew
	at     timestamptz NOT NULL,
	counts bigint[] NOT NULL,
	gone   boolean NOT NULL DEFAULT false,
	PRIMARY KEY (source, name)
);
CREATE INDEX meter_last_object ON meter_last (object);

CREATE TABLE meter_sample (
	sample_id  bigint GENERATED ALWAYS AS IDENTITY,
	source     text NOT NULL,
	name       text NOT NULL,
	object     text NOT NULL,
	life       text NOT NULL,
	epoch      integer NOT NULL,
	from_at    timestamptz NOT NULL, -- of the reading before
	to_at      timestamptz NOT NULL,
	counts     bigint[] NOT NULL,    -- as read; NULL: not told
	used       bigint[] NOT NULL     -- since from_at
) PARTITION BY RANGE (to_at);
CREATE INDEX meter_sample_number ON meter_sample (sample_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON meter_sample
	FOR EACH ROW EXECUTE FUNCTION meter_is_append_only();

-- Hours of what was counted. There may be several rows of one hour: what is
-- asked for is their sum. "kind" says where a row is from.
CREATE TABLE meter_hour (
	hour_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hour       timestamptz NOT NULL,
	object     text NOT NULL,
	ve         text,
	enterprise text,
	meter      text NOT NULL REFERENCES meter,
	state      text NOT NULL DEFAULT '',  -- of a correction of what was reserved
	host       text,
	quantity   bigint NOT NULL,
	kind       text NOT NULL DEFAULT 'metered' CHECK (kind IN ('metered', 'correction')),
	note       text,
	CHECK (hour = date_trunc('hour', hour, 'UTC')),
	CHECK ((kind = 'correction') = (note IS NOT NULL)),
	CHECK (quantity >= 0 OR kind = 'correction')
);
CREATE INDEX meter_hour_of ON meter_hour (ve, enterprise, hour);
CREATE INDEX meter_hour_at ON meter_hour (hour);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON meter_hour
	FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only();

-- Samples up to this one are in meter_hour.
CREATE TABLE meter_rolled (
	sample_id bigint NOT NULL
);
INSERT INTO meter_rolled VALUES (0);

-- A day's samples, so that they can go together when their time is over.
CREATE FUNCTION meter_partition(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	day timestamptz := date_trunc('day', at, 'UTC');
	name text := 'meter_sample_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
	IF to_regclass(name) IS NULL THEN
		EXECUTE format('CREATE TABLE %I PARTITION OF meter_sample FOR VALUES FROM (%L) TO (%L)',
			name, day, day + interval '24 hours');
		EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION meter_is_append_only()',
			name);
	END IF;
END
$$;

-- Let raw samples go that are so many days old and in meter_hour.
CREATE FUNCTION meter_expire(days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	name text;
	kept boolean;
	gone integer := 0;
BEGIN
	FOR name IN SELECT inhrelid::regclass::text FROM pg_inherits
		WHERE inhparent = 'meter_sample'::regclass
		AND right(inhrelid::regclass::text, 8) <
			to_char((meter_now() - days * interval '24 hours') AT TIME ZONE 'UTC', 'YYYYMMDD')
	LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE sample_id > (SELECT sample_id FROM meter_rolled))', name) INTO kept;
		IF NOT kept THEN
			EXECUTE format('DROP TABLE %I', name);
			gone := gone + 1;
		END IF;
	END LOOP;
	RETURN gone;
END
$$;

-- One that writes samples, or begins an epoch, at a time: their numbers are the
-- order of their commits.
CREATE FUNCTION meter_lock() RETURNS void LANGUAGE sql AS $$
	SELECT pg_advisory_xact_lock('meter_sample'::regclass::oid::bigint)
$$;

-- What time it is: begins a new epoch if the clock was stepped by half a second
-- or more, or the host has booted. Returns the ledger's time.
CREATE FUNCTION meter_tick(this_boot text, now_us bigint, wall timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
	e meter_epoch;
	o meter_open;
	was timestamptz;
	cause text;
BEGIN
	PERFORM meter_lock();
	PERFORM set_config('hanse.clock', this_boot || ' ' || now_us, true);
	SELECT * INTO e FROM meter_epoch ORDER BY epoch DESC LIMIT 1;
	IF e.boot = this_boot THEN
		was := e.at + meter_us(now_us - e.boot_us);
		IF abs(meter_between(was, wall)) < 500000 THEN
			RETURN was;
		END IF;
		cause := 'step';
	ELSE
		was := greatest(wall, (SELECT max(since) FROM meter_open), (SELECT max(seen_at) FROM meter_source));
		cause := CASE WHEN e IS NULL THEN 'start' ELSE 'boot' END;
	END IF;
	-- Who changes something now has committed, or waits for us.
	LOCK TABLE meter_open IN SHARE ROW EXCLUSIVE MODE;
	INSERT INTO meter_epoch VALUES (coalesce(e.epoch, 0) + 1, cause, this_boot, now_us, wall,
		CASE WHEN e IS NULL THEN NULL ELSE was END);
	FOR o IN SELECT * FROM meter_open ORDER BY object LOOP
		PERFORM meter_write(o, greatest(o.since, was));
	END LOOP;
	UPDATE meter_open SET epoch = coalesce(e.epoch, 0) + 1, since = wall + (greatest(since, was) - was);
	UPDATE meter_last SET at = at + (wall - was) WHERE wall <> was;
	UPDATE meter_source SET seen_at = seen_at + (wall - was) WHERE wall <> was;
	RETURN wall;
END
$$;

-- "VE.ENTERPRISE.2" is an instance of VE.ENTERPRISE; a database domain is itself.
CREATE FUNCTION meter_object(of_name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN EXISTS (SELECT FROM meter_open WHERE object = of_name) THEN of_name
	            ELSE regexp_replace(of_name, '^([^.]+\.[^.]+)\.[0-9]+$', '\1') END
$$;

-- Whose an object is; NULL: the platform's own.
CREATE FUNCTION meter_ve(of_object text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN of_object LIKE 'platform.%' THEN NULL
	            WHEN of_object NOT LIKE 'db.%' THEN split_part(of_object, '.', 1)
	            ELSE (SELECT ve FROM ve WHERE ve = split_part(of_object, '.', 2)) END
$$;
CREATE FUNCTION meter_enterprise(of_object text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN of_object NOT LIKE ALL (ARRAY['db.%', 'platform.%']) THEN split_part(of_object, '.', 2) END
$$;

-- Whether one reading goes on from another: no count is less than it was. What is
-- NULL was not told.
CREATE FUNCTION meter_goes_on(kinds text[], was bigint[], is_now bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(bool_and(i >= w), true) FROM unnest(kinds, was, is_now) AS u (kind, w, i) WHERE kind = 'count'
$$;

-- What two readings make, so many milliseconds apart.
CREATE FUNCTION meter_used(kinds text[], was bigint[], is_now bigint[], goes_on boolean, ms bigint)
RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(CASE WHEN kind = 'level' THEN coalesce(w, 0) * ms
	                      WHEN goes_on THEN coalesce(i - w, 0) ELSE coalesce(i, 0) END ORDER BY n)
	FROM unnest(kinds, was, is_now) WITH ORDINALITY AS u (kind, w, i, n) WHERE n <= cardinality(is_now)
$$;

-- A reading, and where it does not tell what the one before told.
CREATE FUNCTION meter_known(was bigint[], is_now bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(coalesce(i, w) ORDER BY n)
	FROM unnest(was, is_now) WITH ORDINALITY AS u (w, i, n) WHERE n <= cardinality(is_now)
$$;

-- Objects that have begun to run or have stopped, as far as anybody has seen.
CREATE FUNCTION meter_watch() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	changed text[] := ARRAY(SELECT object FROM meter_open AS o WHERE running <>
		EXISTS (SELECT FROM meter_last AS l WHERE l.object = o.object AND l.source LIKE 'domain/%' AND NOT l.gone));
	one text;
BEGIN
	IF cardinality(changed) > 0 THEN
		LOCK TABLE meter_open IN SHARE ROW EXCLUSIVE MODE;
		FOREACH one IN ARRAY changed LOOP
			PERFORM meter_turn(one);
		END LOOP;
		UPDATE meter_open SET running = NOT running WHERE object = ANY (changed);
	END IF;
	RETURN cardinality(changed);
END
$$;

-- Take what a source says it has: [{"name", "life", "counts"}], all of it. What was
-- there and is not any more has stopped. Returns how many objects have begun or ended.
--
-- What is seen for the first time has begun since its source was seen last, and
-- has counted from zero. Of a source that was never seen nobody knows: what it has
-- is where counting begins.
CREATE FUNCTION meter_take(of_source text, readings jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	moment timestamptz := meter_now();
	seen timestamptz;
	kinds text[] := (SELECT array_agg(kind ORDER BY position) FROM meter WHERE source = split_part(of_source, '/', 1));
BEGIN
	PERFORM meter_lock();
	SELECT seen_at INTO seen FROM meter_source WHERE source = of_source FOR UPDATE;
	moment := greatest(moment, seen);
	PERFORM meter_partition(moment);
	WITH r AS MATERIALIZED (
		SELECT name, meter_object(coalesce(object, name)) AS object, life, counts
		FROM jsonb_to_recordset(readings) AS j (name text, object text, life text, counts bigint[])
	), joined AS MATERIALIZED (
		SELECT r.*, l.counts AS was, l.gone, l.at,
			coalesce(l.life = r.life AND meter_goes_on(kinds, l.counts, r.counts), false) AS goes_on,
			l.name IS NOT NULL OR seen IS NOT NULL AS is_counted
		FROM r LEFT JOIN meter_last AS l ON l.source = of_source AND l.name = r.name
	), timed AS MATERIALIZED (
		SELECT *, CASE WHEN gone AND NOT goes_on THEN seen ELSE coalesce(at, seen, moment) END AS since FROM joined
	), counted AS MATERIALIZED (
		SELECT *, meter_used(kinds, was, counts, goes_on,
			CASE WHEN gone THEN 0 ELSE meter_between(since, moment) / 1000 END) AS used FROM timed
	), written AS ( -- of what has used nothing there is nothing to say
		INSERT INTO meter_sample (source, name, object, life, epoch, from_at, to_at, counts, used)
		SELECT of_source, name, object, life, meter_epoch_now(), since, moment, counts, used
		FROM counted WHERE is_counted AND 0 <> ANY (used)
	)
	INSERT INTO meter_last AS l (source, name, object, life, at, counts)
	SELECT of_source, name, object, life, moment, CASE WHEN goes_on THEN meter_known(was, counts) ELSE counts END FROM counted
	ON CONFLICT (source, name) DO UPDATE SET object = excluded.object, life = excluded.life,
		at = excluded.at, counts = excluded.counts, gone = false;
	UPDATE meter_last AS l SET gone = true WHERE l.source = of_source AND NOT l.gone
		AND l.name NOT IN (SELECT j.name FROM jsonb_to_recordset(readings) AS j (name text));
	DELETE FROM meter_last AS l WHERE l.source = of_source AND l.gone AND l.at < moment - interval '24 hours';
	INSERT INTO meter_source AS s (source, seen_at) VALUES (of_source, moment)
	ON CONFLICT (source) DO UPDATE SET seen_at = excluded.seen_at, failing = NULL;
	RETURN CASE WHEN of_source LIKE 'domain/%' THEN meter_watch() ELSE 0 END;
END
$$;

-- Only these sources are there: hosts that have gone have no domains any more.
CREATE FUNCTION meter_sources(are text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM meter_source WHERE source <> ALL (are)) THEN
		PERFORM meter_lock();
		DELETE FROM meter_last WHERE source <> ALL (are);
		DELETE FROM meter_source WHERE source <> ALL (are);
		PERFORM meter_watch();
	END IF;
END
$$;

-- A source does not answer: what it has said last goes on, and gets old.
CREATE FUNCTION meter_fail(of_source text, reason text) RETURNS void LANGUAGE sql AS $$
	UPDATE meter_source SET failing = reason WHERE source = of_source AND failing IS DISTINCT FROM reason
$$;

-- -- Hours --------------------------------------------------------------------

-- The part of a quantity that was spread evenly from from_at to to_at and falls
-- into part_from to part_to. Parts that join make up the whole, to the unit.
CREATE FUNCTION meter_part(quantity numeric, from_at timestamptz, to_at timestamptz,
	part_from timestamptz, part_to timestamptz)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN part_from <= from_at AND part_to >= to_at THEN quantity
	ELSE div(quantity * meter_between(from_at, least(part_to, to_at)), meter_between(from_at, to_at))
	   - div(quantity * meter_between(from_at, greatest(part_from, from_at)), meter_between(from_at, to_at)) END
$$;

-- Samples after one, by hour.
CREATE FUNCTION meter_hours_after(last_id bigint)
RETURNS TABLE (hour timestamptz, object text, meter text, host text, quantity numeric)
LANGUAGE sql STABLE AS $$
	SELECT h, s.object, m.meter, CASE WHEN s.source LIKE 'domain/%' THEN split_part(s.source, '/', 2) END,
		sum(meter_part(u.used, s.from_at, s.to_at, h, h + interval '1 hour'))
	FROM meter_sample AS s,
	LATERAL unnest(s.used) WITH ORDINALITY AS u (used, position),
	meter AS m,
	LATERAL generate_series(date_trunc('hour', s.from_at, 'UTC'),
		CASE WHEN s.to_at > s.from_at THEN s.to_at - interval '1 microsecond' ELSE s.to_at END, interval '1 hour') AS h
	WHERE s.sample_id > last_id AND u.used <> 0
	AND m.source = split_part(s.source, '/', 1) AND m.position = u.position
	GROUP BY 1, 2, 3, 4
$$;

CREATE FUNCTION meter_roll() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	rolled bigint;
	newest bigint;
	written integer;
BEGIN
	PERFORM meter_lock();
	SELECT sample_id INTO rolled FROM meter_rolled;
	SELECT max(sample_id) INTO newest FROM meter_sample WHERE sample_id > rolled;
	IF newest IS NULL THEN
		RETURN 0;
	END IF;
	INSERT INTO meter_hour (hour, object, ve, enterprise, meter, host, quantity)
	SELECT hour, object, meter_ve(object), meter_enterprise(object), meter, host, quantity
	FROM meter_hours_after(rolled) WHERE quantity > 0 ORDER BY hour, object, meter, host;
	GET DIAGNOSTICS written = ROW_COUNT;
	UPDATE meter_rolled SET sample_id = newest;
	RETURN written;
END
$$;

-- A correction, in units that people see, and why. Of what is reserved, too.
CREATE FUNCTION meter_correct(of_object text, of_meter text, of_state text, at timestamptz, how_much numeric, why text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	m meter;
	counted numeric;
BEGIN
	SELECT * INTO m FROM meter WHERE meter = of_meter;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no meter ''%''; there are: %', of_meter, (SELECT string_agg(meter, ', ' ORDER BY meter) FROM meter)
			USING ERRCODE = 'HN003', DETAIL = 'meter';
	END IF;
	counted := how_much * m.divisor;
	IF counted <> trunc(counted) OR abs(counted) >= 9e18 OR counted = 0 THEN
		RAISE EXCEPTION '% % is no whole number of %, or 0, or too large', how_much, m.unit, m.counted
			USING ERRCODE = 'HN003', DETAIL = 'quantity';
	END IF;
	IF at > meter_now() THEN
		RAISE EXCEPTION 'a correction is of the past' USING ERRCODE = 'HN003', DETAIL = 'from';
	END IF;
	INSERT INTO meter_hour (hour, object, ve, enterprise, meter, state, quantity, kind, note)
	VALUES (date_trunc('hour', at, 'UTC'), of_object, meter_ve(of_object), meter_enterprise(of_object), of_meter,
		CASE WHEN m.kind = 'reserved' THEN coalesce(of_state, 'running') ELSE '' END, counted, 'correction', why);
END
$$;

-- "2026-11", "2026-11-28", "2026-11-28T13:00Z": always of UTC.
CREATE FUNCTION meter_when(what text, value text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF value ~ '^\d{4}-\d\d$' THEN
		RETURN (value || '-01')::timestamp AT TIME ZONE 'UTC';
	ELSIF value ~ '^\d{4}-\d\d-\d\d$' THEN
		RETURN value::timestamp AT TIME ZONE 'UTC';
	ELSIF value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z$' THEN
		RETURN rtrim(value, 'Z')::timestamp AT TIME ZONE 'UTC';
	END IF;
	RAISE EXCEPTION '''%'' is no time; it is YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ (UTC)', value
		USING ERRCODE = 'HN003', DETAIL = what;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
	RAISE EXCEPTION 'there is no time ''%''', value USING ERRCODE = 'HN003', DETAIL = what;
END
$$;

-- -- Reading ------------------------------------------------------------------

-- Everything that was reserved, also what still is, a row a resource.
CREATE VIEW meter_reserved_all AS
SELECT i.interval_id, i.object, i.ve, i.enterprise, r.meter, i.state, i.host, r.amount, i.from_at, i.to_at
FROM (
	SELECT interval_id, object, ve, enterprise, vcpus, memory_mib, disk_gib, domains, connections, state, host, from_at, to_at
	FROM meter_interval
	UNION ALL
	SELECT NULL, object, ve, enterprise, vcpus, memory_mib, disk_gib, domains, connections, state, host, since,
		greatest(since, meter_now())
	FROM meter_open
) AS i, LATERAL (VALUES ('vcpus', vcpus), ('memory_mib', memory_mib), ('disk_gib', disk_gib),
	('domains', domains), ('connections', connections)) AS r (meter, amount)
WHERE r.amount > 0 AND i.from_at < i.to_at;

-- Everything that was counted, by hour, also what is not rolled up yet.
CREATE VIEW meter_counted_all AS
SELECT hour_id, hour, object, ve, enterprise, meter, state, host, quantity::numeric, kind FROM meter_hour
UNION ALL
SELECT NULL, hour, object, meter_ve(object), meter_enterprise(object), meter, '', host, quantity, 'metered'
FROM meter_rolled, meter_hours_after(sample_id);

-- By 'hour', 'day' or 'month' (of UTC); NULL as the VE or the enterprise: all. Both ends
-- of the time count to the microsecond for what is reserved, and by whole hours for
-- what is counted.
CREATE FUNCTION meter_usage(of_ve text, of_enterprise text, from_at timestamptz, to_at timestamptz, by_what text)
RETURNS TABLE (period timestamptz, ve text, enterprise text, meter text, state text, quantity numeric)
LANGUAGE sql STABLE AS $$
	SELECT period, ve, enterprise, meter, state, sum(quantity) FROM (
		SELECT p AT TIME ZONE 'UTC' AS period, r.ve, r.enterprise, r.meter, r.state,
			r.amount::numeric * meter_between(
				greatest(r.from_at, meter_usage.from_at, p AT TIME ZONE 'UTC'),
				least(r.to_at, meter_usage.to_at, (p + ('1 ' || by_what)::interval) AT TIME ZONE 'UTC')) AS quantity
		FROM meter_reserved_all AS r, LATERAL generate_series(
			date_trunc(by_what, greatest(r.from_at, meter_usage.from_at) AT TIME ZONE 'UTC'),
			least(r.to_at, meter_usage.to_at) AT TIME ZONE 'UTC' - interval '1 microsecond', ('1 ' || by_what)::interval) AS p
		WHERE r.from_at < meter_usage.to_at AND r.to_at > meter_usage.from_at
		AND (of_ve IS NULL OR r.ve = of_ve) AND (of_enterprise IS NULL OR r.enterprise = of_enterprise)
		UNION ALL
		SELECT date_trunc(by_what, c.hour, 'UTC'), c.ve, c.enterprise, c.meter, c.state, c.quantity
		FROM meter_counted_all AS c
		WHERE c.hour >= date_trunc('hour', meter_usage.from_at, 'UTC') AND c.hour < meter_usage.to_at
		AND (of_ve IS NULL OR c.ve = of_ve) AND (of_enterprise IS NULL OR c.enterprise = of_enterprise)
	) AS u
	GROUP BY 1, 2, 3, 4, 5
$$;

-- -- What is there already ----------------------------------------------------

INSERT INTO meter_open (object, ve, enterprise, vcpus, memory_mib, disk_gib, domains, connections, host, suspended, epoch, since)
SELECT r.object, min(r.ve), min(r.enterprise),
	coalesce(sum(amount) FILTER (WHERE resource = 'vcpus'), 0),
	coalesce(sum(amount) FILTER (WHERE resource = 'memory_mib'), 0),
	coalesce(sum(amount) FILTER (WHERE resource = 'disk_gib'), 0),
	coalesce(sum(amount) FILTER (WHERE resource = 'domains'), 0),
	coalesce(sum(amount) FILTER (WHERE resource = 'connections'), 0),
	min(p.host), coalesce(bool_or(i.suspended), false), 0, now()
FROM reservation AS r LEFT JOIN placement AS p ON p.domain = r.object LEFT JOIN instance AS i ON i.enterprise = r.object
GROUP BY r.object;
