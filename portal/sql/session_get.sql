-- $1 token hash, $2 request id -> the session, or no row. The request's id
-- becomes the connection's application_name in the same statement.
SELECT s.session_uid, s.login, s.display_name, array_to_string(s.roles, ' ') AS roles, s.language,
       set_config('application_name', 'portal ' || $2::text, false) AS request
  FROM api.session_get($1::bytea) s
