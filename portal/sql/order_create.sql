-- $1 actor, $2 seller, $3 lines, $4 note, $5 requested date, $6 idempotency key
SELECT api.order_create(actor => $1, seller_id => $2, lines => $3::jsonb, note => $4,
       requested_date => $5::date, idempotency_key => $6) AS order_uid
