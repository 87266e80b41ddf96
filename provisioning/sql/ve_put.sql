-- $1 ve, $2 spec_text
INSERT INTO ve (ve, spec_text) VALUES ($1, $2)
ON CONFLICT (ve) DO UPDATE SET spec_text = excluded.spec_text, generation = ve.generation + 1, changed_at = now()
WHERE ve.spec_text <> excluded.spec_text
