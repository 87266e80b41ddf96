-- $1 name. Columns: key, value, make.
SELECT key, value, make FROM made_schema WHERE name = $1 ORDER BY rank, key
