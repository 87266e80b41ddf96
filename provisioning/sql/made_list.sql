-- Columns: kind, name, marks.
SELECT kind, name, marks FROM made
