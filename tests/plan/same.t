# What is as wanted is no change.
wanted domain v.a {"vcpus":2,"state":"running"}
actual domain v.a {"vcpus":2,"state":"running"}
