-- $1 name.
DELETE FROM host WHERE name = $1
