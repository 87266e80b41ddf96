-- What people change behind our back: what we made (to compare with), what was
-- found changed, and how often a domain was restarted by itself.

-- What a thing was like right after we made it: digests of its definition.
CREATE TABLE made (
	kind  text NOT NULL,
	name  text NOT NULL,
	marks jsonb NOT NULL,
	at    timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (kind, name)
);

-- The parts of a VE's database whose change matters, as the migrations left
-- them, and the statements that bring each back.
CREATE TABLE made_schema (
	name  text NOT NULL,      -- of the database
	key   text NOT NULL,      -- e.g. 'policy own_orders on hanse.purchase_order'
	value text NOT NULL,
	rank  integer NOT NULL,   -- order of making
	make  text,               -- NULL: cannot be made again
	PRIMARY KEY (name, key)
);

CREATE TABLE drift (
	drift_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind       text NOT NULL,
	name       text NOT NULL,
	drift      text NOT NULL,  -- e.g. 'domain-stopped'; the table in drift.c
	ve         text,
	severity   text NOT NULL,
	detail     text NOT NULL,
	state      text NOT NULL DEFAULT 'open'
	           CHECK (state IN ('open', 'gave-up', 'repaired', 'adopted', 'gone')),
	first_seen timestamptz NOT NULL DEFAULT now(),
	last_seen  timestamptz NOT NULL DEFAULT now(),
	ended_at   timestamptz,
	job_id     bigint,         -- the last job that was to repair it
	CHECK ((state IN ('open', 'gave-up')) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX drift_open ON drift (kind, name, drift)
	WHERE ended_at IS NULL;

-- Each repair that was not asked for: for the back-off and the limit.
CREATE TABLE drift_try (
	kind text NOT NULL,
	name text NOT NULL,
	at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX drift_try_of ON drift_try (kind, name, at);
