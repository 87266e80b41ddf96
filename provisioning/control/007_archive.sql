-- Archives of enterprises that have left, what still holds documents, and the schema each VE's database is kept at.

CREATE TABLE archive (
	archive_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ve             text NOT NULL,
	enterprise     text NOT NULL,
	legal_name     text NOT NULL,
	path           text NOT NULL UNIQUE,
	state          text NOT NULL DEFAULT 'making'
	               CHECK (state IN ('making', 'kept', 'expired')),
	made_at        timestamptz NOT NULL DEFAULT now(),
	expires_at     timestamptz NOT NULL,
	documents      bigint NOT NULL,
	content_sha256 text NOT NULL,   -- of the lines in it
	sha256         text,            -- of the file
	bytes          bigint
);
-- One that was begun and not finished is made again, not beside it.
CREATE UNIQUE INDEX archive_making ON archive (ve, enterprise) WHERE state = 'making';
CREATE INDEX archive_expiry ON archive (expires_at) WHERE state = 'kept';

-- A database of a VE on a server, from before it is made until it is dropped,
-- which happens when every archive is made: no volume of a server goes before.
CREATE TABLE holding (
	server text NOT NULL,
	ve     text NOT NULL,
	PRIMARY KEY (server, ve)
);
INSERT INTO holding (server, ve)
SELECT CASE WHEN spec_text ~ 'class: *"?dedicated' THEN 'db.' || ve ELSE 'db.shared' END, ve FROM ve;

-- The migration a VE's database is kept at. Only an apply of that VE or a roll
-- changes it; null: not known yet, so the newest installed.
ALTER TABLE ve ADD COLUMN schema_target integer;
