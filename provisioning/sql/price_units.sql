-- Columns: meter, unit, counted, divisor.
SELECT m.meter, u.unit, m.counted, u.divisor FROM meter AS m JOIN meter_unit AS u USING (meter)
ORDER BY m.source COLLATE "C", m.position, u.divisor, u.unit
