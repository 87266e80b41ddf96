-- $1 token hash
SELECT api.session_close($1::bytea) AS done
