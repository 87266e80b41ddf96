-- $1 order uid, $2 actor, $3 revision
SELECT api.order_delete_draft($1::uuid, $2, $3::int) AS done
