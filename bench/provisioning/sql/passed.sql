-- Limits passed at this moment, added up without the ledger's own functions.
-- Columns: scope, resource, cap, used.
SELECT scope, c.resource, cap, used FROM bench_cap c JOIN (
	SELECT scope, resource, sum(amount) AS used FROM (
		SELECT 'asp' AS scope, resource, amount FROM reservation
		UNION ALL
		SELECT 've/' || ve, resource, amount FROM reservation
		UNION ALL
		SELECT 've/' || ve || '/' || enterprise, resource, amount FROM reservation
	) held GROUP BY scope, resource
) sums USING (scope, resource) WHERE used > cap
