-- The numbers of the control database's migrations. Columns: number.
SELECT number FROM migration ORDER BY number
