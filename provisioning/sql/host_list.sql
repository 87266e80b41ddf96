-- Columns: name, address, shell, uris, state, drivers, has_kvm (t, f or NULL),
-- vcpus, memory_mib, max_vcpus, max_memory_mib, note, domains (placed on it).
SELECT name, address, shell, uris, state, drivers, has_kvm, vcpus, memory_mib, max_vcpus, max_memory_mib, note,
       (SELECT count(*) FROM placement p WHERE p.host = h.name) AS domains
FROM host h ORDER BY name
