-- $1 month -> its bills
SELECT ve, enterprise, currency, amount, lines
  FROM api.bill
 WHERE month = $1::date
 ORDER BY ve COLLATE "C", enterprise COLLATE "C"
