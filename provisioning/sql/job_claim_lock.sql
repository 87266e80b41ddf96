-- Claims are one at a time.
SELECT pg_advisory_xact_lock(721001)
