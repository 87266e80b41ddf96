-- $1 ve or NULL, $2 wanted
SELECT quota_reserve($1, $2::jsonb)
