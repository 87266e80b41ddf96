-- What is not seen any more. $1 what was seen, $2 what was not looked at:
-- [{"kind","name"}], $3 virtual enterprises that were not: ["ve"], $4 whether
-- things of the platform were left out. Columns: kind, name, drift, ve, state.
UPDATE drift d SET ended_at = now(), state = CASE WHEN job_id IS NULL THEN 'gone' ELSE 'repaired' END
WHERE ended_at IS NULL
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($1::jsonb) AS s (kind text, name text, drift text)
                  WHERE s.kind = d.kind AND s.name = d.name AND s.drift = d.drift)
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS u (kind text, name text) WHERE u.kind = d.kind AND u.name = d.name)
  AND (d.ve IS NULL AND NOT $4::boolean OR d.ve IS NOT NULL AND NOT $3::jsonb ? d.ve)
RETURNING kind, name, drift, ve, state
