-- $1 what was seen: [{"kind","name","drift","ve","severity","detail"}].
-- Columns: kind, name, drift, ve, severity, detail of those that are new.
WITH seen AS (
	SELECT * FROM jsonb_to_recordset($1::jsonb) AS s (kind text, name text, drift text, ve text, severity text, detail text)
), put AS (
	INSERT INTO drift (kind, name, drift, ve, severity, detail) SELECT kind, name, drift, ve, severity, detail FROM seen
	ON CONFLICT (kind, name, drift) WHERE ended_at IS NULL DO UPDATE SET last_seen = now(), detail = excluded.detail
	RETURNING kind, name, drift, ve, severity, detail, xmax = 0 AS is_new
)
SELECT kind, name, drift, ve, severity, detail FROM put WHERE is_new
