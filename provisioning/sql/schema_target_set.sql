-- $1 ve, $2 target
UPDATE ve SET schema_target = $2::integer WHERE ve = $1 AND schema_target IS DISTINCT FROM $2::integer
