# The gateway's file of a VE is one object: a member more is an update.
wanted route v {"routes":{"a":{"host":"10.90.1.10"},"b":{"host":"10.90.1.10"}}}
actual route v {"routes":{"a":{"host":"10.90.1.10"}}}
plan update route v routes
