-- Closed months and virtual enterprises that do not have their bills yet. -> month, ve
SELECT DISTINCT l.month, l.ve
  FROM bill_line l
 WHERE l.ve <> '' AND l.enterprise <> ''
   AND NOT EXISTS (SELECT FROM bill_published p WHERE p.month = l.month AND p.ve = l.ve)
 ORDER BY l.month, l.ve
