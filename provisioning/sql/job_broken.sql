-- Jobs whose rest is tried again: broken for so long, and nobody else at work
-- on the same things. $1 seconds. Columns: job_id, undo.
SELECT j.job_id, j.undo::text AS undo FROM job j
WHERE j.state = 'broken' AND j.ended_at < now() - make_interval(secs => $1::integer * least(j.tries, 10))
ORDER BY j.job_id
