-- $1 scope, $2 resource or NULL (all), $3 limit or NULL (none)
SELECT quota_set($1, $2, $3::bigint)
