-- $1 month. Columns: cents, currency, sha256.
SELECT cents, coalesce(currency, '') AS currency, sha256 FROM bill_close WHERE month = (meter_when('month', $1) AT TIME ZONE 'UTC')::date
