# One enterprise less: only its own things.
wanted domain v.a {"vcpus":1}
actual domain v.a {"vcpus":1}
actual domain v.b {"vcpus":1}
actual person v/b/p {"name":"P"}
plan delete domain v.b
plan delete person v/b/p
