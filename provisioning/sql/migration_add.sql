-- $1 number, $2 name
INSERT INTO migration (number, name) VALUES ($1::integer, $2)
