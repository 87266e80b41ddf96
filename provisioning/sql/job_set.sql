-- Whose intent the rows of this transaction are: $1 job_id
SELECT set_config('hanse.job', $1, true)
