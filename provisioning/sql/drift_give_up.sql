-- $1 kind, $2 name. Columns: drift, of what was open until now.
UPDATE drift SET state = 'gave-up' WHERE kind = $1 AND name = $2 AND state = 'open' RETURNING drift
