-- $1 login -> its open sessions
SELECT session_uid, COALESCE(user_agent, '') AS user_agent, opened_at, last_seen_at
  FROM api.session
 WHERE login = $1
 ORDER BY last_seen_at DESC
