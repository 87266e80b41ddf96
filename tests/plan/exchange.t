# One comes, one goes: what comes is there before what goes is away.
wanted domain v.b {"vcpus":1}
actual domain v.a {"vcpus":1}
plan create domain v.b
plan delete domain v.a
