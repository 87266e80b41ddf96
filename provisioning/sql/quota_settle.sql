-- $1 ve or NULL, $2 wanted
SELECT quota_settle($1, $2::jsonb)
