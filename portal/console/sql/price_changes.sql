-- What was done to the price book, the last first.
SELECT change_id, at, what, meter, state, valid_from, valid_to, trim_scale(amount) AS amount, currency, unit, source
  FROM api.price_change
 ORDER BY change_id DESC
 LIMIT 100
