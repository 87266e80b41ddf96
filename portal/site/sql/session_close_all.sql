-- $1 login
SELECT api.session_close_all($1) AS done
