-- Whether the database answers as this enterprise. -> enterprise_id
SELECT enterprise_id FROM api.me
