-- Whose time is over. Columns: archive_id, path.
SELECT archive_id, path FROM archive WHERE state = 'kept' AND expires_at <= now() ORDER BY archive_id
