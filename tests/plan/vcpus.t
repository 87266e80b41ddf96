# One number of one domain, and the enterprise's entitlement to it.
wanted enterprise v/a {"vcpus":2,"memory_mib":256}
wanted domain v.a {"vcpus":2,"memory_mib":256}
wanted domain v.b {"vcpus":1,"memory_mib":256}
actual enterprise v/a {"vcpus":1,"memory_mib":256}
actual domain v.a {"vcpus":1,"memory_mib":256}
actual domain v.b {"vcpus":1,"memory_mib":256}
plan update enterprise v/a vcpus
plan update domain v.a vcpus
