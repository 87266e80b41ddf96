-- $1 month, $2 VE -> enterprise, bill: as admin.publish_bill() of its database takes it. Numbers are text, so
-- that no reader on the way makes them floating point.
SELECT l.enterprise, jsonb_build_object('enterprise', l.enterprise, 'month', c.month, 'currency', min(l.currency),
         'cents', sum(l.cents)::text, 'closed_at', c.closed_at, 'sha256', c.sha256,
         'lines', jsonb_agg(jsonb_build_object('line_no', l.line_no, 'meter', l.meter, 'state', l.state, 'late', l.late,
           'quantity', l.quantity::text, 'unit', l.unit, 'divisor', l.divisor::text, 'price', l.amount::text,
           'valid_from', lower(l.valid), 'valid_to', upper(l.valid), 'cents', l.cents::text) ORDER BY l.line_no))::text AS bill
  FROM bill_close c JOIN bill_line l USING (month)
 WHERE c.month = $1::date AND l.ve = $2 AND l.enterprise <> ''
 GROUP BY l.enterprise, c.month
 ORDER BY l.enterprise
