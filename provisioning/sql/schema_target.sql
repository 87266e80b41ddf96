-- $1 ve. Columns: target (NULL: the newest).
SELECT schema_target AS target FROM ve WHERE ve = $1
