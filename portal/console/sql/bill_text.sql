-- $1 month -> the text its fingerprint is of
SELECT api.bill_text($1::date) AS text
