-- $1 order uid, $2 action, $3 actor, $4 revision, $5 reason, $6 lines,
-- $7 the seller's own number -> the new state
SELECT api.order_act($1::uuid, $2, $3, $4::int, $5, $6::jsonb, $7) AS state
