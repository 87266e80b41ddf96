-- $1 domain, $2 ve, $3 host, $4 vcpus, $5 memory_mib.
INSERT INTO placement (domain, ve, host, vcpus, memory_mib)
VALUES ($1, $2, $3, $4::integer, $5::integer)
ON CONFLICT (domain) DO UPDATE SET host = excluded.host, vcpus = excluded.vcpus, memory_mib = excluded.memory_mib,
       placed_at = CASE WHEN placement.host = excluded.host THEN placement.placed_at ELSE now() END
