ALTER ROLE hanse_owner CREATEDB;
GRANT $2 TO hanse_owner;
SET ROLE hanse_owner;
ALTER DATABASE $1 OWNER TO hanse_owner;
RESET ROLE;
REVOKE $2 FROM hanse_owner;
ALTER ROLE hanse_owner NOCREATEDB
