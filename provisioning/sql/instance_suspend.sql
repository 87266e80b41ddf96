-- $1 enterprise, $2 whether it is
INSERT INTO instance (enterprise, suspended) VALUES ($1, $2::boolean)
ON CONFLICT (enterprise) DO UPDATE SET suspended = $2::boolean
