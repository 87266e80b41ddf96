-- One daemon at a time delivers, or the order were lost. Held until the
-- connection ends. Column: got.
SELECT pg_try_advisory_lock('webhook'::regclass::oid::bigint)::text AS got
