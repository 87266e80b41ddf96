-- $1 order uid, $2 actor, $3 lines, $4 note, $5 requested date, $6 revision
SELECT api.order_update($1::uuid, $2, $3::jsonb, $4, $5::date, $6::int) AS revision
