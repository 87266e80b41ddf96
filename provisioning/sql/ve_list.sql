-- Columns: ve, spec_text, generation, changed_at, schema_target (NULL: not known).
SELECT ve, spec_text, generation, to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS changed_at, schema_target FROM ve ORDER BY ve
