-- $1 token hash, $2 language
SELECT api.session_language($1::bytea, $2) AS done
