-- $1 month, $2 VE
INSERT INTO bill_published (month, ve) VALUES ($1::date, $2) ON CONFLICT DO NOTHING
