-- $1 name, $2 state.
UPDATE host SET state = $2 WHERE name = $1
