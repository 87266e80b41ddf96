-- $1 month. Columns: is_kept, is_reproduced.
SELECT is_kept, is_reproduced FROM bill_verify((meter_when('month', $1) AT TIME ZONE 'UTC')::date)
