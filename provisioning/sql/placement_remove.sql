-- $1 domain.
DELETE FROM placement WHERE domain = $1
