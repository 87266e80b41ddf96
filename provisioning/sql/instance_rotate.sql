-- $1 enterprise
INSERT INTO instance (enterprise, credential) VALUES ($1, 2)
ON CONFLICT (enterprise) DO UPDATE SET credential = instance.credential + 1
