-- $1 search text, $2 state, $3 party, $4 partner, $5 page size, $6 offset; NULL
-- is any -> orders, newest first
SELECT order_uid, id, partner_name, my_party, state, requested_date, total_amount, currency,
       line_count, created_at, awaits_me, total_count
  FROM api.order_search($1, $2, $3, $4, $5::int, $6::int)
