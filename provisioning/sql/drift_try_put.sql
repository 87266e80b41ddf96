-- $1 kind, $2 name
INSERT INTO drift_try (kind, name) VALUES ($1, $2)
