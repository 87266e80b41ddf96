-- 11_bill.sql - a bill is published once, by provisioning, and read by the enterprise it is for and nobody else.
-- VE beta is used; what is published stays there.
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.bill(of text, month text, change jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT format('admin.publish_bill(%L)', jsonb_build_object('enterprise', of, 'month', month, 'currency', 'EUR', 'cents', 1235,
		'closed_at', '2026-11-01T00:05:00Z', 'sha256', repeat('ab', 32), 'lines', jsonb_build_array(
			jsonb_build_object('line_no', 7, 'meter', 'vcpus', 'state', 'running', 'late', false, 'quantity', '2678400000000', 'unit', 'vCPU-h',
				'divisor', '3600000000', 'price', '0.0157', 'valid_from', '2026-01-01T00:00:00Z', 'valid_to', NULL, 'cents', 1168),
			jsonb_build_object('line_no', 9, 'meter', 'requests', 'state', '', 'late', true, 'quantity', '12345678', 'unit', 'million',
				'divisor', '1000000', 'price', NULL, 'valid_from', NULL, 'valid_to', NULL, 'cents', 67))) || change)
$$;
CREATE FUNCTION pg_temp.seen(who text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r ->> 'x', ' ') FROM t.rows(who, 'SELECT concat_ws(''|'', month, currency, amount, lines) AS x FROM api.bill ORDER BY month') r $$;
CREATE FUNCTION pg_temp.admin(call text) RETURNS text LANGUAGE sql AS $$ SELECT t.ask('beta.hanse_provisioner', call) $$;
CREATE FUNCTION pg_temp.refused(call text) RETURNS text LANGUAGE sql AS $$ SELECT t.field('beta.hanse_provisioner', 'SELECT ' || call) $$;

-- Publishing.
SELECT is(pg_temp.admin(pg_temp.bill('oem', '2026-10-01')), 'true', 'a bill is published');
SELECT is(pg_temp.admin(pg_temp.bill('oem', '2026-10-01')), 'false', 'once more the same: nothing happens');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-10-01', jsonb_build_object('sha256', repeat('cd', 32)))), 'HN004 month', 'another close of the month is refused');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-10-01', jsonb_build_object('lines', '[{"line_no": 7, "meter": "vcpus", "state": "running", "late": false,
	"quantity": "1", "unit": "vCPU-h", "divisor": "1", "cents": 1235}]'::jsonb))), 'HN004 month', 'nor are its lines changed');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-11-01', '{"cents": 1236}')), 'HN003 cents', 'the lines add up');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-11-02')), 'HN003 bill', 'a month begins on its first');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-11-01', '{"currency": "euro"}')), 'HN003 bill', 'a currency is three letters');
SELECT is(pg_temp.refused(pg_temp.bill('oem', '2026-11-01', '{"sha256": null}')), 'HN003 bill', 'a bill without the digest of its month');
SELECT is(pg_temp.refused(pg_temp.bill('nobody', '2026-10-01')), 'HN001 enterprise', 'nobody''s bill');
SELECT is(pg_temp.admin(pg_temp.bill('oem', '2026-09-01', '{"cents": 0, "currency": null, "lines": []}')), 'true', 'a month in which nothing had a price');
SELECT is(pg_temp.admin(pg_temp.bill('dealer', '2026-10-01')), 'true', 'another enterprise''s of the same month');

-- Reading.
SELECT is(pg_temp.seen('beta.oem'), '2026-09-01|0.00|0 2026-10-01|EUR|12.35|2', 'it is read by whom it is for');
SELECT is(pg_temp.seen('beta.dealer'), '2026-10-01|EUR|12.35|2', 'and the other''s by the other');
SELECT is(pg_temp.seen(who), NULL, 'nothing is seen by ' || who) FROM unnest(ARRAY['beta.tier-a', 'beta.foundry', 'alpha.oem', 'alpha.dealer']) who;
SELECT is((SELECT string_agg(r ->> 'x', ' ') FROM t.rows('beta.oem', 'SELECT concat_ws(''|'', line_no, meter, state, late, quantity, unit, price, amount) AS x FROM api.bill_line ORDER BY line_no') r),
	'7|vcpus|running|f|744.000000|vCPU-h|0.0157|11.68 9|requests||t|12.345678|million|0.67', 'with what it is made of');
SELECT is((SELECT count(*) FROM t.rows('beta.tier-a', 'SELECT * FROM api.bill_line'))::int, 0, 'which nobody else sees');
SELECT is(t.try('beta.tier-a', 'SELECT * FROM hanse.bill'), '42501', 'the table is nobody''s');

-- Writing is provisioning's.
SELECT is(t.try('beta.oem', 'SELECT ' || pg_temp.bill('oem', '2026-08-01')), '42501', 'a member publishes no bill');
SELECT is(t.try('beta.oem', statement), '42501', 'a member: ' || statement) FROM unnest(ARRAY['UPDATE api.bill SET sha256 = ''''', 'DELETE FROM api.bill',
	'UPDATE hanse.bill SET cents = 0', 'DELETE FROM hanse.bill_line', 'INSERT INTO hanse.bill_line (cents) VALUES (1)']) statement;
SELECT is(pg_temp.seen('beta.oem') IS NOT NULL, true, 'and it is still there');

-- The archive has it; who leaves leaves none.
SELECT is((SELECT count(*) FROM t.rows('beta.hanse_provisioner', 'SELECT x FROM admin.archive_export(''dealer'') x WHERE x LIKE ''{"record": "bill%''') r)::int, 3, 'a bill and its lines are in the archive');
SELECT is(pg_temp.admin('SELECT admin.archive_close(''dealer'', admin.archive_summary(''dealer'') ->> ''sha256'') ->> ''closed''') IS NOT NULL, true, 'it leaves');
SELECT is(pg_temp.seen('beta.dealer'), NULL, 'the next of its name sees no old bill');
SELECT is(pg_temp.seen('beta.oem') IS NOT NULL, true, 'the others'' are not touched');
SELECT * FROM finish();
