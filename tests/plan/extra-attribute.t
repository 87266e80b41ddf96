# What nobody asked for is no difference: libvirt may add to a domain.
wanted domain v.a {"vcpus":1}
actual domain v.a {"vcpus":1,"uuid":"x","clock":"utc"}
