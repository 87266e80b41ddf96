-- $1 name, $2 facts: [{"key","value","rank","make"}]
INSERT INTO made_schema (name, key, value, rank, make)
SELECT $1, f.key, f.value, f.rank, f.make
FROM jsonb_to_recordset($2::jsonb) AS f (key text, value text, rank integer, make text)
