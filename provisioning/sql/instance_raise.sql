-- $1 enterprise
INSERT INTO instance (enterprise, generation) VALUES ($1, 2)
ON CONFLICT (enterprise) DO UPDATE SET generation = instance.generation + 1
