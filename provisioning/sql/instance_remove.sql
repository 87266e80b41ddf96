-- $1 enterprise
DELETE FROM instance WHERE enterprise = $1
