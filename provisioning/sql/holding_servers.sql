-- Servers that hold databases, and the last parts of the addresses of their
-- domains, "10 11 12". Columns: server, hosts.
SELECT server, string_agg(value::text, ' ' ORDER BY key) AS hosts
FROM (SELECT DISTINCT h.server, a.key, a.value FROM holding h
      JOIN allocation a ON a.kind = 'host:data' AND (a.key = h.server OR a.key ~ ('^' || replace(h.server, '.', '\.') || '\.[0-9]$'))) s
GROUP BY server ORDER BY server
