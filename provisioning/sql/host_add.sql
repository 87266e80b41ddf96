-- $1 name, $2 address, $3 shell, $4 uris, $5 drivers, $6 has_kvm, $7 vcpus,
-- $8 memory_mib, $9 max_vcpus, $10 max_memory_mib, $11 note.
INSERT INTO host (name, address, shell, uris, drivers, has_kvm, vcpus, memory_mib, max_vcpus, max_memory_mib, note)
VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb, $6::boolean, $7::integer, $8::integer, $9::integer, $10::integer, $11)
