-- 07_session.sql - sessions of people: found by the hash, ended by time, by hand, and never by the neighbour.
BEGIN;
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.open(who text, token text, login text, idle int DEFAULT 600, absolute int DEFAULT 3600) RETURNS text LANGUAGE sql AS $$
	SELECT t.try(who, format('SELECT api.session_open(%L, %L, %L, %L, %L, %L, %s, %s)', '\x' || repeat(token, 32), login, '李伟', '{seller,admin}', 'zh', 'Mozilla', idle, absolute)) $$;
CREATE FUNCTION pg_temp.get(who text, token text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r ->> 'x', ' ') FROM t.rows(who, format('SELECT concat_ws('':'', login, display_name, roles, language) AS x FROM api.session_get(%L)', '\x' || repeat(token, 32))) r $$;
SELECT is(pg_temp.open('alpha.dealer', '11', 'li.wei'), 'ok', 'opened');
SELECT is(pg_temp.get('alpha.dealer', '11'), 'li.wei:李伟:{seller,admin}:zh', 'found by its token');
SELECT is(pg_temp.get('alpha.dealer', '12'), NULL, 'not by another');
SELECT is(pg_temp.get(who, '11'), NULL, 'not by ' || who) FROM unnest(ARRAY['alpha.oem', 'beta.dealer']) who;
SELECT is(t.ask(who, format('api.session_close(%L)', '\x' || repeat('11', 32))), 'false', 'not ended by ' || who) FROM unnest(ARRAY['alpha.oem', 'beta.dealer']) who;
SELECT is(t.ask('alpha.oem', 'api.session_close_all(''li.wei'')'), '0', 'nor all of a name');
SELECT is(pg_temp.open('alpha.dealer', '11', 'li.wei'), '23505', 'a token is used once');
SELECT is(t.try('alpha.dealer', 'SELECT api.session_open(''\x11'', ''a'', ''a'', ''{}'', '''', '''', 9, 9)'), '23514', 'a short hash is refused');
SELECT is(t.try('alpha.dealer', 'SELECT token_hash FROM api.session'), '42703', 'the hash is not shown');
SELECT is(t.ask('alpha.dealer', format('api.session_language(%L, ''de'')', '\x' || repeat('11', 32))), 'true', 'another language');
SELECT is(pg_temp.get('alpha.dealer', '11'), 'li.wei:李伟:{seller,admin}:de', 'is kept');
SELECT is(pg_temp.open('alpha.dealer', '21', 'li.wei', 600, 0), 'ok', 'one whose time is over');
SELECT is(pg_temp.get('alpha.dealer', '21'), NULL, 'is not found');
SELECT is(pg_temp.open('alpha.dealer', '22', 'li.wei', 1), 'ok', 'one that idles');
SELECT pg_sleep(1.1) IS NULL AS slept \gset
SELECT is(pg_temp.get('alpha.dealer', '22'), NULL, 'is not found after its idle time');
SELECT is(pg_temp.open('alpha.dealer', '23', 'li.wei', 2), 'ok', 'one that is used');
SELECT pg_sleep(1.1) IS NULL AS slept \gset
SELECT is(pg_temp.get('alpha.dealer', '23'), 'li.wei:李伟:{seller,admin}:zh', 'lives on');
SELECT pg_sleep(1.1) IS NULL AS slept \gset
SELECT is(pg_temp.get('alpha.dealer', '23'), 'li.wei:李伟:{seller,admin}:zh', 'as long as it is used');
SELECT is(pg_temp.open('alpha.dealer', '31', 'chen.jing'), 'ok', 'a colleague''s');
SELECT is(t.ask('alpha.postgres', 'SELECT count(*) FROM hanse.session WHERE db_role = ''alpha.dealer'' AND token_hash IN (''\x'' || repeat(''21'', 32)::bytea, ''\x'' || repeat(''22'', 32)::bytea)'), '0', 'opening sweeps up');
SELECT is(t.ask('alpha.dealer', 'SELECT count(*) FROM api.session WHERE login = ''li.wei'''), '2', 'two are listed');
SELECT is(t.ask('alpha.dealer', 'SELECT api.session_end(session_uid, ''chen.jing'') FROM api.session WHERE login = ''li.wei'' LIMIT 1'), 'false', 'one does not end another''s');
SELECT is(t.ask('alpha.dealer', 'SELECT api.session_end(session_uid, ''li.wei'') FROM api.session WHERE login = ''li.wei'' ORDER BY opened_at DESC LIMIT 1'), 'true', 'but one''s own');
SELECT is(t.ask('alpha.dealer', 'api.session_close_all(''li.wei'')'), '1', 'then the rest');
SELECT is(pg_temp.get('alpha.dealer', '11'), NULL, 'logged out');
SELECT is(t.ask('alpha.dealer', format('api.session_close(%L)', '\x' || repeat('31', 32))), 'true', 'closed by its token');
SELECT is(t.ask('alpha.dealer', format('api.session_close(%L)', '\x' || repeat('31', 32))), 'false', 'once');
SELECT * FROM finish();
COMMIT;
