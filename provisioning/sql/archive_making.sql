-- $1 ve, $2 enterprise. Columns: archive_id, path.
SELECT archive_id, path FROM archive WHERE ve = $1 AND enterprise = $2 AND state = 'making'
