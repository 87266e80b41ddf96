-- $1 month -> the bills there would be, closed now
SELECT ve, enterprise, currency, amount, lines, unpriced FROM api.bill_preview($1::date)
