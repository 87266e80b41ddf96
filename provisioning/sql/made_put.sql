-- $1 kind, $2 name, $3 marks
INSERT INTO made (kind, name, marks) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (kind, name) DO UPDATE SET marks = excluded.marks, at = now()
