-- Columns: month, closed_at, amount, currency, lines, late, sha256.
SELECT to_char(month, 'YYYY-MM') AS month, to_char(closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS closed_at,
	(cents / 100.0)::numeric(30, 2) AS amount, coalesce(currency, '') AS currency, lines,
	(SELECT count(*) FROM bill_line AS l WHERE l.month = b.month AND late) AS late, sha256
FROM bill_close AS b ORDER BY month
