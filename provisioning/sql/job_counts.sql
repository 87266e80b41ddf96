-- Columns: running, failed (of the last day).
SELECT count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state IN ('failed', 'interrupted') AND started_at > now() - interval '1 day') AS failed
FROM job
