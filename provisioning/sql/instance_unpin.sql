-- The next look takes the newest images. $1 enterprise, or a prefix with '%'
UPDATE instance SET image = NULL, kernel = NULL, initrd = NULL WHERE enterprise LIKE $1
