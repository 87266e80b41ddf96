-- Readings that overlap: who stops a domain reads it a last time, while the
-- sampler may be reading its host. And lives that are told in parts.
--
-- A reading was asked for at one moment and told at another; what it says is of
-- some moment between. One that was asked for before the last one had been told
-- may be older: then a counter that is less has not begun anew, and of what it says
-- counts only what goes beyond what is known (the counter's high-water mark). So
-- whichever of the two gets here first, nothing is counted twice.
ALTER TABLE meter_last
	ADD COLUMN boot text NOT NULL DEFAULT '', -- of this host: whose
	ADD COLUMN told_us bigint NOT NULL DEFAULT 0; -- microseconds these are

-- Whether two lives are one, NUMBER@BOOT@BEGAN: the host's number of the domain,
-- the host's boot, and when the domain's process began. Who does not know a part
-- leaves it out, and it tells nothing apart.
CREATE FUNCTION meter_same_life(was text, is_now text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT was = is_now OR bool_and(coalesce(w, '') = coalesce(i, '') OR coalesce(w, '') = '' OR coalesce(i, '') = '')
	FROM unnest(string_to_array(was, '@'), string_to_array(is_now, '@')) AS u (w, i)
$$;

-- The same, as far as either knows.
CREATE FUNCTION meter_merged_life(was text, is_now text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(coalesce(nullif(i, ''), w, ''), '@' ORDER BY n)
	FROM unnest(string_to_array(was, '@'), string_to_array(is_now, '@')) WITH ORDINALITY AS u (w, i, n)
$$;

-- What a reading that may be the older one adds to what is known.
CREATE FUNCTION meter_highest(kinds text[], was bigint[], is_now bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(CASE WHEN kind = 'level' THEN coalesce(w, i) ELSE greatest(w, i) END ORDER BY n)
	FROM unnest(kinds, was, is_now) WITH ORDINALITY AS u (kind, w, i, n) WHERE n <= cardinality(is_now)
$$;

-- As before (011_meter.sql), and:
--
-- asked_us, told_us: when it was, by the clock of "hanse.clock"; NULL: as the ones
--                    before have come in their order
-- is_one:            it is not all that the source has, but a thing's last reading;
--                    who runs is the sampler's to say
DROP FUNCTION meter_take(text, jsonb);
CREATE FUNCTION meter_take(of_source text, readings jsonb, asked_us bigint DEFAULT NULL, told_us bigint DEFAULT NULL,
	is_one boolean DEFAULT false)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	this_boot text := split_part(coalesce(current_setting('hanse.clock', true), ''), ' ', 1);
	moment timestamptz := meter_now();
	seen timestamptz;
	kinds text[] := (SELECT array_agg(kind ORDER BY position) FROM meter WHERE source = split_part(of_source, '/', 1));
BEGIN
	PERFORM meter_lock();
	SELECT seen_at INTO seen FROM meter_source WHERE source = of_source FOR UPDATE;
	-- Who waited for the lock began earlier than who had it.
	moment := greatest(moment, seen, (SELECT max(at) FROM meter_last WHERE source = of_source));
	PERFORM meter_partition(moment);
	WITH r AS MATERIALIZED (
		SELECT name, meter_object(coalesce(object, name)) AS object, life, counts
		FROM jsonb_to_recordset(readings) AS j (name text, object text, life text, counts bigint[])
	), known AS MATERIALIZED (
		SELECT r.*, l.counts AS was, l.life AS was_life, l.gone, l.at, l.name IS NOT NULL AS is_known,
			coalesce(meter_same_life(l.life, r.life), false) AS is_same,
			coalesce(l.boot = this_boot AND meter_take.asked_us < l.told_us, false) AS is_late
		FROM r LEFT JOIN meter_last AS l ON l.source = of_source AND l.name = r.name
	), joined AS MATERIALIZED ( -- of another life the next one tells
		SELECT name, object, life, was_life, gone, at, was, is_same,
			CASE WHEN is_late THEN meter_highest(kinds, was, counts) ELSE counts END AS counts,
			is_same AND (is_late OR meter_goes_on(kinds, was, counts)) AS goes_on,
			is_known OR seen IS NOT NULL AS is_counted
		FROM known WHERE is_same OR NOT is_late
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
	INSERT INTO meter_last AS l (source, name, object, life, at, counts, boot, told_us)
	SELECT of_source, name, object,
		CASE WHEN is_one AND goes_on THEN meter_merged_life(was_life, life) ELSE life END, moment,
		CASE WHEN goes_on THEN meter_known(was, counts) ELSE counts END,
		this_boot, coalesce(meter_take.told_us, 0)
	FROM counted
	ON CONFLICT (source, name) DO UPDATE SET object = excluded.object, life = excluded.life,
		at = excluded.at, counts = excluded.counts, gone = false, boot = excluded.boot,
		told_us = CASE WHEN l.boot = excluded.boot THEN greatest(l.told_us, excluded.told_us) ELSE excluded.told_us END;
	IF is_one THEN
		RETURN 0;
	END IF;
	UPDATE meter_last AS l SET gone = true WHERE l.source = of_source AND NOT l.gone
		AND l.name NOT IN (SELECT j.name FROM jsonb_to_recordset(readings) AS j (name text));
	DELETE FROM meter_last AS l WHERE l.source = of_source AND l.gone AND l.at < moment - interval '24 hours';
	INSERT INTO meter_source AS s (source, seen_at) VALUES (of_source, moment)
	ON CONFLICT (source) DO UPDATE SET seen_at = excluded.seen_at, failing = NULL;
	RETURN CASE WHEN of_source LIKE 'domain/%' THEN meter_watch() ELSE 0 END;
END
$$;
