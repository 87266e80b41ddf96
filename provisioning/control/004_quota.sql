-- Quotas: limits, and what is reserved against them. Nothing is counted up or
-- down: what is used is the sum over the rows of reservation, and those are
-- written in the transaction that journals what they are for.
--
-- A scope is the whole platform ('asp'), a virtual enterprise ('ve/X') or one
-- enterprise of it ('ve/X/E'); a row of reservation counts in all three.
--
-- A job holds, of each object, the most of what it had and what it will have,
-- from its intent (quota_reserve) to its end (quota_settle). So a job that fails
-- can always go back, and what is given back is not given away before it is free.
--
-- Why transactions side by side cannot pass a limit:
-- 1. Who makes a scope grow holds the rows of its limits to the end of the
--    transaction (FOR UPDATE, in one order for all: asp, VE, enterprises). Rows of
--    reservation are therefore added up by one at a time, after the one before
--    has committed: in READ COMMITTED each statement of a function sees what was
--    committed when it began, and no other isolation level is let in.
-- 2. A limit that does not exist has no row to hold. Who reserves therefore holds
--    the table in ROW SHARE, and who sets or removes a limit in EXCLUSIVE, which
--    waits for all of the former: a new limit is set when no growth is under way.
-- 3. Those who write the rows of one VE take turns (quota_own): what it had
--    is the same at the check and at the writing.
-- Less never needs a lock of a limit: to see it late is to see too much in use.

CREATE TABLE quota (
	scope       text NOT NULL CHECK (scope ~ '^(asp|ve/[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?)$'),
	resource    text NOT NULL CHECK (resource IN ('vcpus', 'memory_mib', 'disk_gib', 'domains', 'connections')),
	limit_value bigint NOT NULL CHECK (limit_value >= 0),
	PRIMARY KEY (scope, resource)
);

-- The object is a database domain or VE.ENTERPRISE, whatever the generation of
-- its domain: while one is rolled there are two, and one counts.
CREATE TABLE reservation (
	object     text NOT NULL,
	ve         text,          -- NULL: the platform's, it counts for 'asp' only
	enterprise text,          -- NULL: the VE's
	resource   text NOT NULL CHECK (resource IN ('vcpus', 'memory_mib', 'disk_gib', 'domains', 'connections')),
	amount     bigint NOT NULL CHECK (amount > 0),
	job        bigint,        -- whose intent wrote it; NULL: none's
	PRIMARY KEY (object, resource),
	CHECK (object = CASE WHEN ve IS NULL THEN object
	                     WHEN enterprise IS NULL THEN 'db.' || ve
	                     ELSE ve || '.' || enterprise END)
);
CREATE INDEX ON reservation (ve);
CREATE INDEX ON reservation (resource) INCLUDE (amount);

