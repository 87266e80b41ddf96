-- $1 month
SELECT bill_close_month((meter_when('month', $1) AT TIME ZONE 'UTC')::date)
