-- Whether something was metered of it: $1 object.
SELECT 1 WHERE EXISTS (SELECT FROM meter_interval WHERE object = $1) OR EXISTS (SELECT FROM meter_open WHERE object = $1)
	OR EXISTS (SELECT FROM meter_hour WHERE object = $1)
