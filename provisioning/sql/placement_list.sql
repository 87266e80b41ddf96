-- Columns: domain, ve, host, vcpus, memory_mib.
SELECT domain, ve, host, vcpus, memory_mib FROM placement ORDER BY domain
