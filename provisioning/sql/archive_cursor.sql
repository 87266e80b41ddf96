-- Followed by the enterprise and a parenthesis.
DECLARE archive NO SCROLL CURSOR FOR SELECT line FROM admin.archive_export(
