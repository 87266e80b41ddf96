-- $1 login, $2 meter, $3 state ('' for all), $4 first day, $5 first day without it or NULL, $6 amount, $7 currency,
-- $8 unit, $9 source, $10 whether the one before ends
SELECT api.price_add($1, $2, $3, $4::date, $5::date, $6::numeric, $7, $8, $9, $10::boolean) AS done
