# A domain that does not run.
wanted domain v.a {"state":"running","vcpus":1}
actual domain v.a {"state":"stopped","vcpus":1}
plan update domain v.a state
