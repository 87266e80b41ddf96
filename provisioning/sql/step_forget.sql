-- What a job had planned and not done is planned anew when it is tried again:
-- others may have been at work since. What is to be undone stays. $1 job_id
UPDATE step SET state = 'kept'
FROM job WHERE job.job_id = $1::bigint AND step.job_id = job.job_id AND NOT job.undo
  AND step.state IN ('planned', 'running', 'failed')