CREATE FUNCTION quota_scopes(of_ve text, of_enterprise text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
	SELECT scope
	FROM unnest(ARRAY['asp', 've/' || of_ve, 've/' || of_ve || '/' || of_enterprise]) AS scope
	WHERE scope IS NOT NULL
$$;

-- Every scope that has a limit or uses something.
CREATE VIEW quota_use AS
SELECT scope, resource, limit_value, coalesce(used, 0) AS used
FROM quota FULL JOIN (
	SELECT scope, resource, sum(amount)::bigint AS used
	FROM reservation, quota_scopes(ve, enterprise) AS scope
	GROUP BY scope, resource
) held USING (scope, resource);

-- The same of one scope, by its index.
CREATE FUNCTION quota_used(of_scope text, of_resource text) RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT coalesce(sum(amount), 0)::bigint FROM (
		SELECT amount FROM reservation
		WHERE of_scope = 'asp' AND resource = of_resource
		UNION ALL
		SELECT amount FROM reservation
		WHERE ve = split_part(of_scope, '/', 2) AND resource = of_resource
		AND split_part(of_scope, '/', 3) IN ('', enterprise)
	) held
$$;

-- Rows of [{"object", "enterprise", "vcpus", "memory_mib", "disk_gib", "domains",
-- "connections"}]; what is not there is 0.
CREATE FUNCTION quota_rows(wanted jsonb)
RETURNS TABLE (object text, enterprise text, resource text, amount bigint)
LANGUAGE sql IMMUTABLE AS $$
	SELECT w.object, w.enterprise, r.resource, r.amount
	FROM jsonb_to_recordset(wanted) AS w (object text, enterprise text,
		vcpus bigint, memory_mib bigint, disk_gib bigint, domains bigint, connections bigint),
	LATERAL (VALUES
		('vcpus', w.vcpus),
		('memory_mib', w.memory_mib),
		('disk_gib', w.disk_gib),
		('domains', w.domains),
		('connections', w.connections)
	) AS r (resource, amount)
	WHERE r.amount > 0
$$;

-- What a VE (NULL: the platform) would hold more than now, in each scope.
CREATE FUNCTION quota_growth(of_ve text, wanted jsonb)
RETURNS TABLE (scope text, resource text, asked bigint)
LANGUAGE sql STABLE AS $$
	SELECT scope, w.resource, sum(w.amount - coalesce(r.amount, 0))::bigint
	FROM quota_rows(wanted) AS w
	LEFT JOIN reservation AS r USING (object, resource),
	quota_scopes(of_ve, w.enterprise) AS scope
	WHERE w.amount > coalesce(r.amount, 0)
	GROUP BY scope, w.resource
$$;

-- The limits that would be passed. To ask takes no lock and keeps nothing.
CREATE FUNCTION quota_excess(of_ve text, wanted jsonb)
RETURNS TABLE (scope text, resource text, limit_value bigint, used bigint, asked bigint)
LANGUAGE sql STABLE AS $$
	SELECT q.scope, q.resource, q.limit_value, held.used, g.asked
	FROM quota_growth(of_ve, wanted) AS g
	JOIN quota AS q USING (scope, resource),
	LATERAL (SELECT quota_used(q.scope, q.resource) AS used) AS held
	WHERE held.used + g.asked > q.limit_value
	ORDER BY q.scope, q.resource
$$;

-- HN006, naming every limit that would be passed.
CREATE FUNCTION quota_check(of_ve text, wanted jsonb) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	excess text;
BEGIN
	SELECT string_agg(format('%s: %s: limit %s, used %s, asked %s more',
		scope, resource, limit_value, used, asked), '; ' ORDER BY scope, resource)
	INTO excess FROM quota_excess(of_ve, wanted);
	IF excess IS NOT NULL THEN
		RAISE EXCEPTION 'quota of %', excess USING ERRCODE = 'HN006';
	END IF;
END
$$;

-- The rows of one VE are the caller's until its transaction ends. Two names that
-- meet in one number only wait for each other.
CREATE FUNCTION quota_own(of_ve text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'reservations need READ COMMITTED';
	END IF;
	PERFORM pg_advisory_xact_lock(hashtext('hanse.quota'), hashtext(coalesce(of_ve, '')));
END
$$;

-- So are the limits of the scopes that would grow.
CREATE FUNCTION quota_lock(of_ve text, wanted jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	LOCK TABLE quota IN ROW SHARE MODE;
	PERFORM FROM quota WHERE (scope, resource) IN
		(SELECT scope, resource FROM quota_growth(of_ve, wanted))
	ORDER BY scope, resource FOR UPDATE;
END
$$;

-- As of the transaction, which says whose it is.
CREATE FUNCTION quota_job() RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT nullif(current_setting('hanse.job', true), '')::bigint
$$;

-- Before a job: what it will need, in the transaction of its intent. All or, with
-- HN006, nothing. What is no more than before always succeeds. The platform's objects
-- are in every VE's way: where they are held already, nobody waits for anybody.
CREATE FUNCTION quota_reserve(of_ve text, wanted jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF of_ve IS NULL AND NOT EXISTS (SELECT FROM quota_growth(of_ve, wanted)) THEN
		RETURN;
	END IF;
	PERFORM quota_own(of_ve);
	PERFORM quota_lock(of_ve, wanted);
	PERFORM quota_check(of_ve, wanted);
	INSERT INTO reservation (object, ve, enterprise, resource, amount, job)
	SELECT object, of_ve, w.enterprise, resource, w.amount, quota_job()
	FROM quota_rows(wanted) AS w LEFT JOIN reservation AS r USING (object, resource)
	WHERE w.amount > coalesce(r.amount, 0)
	ON CONFLICT (object, resource) DO UPDATE SET amount = excluded.amount, job = excluded.job;
END
$$;

-- After a job: what there is now, no more and no less. Refuses nothing.
CREATE FUNCTION quota_settle(of_ve text, wanted jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM quota_own(of_ve);
	DELETE FROM reservation AS r WHERE r.ve IS NOT DISTINCT FROM of_ve
	AND NOT EXISTS (SELECT FROM quota_rows(wanted) AS w
		WHERE w.object = r.object AND w.resource = r.resource);
	INSERT INTO reservation (object, ve, enterprise, resource, amount, job)
	SELECT object, of_ve, w.enterprise, resource, w.amount, quota_job()
	FROM quota_rows(wanted) AS w LEFT JOIN reservation AS r USING (object, resource)
	WHERE w.amount IS DISTINCT FROM r.amount
	ON CONFLICT (object, resource) DO UPDATE SET amount = excluded.amount, job = excluded.job;
END
$$;

-- NULL as the limit removes it; NULL as the resource stands for all of them. A limit may be
-- below what is used: then nothing grows until enough is given back.
CREATE FUNCTION quota_set(of_scope text, of_resource text, of_limit bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	LOCK TABLE quota IN EXCLUSIVE MODE;
	DELETE FROM quota WHERE scope = of_scope AND coalesce(resource = of_resource, true);
	INSERT INTO quota (scope, resource, limit_value)
	SELECT of_scope, of_resource, of_limit WHERE of_limit IS NOT NULL;
END
$$;
