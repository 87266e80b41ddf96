-- $1 job_id
SELECT job_restore($1::bigint)
