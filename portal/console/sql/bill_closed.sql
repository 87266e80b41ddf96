-- The months that are closed, the newest first.
SELECT month, closed_at, currency, amount, lines, sha256, ves, published
  FROM api.bill_close
 ORDER BY month DESC
