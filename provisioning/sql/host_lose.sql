-- $1 host: what was placed on it has no place any more.
DELETE FROM placement WHERE host = $1
