# A domain moves to another driver: one update, not a second domain.
wanted domain v.a {"driver":"qemu","vcpus":1}
actual domain v.a {"driver":"lxc","vcpus":1}
plan update domain v.a driver
