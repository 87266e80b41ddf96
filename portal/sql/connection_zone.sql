-- Once a connection: instants are shown in the time of the enterprise's first
-- site.
SELECT set_config('TimeZone', COALESCE(
	(SELECT s.time_zone
	   FROM api.site s JOIN api.me m ON m.enterprise_id = s.enterprise_id
	  WHERE s.time_zone IS NOT NULL
	  ORDER BY s.site_id LIMIT 1), 'UTC'), false) AS zone
