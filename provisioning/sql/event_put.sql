-- $1 event, $2 ve, $3 subject, $4 detail, $5 data (JSON) or NULL
INSERT INTO event (event, ve, subject, detail, data) VALUES ($1, $2, $3, $4, $5::jsonb)
