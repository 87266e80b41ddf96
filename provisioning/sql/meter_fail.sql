-- $1 source, $2 why
SELECT meter_fail($1, $2)
