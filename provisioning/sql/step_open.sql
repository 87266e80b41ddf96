-- What is left of the last round: $1 job_id. Columns as named.
SELECT step_no, action, kind, state, wanted, actual FROM step
WHERE job_id = $1::bigint AND round = (SELECT max(round) FROM step WHERE job_id = $1::bigint)
ORDER BY step_no
