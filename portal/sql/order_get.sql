-- $1 order uid
SELECT order_uid, id, buyer_id, seller_id, partner_id, partner_name, my_party, state, issue_date,
       requested_date, currency, total_amount, line_count, sequence_number, version_in_force,
       revision, note, sales_order_id, awaits_me, awaits, terminal, created_at
  FROM api."order"
 WHERE order_uid = $1::uuid
