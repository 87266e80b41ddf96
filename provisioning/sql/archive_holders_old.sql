-- The same, before there were archives: any may have some. Columns: name.
SELECT enterprise_id::text AS name FROM hanse.enterprise ORDER BY 1
