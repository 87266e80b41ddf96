-- $1 token hash, $2 the site and the request's id, which becomes the connection's
-- application_name in the same statement -> the session, or no row.
SELECT s.session_uid, s.login, s.display_name, array_to_string(s.roles, ' ') AS roles, s.language,
       set_config('application_name', $2::text, false) AS request
  FROM api.session_get($1::bytea) s
