-- $1 spec as JSON. Columns: match.
SELECT (admin.members() = admin.members_normal($1::jsonb))::text AS match
