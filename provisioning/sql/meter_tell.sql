-- $1 boot, $2 microseconds since then
SELECT set_config('hanse.clock', concat($1::text, ' ', $2::text), true)
