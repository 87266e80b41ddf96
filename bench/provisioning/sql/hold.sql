-- $1 ve: nobody else takes it in this transaction. Columns: ve; no row if somebody has.
SELECT ve FROM bench_spec WHERE ve = $1 FOR UPDATE SKIP LOCKED
