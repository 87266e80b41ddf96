-- As order_list.sql, in another order: $7 = number, partner, date, amount.
SELECT order_uid, id, partner_name, my_party, state, requested_date, total_amount, currency,
       line_count, created_at, awaits_me, (count(*) OVER ())::int AS total_count
  FROM api."order"
 WHERE ($1::text IS NULL OR search_text ILIKE '%' || replace(replace(replace($1, '\', '\\'), '%', '\%'), '_', '\_') || '%')
   AND ($2::text IS NULL OR state = $2 OR ($2 = 'open' AND NOT terminal) OR ($2 = 'awaiting' AND awaits_me))
   AND ($3::text IS NULL OR my_party = $3)
   AND ($4::text IS NULL OR partner_id = $4)
 ORDER BY CASE $7::text WHEN 'number' THEN id WHEN 'partner' THEN partner_name END,
          CASE WHEN $7 = 'date' THEN requested_date END,
          CASE WHEN $7 = 'amount' THEN total_amount END DESC,
          created_at DESC, order_uid DESC
 LIMIT $5::int OFFSET $6::int
