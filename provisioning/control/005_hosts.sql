-- Hosts that have domains, and which domain is on which.

CREATE TABLE host (
	name           text PRIMARY KEY,
	address        text UNIQUE,     -- on the underlay; NULL: where hansed runs
	shell          jsonb,           -- list: a command's beginning that runs there
	uris           jsonb NOT NULL DEFAULT '{}',  -- driver to libvirt URI, if not the usual
	state          text NOT NULL DEFAULT 'active'
	               CHECK (state IN ('active', 'drained')),
	drivers        jsonb NOT NULL DEFAULT '["lxc", "qemu"]',
	has_kvm        boolean,         -- NULL: as "hansed --setup" found out
	vcpus          integer CHECK (vcpus > 0),           -- its size;
	memory_mib     integer CHECK (memory_mib > 0),      -- NULL: as found
	max_vcpus      integer CHECK (max_vcpus > 0),       -- to be given away;
	max_memory_mib integer CHECK (max_memory_mib > 0),  -- NULL: no limit
	note           text,
	added_at       timestamptz NOT NULL DEFAULT now(),
	CHECK ((name = 'local') = (address IS NULL)),
	CHECK ((name = 'local') = (shell IS NULL))
);
INSERT INTO host (name) VALUES ('local');

-- What a domain was placed with counts against its host's limits.
CREATE TABLE placement (
	domain     text PRIMARY KEY,    -- VE.ENTERPRISE (any instance of it), or a database domain
	ve         text,                -- NULL: the platform's
	host       text NOT NULL REFERENCES host,
	vcpus      integer NOT NULL,
	memory_mib integer NOT NULL,
	placed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX placement_host ON placement (host);

-- An undone job leaves hosts and places as they were.
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON host FOR EACH ROW EXECUTE FUNCTION job_note('name');
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON placement FOR EACH ROW EXECUTE FUNCTION job_note('domain');
