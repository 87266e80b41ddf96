# What was asked for and is not there is one.
wanted volume db.shared {"size_gib":4}
actual volume db.shared {}
plan update volume db.shared size_gib
