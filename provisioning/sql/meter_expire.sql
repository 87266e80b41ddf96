-- $1 days
SELECT meter_expire($1::integer)
