-- $1 session uid, $2 the login whose own it must be
SELECT api.session_end($1::uuid, $2) AS done
