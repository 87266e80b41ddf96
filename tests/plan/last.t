# The last VE goes: deletions in the reverse order of kinds.
actual network hanse-v {"address":"10.90.2.1"}
actual ve v {"title":"V"}
actual domain v.a {"vcpus":1}
actual edge v.a {"content":"x"}
plan delete edge v.a
plan delete domain v.a
plan delete ve v
plan delete network hanse-v
