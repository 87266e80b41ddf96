-- What can have a price, and in which units.
SELECT m.meter, m.reserved, u.unit
  FROM api.meter m, unnest(m.units) WITH ORDINALITY u (unit, n)
 ORDER BY NOT m.reserved, m.meter COLLATE "C", u.n
