-- $1 server. Columns: ve.
SELECT ve FROM holding WHERE server = $1 ORDER BY ve
