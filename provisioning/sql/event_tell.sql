-- $1 event, $2 ve, $3 subject, $4 detail, $5 job_id, $6 data
INSERT INTO event (event, ve, subject, detail, job_id, data) VALUES ($1, $2, $3, $4, $5::bigint, $6::jsonb)
