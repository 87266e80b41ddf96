-- $1 order uid -> lines; schedule is the confirmed split as "quantity date;..."
SELECT l.line_no, l.buyers_item_id, l.sellers_item_id, l.description, l.unit, l.quantity, l.price,
       l.requested_date, l.confirmed_quantity, l.confirmed_price, l.confirmed_date, l.line_amount, l.status, l.note,
       (SELECT string_agg(s.quantity || ' ' || s.promised_date, ';' ORDER BY s.part)
          FROM api.order_line_schedule s
         WHERE s.order_uid = l.order_uid AND s.line_no = l.line_no) AS schedule
  FROM api.order_line l
 WHERE l.order_uid = $1::uuid
 ORDER BY l.line_no
