-- $1 scope or NULL, $2 whether what is below it, too. Without a scope: the platform,
-- each VE, and what else has a limit. Columns: scope, resource, limit_value, used, free.
SELECT scope, resource, limit_value, used, limit_value - used AS free
FROM quota_use
WHERE CASE WHEN $1::text IS NULL THEN limit_value IS NOT NULL OR scope NOT LIKE 've/%/%'
           ELSE scope = $1 OR ($2::boolean AND ($1 = 'asp' OR starts_with(scope, $1 || '/'))) END
ORDER BY string_to_array(scope, '/'),
	array_position(ARRAY['vcpus', 'memory_mib', 'disk_gib', 'domains', 'connections'], resource)
