-- The enterprise's own bills, the newest first. -> month, currency, amount, closed_at, sha256
SELECT month, currency, amount, closed_at, sha256
  FROM api.bill
 ORDER BY month DESC
