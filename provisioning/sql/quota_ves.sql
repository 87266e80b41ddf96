-- Who holds something. Columns: ve.
SELECT DISTINCT ve FROM reservation WHERE ve IS NOT NULL ORDER BY ve
