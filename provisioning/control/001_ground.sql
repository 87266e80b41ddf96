-- The control plane: what should be, what was done, what happened.

CREATE TABLE ve (
	ve         text PRIMARY KEY,
	spec_text  text NOT NULL,                -- as the operator wrote it
	generation integer NOT NULL DEFAULT 1,   -- one more with each change
	changed_at timestamptz NOT NULL DEFAULT now()
);

-- Numbers given away: kind 'network' (key VE), 'host:VE' (key enterprise),
-- 'idmap' (key domain).
CREATE TABLE allocation (
	kind  text NOT NULL,
	key   text NOT NULL,
	value integer NOT NULL,
	PRIMARY KEY (kind, key),
	UNIQUE (kind, value)
);

CREATE TABLE job (
	job_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	command    text NOT NULL,
	ve         text,
	state      text NOT NULL DEFAULT 'running'
	           CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
	changes    integer NOT NULL,
	started_at timestamptz NOT NULL DEFAULT now(),
	ended_at   timestamptz,
	message    text
);

CREATE TABLE step (
	job_id     bigint NOT NULL REFERENCES job,
	step_no    integer NOT NULL,
	action     text NOT NULL,
	kind       text NOT NULL,
	name       text NOT NULL,
	state      text NOT NULL DEFAULT 'running'
	           CHECK (state IN ('running', 'done', 'failed', 'undone')),
	started_at timestamptz NOT NULL DEFAULT now(),
	ended_at   timestamptz,
	message    text,
	PRIMARY KEY (job_id, step_no)
);

CREATE TABLE event (
	event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at       timestamptz NOT NULL DEFAULT now(),
	event    text NOT NULL,   -- e.g. job.done, step.failed, password.set
	ve       text,
	subject  text,
	detail   text
);

CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'events are append-only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
	FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only();
