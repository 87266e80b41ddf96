# Kind and name together are the identity.
wanted domain v.a {"vcpus":1}
wanted edge v.a {"content":"x"}
actual edge v.a {"content":"y"}
actual portal v.a {"answers":true}
plan create domain v.a
plan update edge v.a content
plan delete portal v.a
