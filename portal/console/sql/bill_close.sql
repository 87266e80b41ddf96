-- $1 login, $2 month
SELECT api.bill_close($1, $2::date) AS done
