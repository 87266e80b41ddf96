-- $1 buyer, $2 seller; NULL is me -> what they trade
SELECT i.buyers_item_id, i.sellers_item_id, i.description, i.unit, i.price_amount, i.currency,
       i.pack_quantity, i.lead_time_days
  FROM api.item i, api.me m
 WHERE i.buyer_id = COALESCE($1::text, m.enterprise_id)
   AND i.seller_id = COALESCE($2::text, m.enterprise_id)
   AND i.active
 ORDER BY i.buyers_item_id
