-- The next lines of the cursor that archive_make() opened. Columns: line.
FETCH 500 FROM archive
