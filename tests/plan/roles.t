# Lists count with their order, for both sides write them in the table's.
wanted person v/a/p {"roles":["buyer","admin"]}
wanted person v/a/q {"roles":["buyer"]}
actual person v/a/p {"roles":["buyer","admin"]}
actual person v/a/q {"roles":["buyer","admin"]}
plan update person v/a/q roles
