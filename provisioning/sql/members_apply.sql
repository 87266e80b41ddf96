-- $1 spec as JSON
SELECT admin.members_apply($1::jsonb)
