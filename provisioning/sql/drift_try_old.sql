DELETE FROM drift_try WHERE at < now() - interval '1 hour'
