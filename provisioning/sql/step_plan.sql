-- The intent of a round: $1 job_id, $2 steps as JSON [{"action","kind","name","wanted","actual"}]
INSERT INTO step (job_id, step_no, round, action, kind, name, wanted, actual)
SELECT $1::bigint, n + coalesce(max_no, 0), coalesce(max_round, 0) + 1, s ->> 'action', s ->> 'kind', s ->> 'name',
       nullif(s -> 'wanted', 'null'), nullif(s -> 'actual', 'null')
FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS t (s, n),
     (SELECT max(step_no) AS max_no, max(round) AS max_round FROM step WHERE job_id = $1::bigint) m
