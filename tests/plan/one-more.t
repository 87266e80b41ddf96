# One enterprise more: only its own things.
wanted domain v.a {"vcpus":1}
wanted domain v.b {"vcpus":1}
actual domain v.a {"vcpus":1}
plan create domain v.b
