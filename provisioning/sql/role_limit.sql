-- Followed by the number.
ALTER ROLE $1 CONNECTION LIMIT
