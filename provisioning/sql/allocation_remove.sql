-- $1 kind, $2 key
DELETE FROM allocation WHERE kind = $1 AND key = $2
