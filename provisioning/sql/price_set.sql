-- $1 meter, $2 state, $3 from (NULL: now), $4 amount (NULL: none from then on), $5 currency, $6 unit, $7 source
SELECT price_set($1, coalesce($2, ''), CASE WHEN $3::text IS NULL THEN meter_now() ELSE meter_when('from', $3) END, $4::numeric,
	$5, $6, $7)
