-- The price book, the newest of each first.
SELECT price_id, meter, state, valid_from, valid_to, is_now,
       valid_from > (now() AT TIME ZONE 'UTC')::date AS is_later, trim_scale(amount) AS amount, currency, unit, source
  FROM api.price
 ORDER BY meter COLLATE "C", state COLLATE "C", valid_from DESC
