SET ROLE hanse_owner
