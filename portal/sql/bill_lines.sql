-- $1 month, its first day -> what the bill of it is made of
SELECT line_no, meter, state, late, trim_scale(quantity) AS quantity, unit, trim_scale(price) AS price,
       (valid_from AT TIME ZONE 'UTC')::date AS valid_from, (valid_to AT TIME ZONE 'UTC')::date AS valid_to, amount
  FROM api.bill_line
 WHERE month = $1::date
 ORDER BY line_no
