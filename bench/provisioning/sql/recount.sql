-- Rows in which the ledger is not what the specs say. Columns: object, resource, ledger,
-- specs.
WITH wanted AS (
	SELECT CASE key WHEN 'db' THEN 'db.' || ve ELSE ve || '.' || key END AS object,
		resource, amount::bigint
	FROM bench_spec, jsonb_each(spec) AS member (key, value),
		jsonb_each_text(value || '{"domains": 1}') AS held (resource, amount)
	UNION ALL
	SELECT 'db.shared', resource, amount
	FROM (VALUES ('vcpus', 2), ('memory_mib', 512), ('disk_gib', 8), ('domains', 1)) AS ours (resource, amount)
)
SELECT object, resource, r.amount AS ledger, w.amount AS specs
FROM reservation r FULL JOIN wanted w USING (object, resource)
WHERE r.amount IS DISTINCT FROM w.amount
