-- $1 job_id. Columns as named.
SELECT job_id, command, ve, state, args, cancel::text AS cancel, undo::text AS undo, intended::text AS intended, tries, message, code FROM job WHERE job_id = $1::bigint
