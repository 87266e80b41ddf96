-- Numbers are given and taken back one transaction at a time.
SELECT pg_advisory_xact_lock(721002)
