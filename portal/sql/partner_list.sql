-- $1 the partner's role (seller, buyer), NULL any
SELECT enterprise_id, legal_name, partner_role, active, item_count, open_orders
  FROM api.partner
 WHERE $1::text IS NULL OR partner_role = $1
 ORDER BY legal_name, partner_role
