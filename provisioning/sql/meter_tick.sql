-- $1 boot, $2 microseconds since then, $3 microseconds of the wall clock since 1970. Columns: hour.
SELECT floor(extract(epoch FROM meter_tick($1, $2::bigint, to_timestamp(0) + meter_us($3::bigint))) / 3600) AS hour
