# A certificate about to expire: a new one first, then its domain again.
wanted credential v.a {"good":true}
wanted domain v.a {"certificate":"current"}
actual credential v.a {"good":false}
actual domain v.a {"certificate":"stale"}
plan update credential v.a good
plan update domain v.a certificate
