-- All my orders, newest first: order_list.sql without any filter, so that its
-- plan can be kept. $1 page size, $2 offset
SELECT order_uid, id, partner_name, my_party, state, requested_date, total_amount, currency,
       line_count, created_at, awaits_me,
       (SELECT count(*)::int FROM (SELECT FROM api."order" c
         ORDER BY c.created_at DESC, c.order_uid DESC LIMIT 1001) counted) AS total_count
  FROM api."order" o
 ORDER BY o.created_at DESC, o.order_uid DESC
 LIMIT $1::int OFFSET $2::int
