-- What database domains were last defined with. Columns: name, memory_mib.
SELECT name, marks ->> 'memory_mib' AS memory_mib FROM made WHERE kind = 'database-domain' AND marks ->> 'memory_mib' IS NOT NULL
