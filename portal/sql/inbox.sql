-- Orders in which it is my turn, those that wait longest first.
-- $1: whether to show what buyers do, $2: what sellers do
SELECT order_uid, id, partner_name, my_party, state, total_amount, currency, updated_at,
       array_to_string(actions, ' ') AS actions
  FROM api.inbox
 WHERE (my_party = 'buyer' AND $1::boolean) OR (my_party = 'seller' AND $2::boolean)
 ORDER BY updated_at, id
 LIMIT 200
