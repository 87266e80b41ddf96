-- $1 server, $2 ve
DELETE FROM holding WHERE server = $1 AND ve = $2
