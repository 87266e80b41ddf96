-- Jobs that survive their daemon: a queue, the locks of its jobs, what each job
-- is about to do before it does it, and what it must put back.

ALTER TABLE job DROP CONSTRAINT job_state_check;
UPDATE job SET state = 'failed' WHERE state IN ('running', 'interrupted');
ALTER TABLE job
	ALTER state SET DEFAULT 'queued',
	ALTER changes SET DEFAULT 0,
	ALTER started_at DROP NOT NULL,
	ALTER started_at DROP DEFAULT,
	ADD CONSTRAINT job_state_check CHECK (state IN
		('queued', 'running', 'undoing', 'done', 'failed', 'cancelled', 'broken')),
	ADD COLUMN args      jsonb NOT NULL DEFAULT '{}', -- the request
	ADD COLUMN key       text UNIQUE,                 -- of idempotency: the same key is the same job
	ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now(),
	ADD COLUMN tries     integer NOT NULL DEFAULT 0,
	ADD COLUMN intended  boolean NOT NULL DEFAULT false, -- what is wanted has been changed as it asks
	ADD COLUMN cancel    boolean NOT NULL DEFAULT false, -- somebody wants it undone
	ADD COLUMN undo      boolean NOT NULL DEFAULT false, -- what is left of it is to be undone
	ADD COLUMN code      text;                           -- of a failure, e.g. 'remote'
CREATE INDEX job_live ON job (job_id) WHERE state IN ('queued', 'running', 'undoing', 'broken');

-- A job holds its locks from the moment it is taken to its end; queued ones
-- stand in line with them. 'platform' > 've/X' > 've/X/E'.
CREATE TABLE job_lock (
	job_id    bigint NOT NULL REFERENCES job ON DELETE CASCADE,
	name      text NOT NULL,
	exclusive boolean NOT NULL,
	PRIMARY KEY (job_id, name)
);
CREATE INDEX job_lock_name ON job_lock (name);

-- The intent of a step stands here before the call that makes it so: what is
-- made, with its deterministic identity, and what was there.
ALTER TABLE step DROP CONSTRAINT step_state_check;
ALTER TABLE step
	ALTER state SET DEFAULT 'planned',
	ALTER started_at DROP NOT NULL,
	ALTER started_at DROP DEFAULT,
	ADD CONSTRAINT step_state_check CHECK (state IN
		('planned', 'running', 'done', 'failed', 'undoing', 'undone', 'kept')),
	ADD COLUMN round  integer NOT NULL DEFAULT 1,
	ADD COLUMN wanted jsonb, -- the object; null: it is to go
	ADD COLUMN actual jsonb; -- as it was observed; null: it was not there

-- What an intent has changed, as it was before: the rows of the tables below
-- whose trigger is job_note(). The first value of a row counts.
CREATE TABLE job_undo (
	job_id bigint NOT NULL REFERENCES job ON DELETE CASCADE,
	relation text NOT NULL,
	key      jsonb NOT NULL, -- the primary key's columns
	was      jsonb,          -- null: there was none
	PRIMARY KEY (job_id, relation, key)
);

ALTER TABLE event
	ADD COLUMN job_id bigint,
	ADD COLUMN data   jsonb; -- for programs: protocol.md's line
CREATE INDEX event_job ON event (job_id, event_id) WHERE job_id IS NOT NULL;

-- Arguments: the columns of the primary key.
CREATE FUNCTION job_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	job bigint := nullif(current_setting('hanse.job', true), '')::bigint;
	old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
	any_row jsonb := coalesce(old_row, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);
BEGIN
	IF job IS NOT NULL THEN
		INSERT INTO job_undo (job_id, relation, key, was)
		SELECT job, TG_TABLE_NAME, jsonb_object_agg(c, any_row -> c), old_row FROM unnest(TG_ARGV) c
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ve FOR EACH ROW EXECUTE FUNCTION job_note('ve');

-- Put back what a job's intent has changed.
CREATE FUNCTION job_restore(job bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	u job_undo;
	same text;
	sets text;
BEGIN
	PERFORM set_config('hanse.job', '', true);
	FOR u IN SELECT * FROM job_undo WHERE job_id = job LOOP
		SELECT string_agg(format('to_jsonb(t.%I) = $1 -> %L', k, k), ' AND ') INTO same FROM jsonb_object_keys(u.key) k;
		IF u.was IS NULL THEN
			EXECUTE format('DELETE FROM %I t WHERE %s', u.relation, same) USING u.key;
		ELSE
			SELECT string_agg(format('%I = excluded.%I', k, k), ', ') INTO sets FROM jsonb_object_keys(u.was) k;
			EXECUTE format('INSERT INTO %I SELECT * FROM jsonb_populate_record(NULL::%I, $1) ON CONFLICT (%s) DO UPDATE SET %s',
				u.relation, u.relation,
				(SELECT string_agg(quote_ident(k), ', ') FROM jsonb_object_keys(u.key) k), sets) USING u.was;
		END IF;
	END LOOP;
	DELETE FROM job_undo WHERE job_id = job;
END
$$;

CREATE FUNCTION job_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NOTIFY hanse_job;
	RETURN NULL;
END
$$;
CREATE TRIGGER notify AFTER INSERT OR UPDATE OF state ON job FOR EACH STATEMENT EXECUTE FUNCTION job_notify();
