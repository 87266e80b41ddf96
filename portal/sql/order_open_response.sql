-- $1 order uid -> the proposal or change that waits for an answer, a row a line
SELECT r.message, r.response_code, r.by_party, r.enterprise_id, r.person, r.note AS response_note, r.at,
       l.line_no, l.part, l.action_code, l.buyers_item_id, l.sellers_item_id, l.description, l.unit,
       l.quantity, l.price, COALESCE(l.promised_date, l.requested_date) AS date, l.note,
       l.before_quantity, l.before_price, l.before_date,
       l.quantity_changed, l.price_changed, l.date_changed
  FROM api.order_response r
  JOIN api.order_response_line l ON l.order_uid = r.order_uid AND l.response_no = r.response_no
 WHERE r.order_uid = $1::uuid AND r.open
 ORDER BY l.line_no, l.part
