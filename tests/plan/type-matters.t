# A number is not its text.
wanted domain v.a {"vcpus":1}
actual domain v.a {"vcpus":"1"}
plan update domain v.a vcpus
