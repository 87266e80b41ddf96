-- Enterprises whose documents are here. Columns: name.
SELECT name FROM admin.archive_holders() name
