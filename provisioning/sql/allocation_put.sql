-- The number of a key: the one it has, or the smallest free one from $3 up to
-- $4. $1 kind, $2 key. Columns: value; no row if none is free.
WITH old AS (
	SELECT value FROM allocation WHERE kind = $1 AND key = $2
), new AS (
	INSERT INTO allocation (kind, key, value)
	SELECT $1, $2, n FROM generate_series($3::integer, $4::integer) n
	WHERE NOT EXISTS (SELECT FROM old)
	  AND NOT EXISTS (SELECT FROM allocation WHERE kind = $1 AND value = n)
	ORDER BY n LIMIT 1
	RETURNING value
)
SELECT value FROM old UNION ALL SELECT value FROM new
