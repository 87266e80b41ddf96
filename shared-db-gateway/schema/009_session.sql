-- 009_session.sql - people's sessions at their enterprise's portal. Only the hash of a token is kept.

CREATE TABLE hanse.session (
	ve_id             hanse.label NOT NULL,
	enterprise_id     hanse.label NOT NULL,
	db_role           text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED,
	token_hash        bytea NOT NULL CHECK (octet_length(token_hash) BETWEEN 16 AND 64),
	session_uid       uuid NOT NULL DEFAULT gen_random_uuid(),
	login             text NOT NULL CHECK (length(login) BETWEEN 1 AND 128),
	display_name      text NOT NULL CHECK (length(display_name) <= 200),
	roles             text[] NOT NULL CHECK (cardinality(roles) <= 32),
	language          text NOT NULL CHECK (length(language) <= 16),
	user_agent        text NOT NULL,
	idle_seconds      int NOT NULL CHECK (idle_seconds BETWEEN 1 AND 31622400),
	opened_at         timestamptz NOT NULL DEFAULT now(),
	last_seen_at      timestamptz NOT NULL DEFAULT now(),
	expires_at        timestamptz NOT NULL,
	-- The enterprise leads: a hash that another enterprise uses is free here.
	PRIMARY KEY (ve_id, enterprise_id, token_hash),
	UNIQUE (ve_id, enterprise_id, session_uid),
	FOREIGN KEY (ve_id, enterprise_id) REFERENCES hanse.enterprise
);
CREATE INDEX session_role ON hanse.session (db_role, token_hash);

ALTER TABLE hanse.session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON hanse.session USING (db_role = session_user::text);
-- All but the hash: a session is found by it and never shows it.
GRANT SELECT (session_uid, login, display_name, roles, language, user_agent, idle_seconds, opened_at, last_seen_at, expires_at, db_role)
	ON hanse.session TO PUBLIC;

CREATE VIEW api.session WITH (security_invoker) AS
SELECT s.session_uid, s.login, s.display_name, s.roles, s.language, s.user_agent, s.opened_at, s.last_seen_at, s.expires_at
FROM hanse.session s
WHERE s.expires_at > now() AND s.last_seen_at + make_interval(secs => s.idle_seconds) > now();
GRANT SELECT ON api.session TO PUBLIC;

CREATE FUNCTION api.session_open(token_hash bytea, login text, display_name text, roles text[], language text,
	user_agent text, idle_seconds int, absolute_seconds int)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	me hanse.enterprise := hanse.me();
	ends timestamptz;
BEGIN
	-- Whoever comes in sweeps up after those who never logged out.
	DELETE FROM hanse.session s WHERE s.db_role = session_user::text
		AND (s.expires_at <= now() OR s.last_seen_at + make_interval(secs => s.idle_seconds) <= now());
	INSERT INTO hanse.session (ve_id, enterprise_id, token_hash, login, display_name, roles, language, user_agent, idle_seconds, expires_at)
	VALUES (me.ve_id, me.enterprise_id, session_open.token_hash, session_open.login, left(session_open.display_name, 200),
		coalesce(session_open.roles, '{}'), coalesce(session_open.language, ''), left(coalesce(session_open.user_agent, ''), 300),
		session_open.idle_seconds, now() + make_interval(secs => absolute_seconds))
	RETURNING expires_at INTO ends;
	RETURN ends;
END
$$;

-- The session of a token, if it still lives. Seen at most once a minute: a
-- page that only reads then writes nothing.
CREATE FUNCTION api.session_get(token_hash bytea)
RETURNS TABLE (session_uid uuid, login text, display_name text, roles text[], language text,
	opened_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	s hanse.session;
BEGIN
	SELECT * INTO s FROM hanse.session x
	WHERE x.db_role = session_user::text AND x.token_hash = session_get.token_hash AND x.expires_at > now()
	  AND x.last_seen_at + make_interval(secs => x.idle_seconds) > now();
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF s.last_seen_at < now() - make_interval(secs => least(60, s.idle_seconds / 4)) THEN
		UPDATE hanse.session x SET last_seen_at = now()
		WHERE x.db_role = session_user::text AND x.token_hash = session_get.token_hash;
		s.last_seen_at := now();
	END IF;
	RETURN QUERY SELECT s.session_uid, s.login, s.display_name, s.roles, s.language, s.opened_at, s.last_seen_at, s.expires_at;
END
$$;

CREATE FUNCTION api.session_language(token_hash bytea, language text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH changed AS (UPDATE hanse.session s SET language = session_language.language
		WHERE s.db_role = session_user::text AND s.token_hash = session_language.token_hash RETURNING 1)
	SELECT EXISTS (SELECT FROM changed)
$$;

CREATE FUNCTION api.session_close(token_hash bytea)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH gone AS (DELETE FROM hanse.session s
		WHERE s.db_role = session_user::text AND s.token_hash = session_close.token_hash RETURNING 1)
	SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION api.session_end(session_uid uuid, login text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH gone AS (DELETE FROM hanse.session s
		WHERE s.db_role = session_user::text AND s.session_uid = session_end.session_uid AND s.login = session_end.login RETURNING 1)
	SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION api.session_close_all(login text)
RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH gone AS (DELETE FROM hanse.session s WHERE s.db_role = session_user::text AND s.login = session_close_all.login RETURNING 1)
	SELECT count(*)::int FROM gone
$$;

GRANT EXECUTE ON FUNCTION api.session_open, api.session_get, api.session_language, api.session_close,
	api.session_end, api.session_close_all TO PUBLIC;
