-- $1 limit or NULL
SELECT quota_set('ve/v0', 'vcpus', $1::bigint)
