-- $1 webhook_id, $2 the last event that is not for it
UPDATE webhook SET cursor = $2::bigint WHERE webhook_id = $1::bigint AND cursor < $2::bigint
