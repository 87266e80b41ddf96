-- What is not seen any more: drift_put was not given it in this transaction, and
-- it was looked at. $1 what was not: [{"kind","name"}], $2 virtual enterprises
-- that were not: ["ve"], $3 whether things of the platform were left out. An
-- event tells of each. Columns: kind, name, drift, event.
WITH over AS (
	UPDATE drift d SET ended_at = now(), state = CASE WHEN job_id IS NULL THEN 'gone' ELSE 'repaired' END
	WHERE ended_at IS NULL AND last_seen <> now()
	  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($1::jsonb) AS u (kind text, name text) WHERE u.kind = d.kind AND u.name = d.name)
	  AND (d.ve IS NULL AND NOT $3::boolean OR d.ve IS NOT NULL AND NOT $2::jsonb ? d.ve)
	RETURNING kind, name, drift, ve, 'drift.' || state AS event
), told AS (
	INSERT INTO event (event, ve, subject, detail)
	SELECT event, ve, kind || ' ' || name, drift FROM over
)
SELECT kind, name, drift, event FROM over
