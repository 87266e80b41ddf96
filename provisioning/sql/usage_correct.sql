-- $1 object, $2 meter, $3 state, $4 when, $5 how much, $6 why
SELECT meter_correct($1, $2, $3, CASE WHEN $4::text IS NULL THEN meter_now() ELSE meter_when('from', $4) END, $5::numeric, $6)
