-- $1 source, $2 readings, $3 when they were asked for and $4 told (microseconds), $5 whether they are of one thing
SELECT meter_take($1, $2::jsonb, $3::bigint, $4::bigint, $5::boolean)
