-- $1 event, $2 ve, $3 subject, $4 detail
INSERT INTO event (event, ve, subject, detail) VALUES ($1, $2, $3, $4)
