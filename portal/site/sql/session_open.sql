-- $1 token hash, $2 login, $3 name, $4 roles as an array, $5 language,
-- $6 user agent, $7 idle seconds, $8 absolute seconds -> expires_at
SELECT api.session_open($1::bytea, $2, $3, $4::text[], $5, $6, $7::int, $8::int) AS expires_at
