-- Columns: queued, running, failed (of the last day), broken.
SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
       count(*) FILTER (WHERE state IN ('running', 'undoing')) AS running,
       count(*) FILTER (WHERE state = 'failed' AND queued_at > now() - interval '1 day') AS failed,
       count(*) FILTER (WHERE state = 'broken') AS broken
FROM job
