-- Servers that hold databases, and the last part of their addresses. Columns: server, host.
SELECT DISTINCT h.server, a.value AS host FROM holding h JOIN allocation a ON a.kind = 'host:data' AND a.key = h.server ORDER BY 1
