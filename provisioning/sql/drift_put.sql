-- $1 what was seen: [{"kind","name","drift","ve","severity","detail"}]. An event
-- tells of each that is new. Columns: kind, name, drift of those.
WITH seen AS (
	SELECT * FROM jsonb_to_recordset($1::jsonb) AS s (kind text, name text, drift text, ve text, severity text, detail text)
), put AS (
	INSERT INTO drift (kind, name, drift, ve, severity, detail) SELECT kind, name, drift, ve, severity, detail FROM seen
	ON CONFLICT (kind, name, drift) WHERE ended_at IS NULL DO UPDATE SET last_seen = now(), detail = excluded.detail
	RETURNING kind, name, drift, ve, detail, xmax = 0 AS is_new
), told AS (
	INSERT INTO event (event, ve, subject, detail)
	SELECT 'drift.seen', ve, kind || ' ' || name, drift || CASE WHEN detail = '' THEN '' ELSE ': ' || detail END
	FROM put WHERE is_new
)
SELECT kind, name, drift FROM put WHERE is_new
