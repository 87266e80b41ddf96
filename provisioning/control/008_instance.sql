-- What is decided beyond the specs, a row a member (VE.ENTERPRISE) or database
-- domain (db.shared): which instance it should have, and what that is made of.
CREATE TABLE instance (
	enterprise text PRIMARY KEY,
	generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
	image      text,  -- taken once; a newer one only when asked for
	kernel     text,
	initrd     text
);
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON instance FOR EACH ROW EXECUTE FUNCTION job_note('enterprise');
