-- $1 webhook_id. Columns: url, secret.
SELECT url, secret FROM webhook WHERE webhook_id = $1::bigint
