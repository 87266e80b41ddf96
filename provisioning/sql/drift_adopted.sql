-- $1 kind, $2 name, $3 drift
UPDATE drift SET state = 'adopted', ended_at = now() WHERE kind = $1 AND name = $2 AND drift = $3 AND ended_at IS NULL
