-- $1 what was found. Columns: object, resource, reserved, found.
SELECT object, resource, coalesce(r.amount, 0) AS reserved, coalesce(f.amount, 0) AS found
FROM reservation AS r FULL JOIN quota_rows($1::jsonb) AS f USING (object, resource)
WHERE r.amount IS DISTINCT FROM f.amount
ORDER BY object, resource
