-- $1 month, $2 VE or NULL, $3 enterprise or NULL -> lines
SELECT line_no, ve, enterprise, meter, state, late, trim_scale(quantity) AS quantity, unit, trim_scale(price) AS price, currency,
       valid_from, valid_to, amount
  FROM api.bill_line
 WHERE month = $1::date AND ($2::text IS NULL OR ve = $2) AND ($3::text IS NULL OR enterprise = $3)
 ORDER BY line_no
