-- $1 name
DELETE FROM made_schema WHERE name = $1
