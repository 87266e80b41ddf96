-- What an operator has asked of a member beyond its spec: which of its
-- credentials (certificate, password of its portal) are wanted, and whether it
-- is to serve at all.
ALTER TABLE instance
	ADD COLUMN credential integer NOT NULL DEFAULT 1 CHECK (credential > 0),
	ADD COLUMN suspended  boolean NOT NULL DEFAULT false;
