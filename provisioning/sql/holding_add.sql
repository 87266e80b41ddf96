-- $1 server, $2 ve
INSERT INTO holding (server, ve) VALUES ($1, $2) ON CONFLICT DO NOTHING
