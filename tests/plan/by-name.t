# Within a kind by name, so that a plan is the same each time.
wanted person v/a/z {}
wanted person v/a/b {}
wanted person v/a/k {}
plan create person v/a/b
plan create person v/a/k
plan create person v/a/z
