# A first VE: creations in the order of kinds, whatever the order of the lists.
wanted portal v.a {"answers":true}
wanted domain v.a {"vcpus":1}
wanted ve v {"title":"V"}
wanted network hanse-v {"address":"10.90.2.1"}
plan create network hanse-v
plan create ve v
plan create domain v.a
plan create portal v.a
