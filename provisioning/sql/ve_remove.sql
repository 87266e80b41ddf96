-- $1 ve
DELETE FROM ve WHERE ve = $1
