-- $1 source, $2 readings
SELECT meter_take($1, $2::jsonb)
