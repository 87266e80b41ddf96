-- Somebody looks after it now: it may try again. $1 kind, $2 name
DELETE FROM drift_try WHERE kind = $1 AND name = $2
