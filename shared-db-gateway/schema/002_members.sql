-- 002_members.sql - who is in the VE and who trades what with whom.
-- Identity: an enterprise is the session_user it logs in as, kept as db_role.
-- Tables about two parties carry both roles, so that a policy is a comparison
-- with session_user and nothing is looked up for each row.

CREATE TABLE hanse.ve (
	ve_id  hanse.label PRIMARY KEY,
	title  text NOT NULL CHECK (length(title) BETWEEN 1 AND 200)
);
-- One database, one VE.
CREATE UNIQUE INDEX ve_only_one ON hanse.ve ((true));

CREATE TABLE hanse.enterprise (
	ve_id          hanse.label NOT NULL REFERENCES hanse.ve,
	enterprise_id  hanse.label NOT NULL,
	-- A role's name ends at 63 bytes: two longer names could become one role.
	db_role        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || enterprise_id) STORED
	               UNIQUE CHECK (octet_length(db_role) <= 63),
	legal_name     text NOT NULL CHECK (length(legal_name) BETWEEN 1 AND 200),
	chain_role     text NOT NULL CHECK (chain_role ~ '^[a-z][a-z0-9-]{0,31}$'),
	active         boolean NOT NULL DEFAULT true,
	PRIMARY KEY (ve_id, enterprise_id)
);

CREATE TABLE hanse.trading_relation (
	ve_id        hanse.label NOT NULL,
	buyer_id     hanse.label NOT NULL,
	seller_id    hanse.label NOT NULL,
	buyer_role   text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role  text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	state        text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'INACTIVE')),
	PRIMARY KEY (ve_id, buyer_id, seller_id),
	FOREIGN KEY (ve_id, buyer_id) REFERENCES hanse.enterprise,
	FOREIGN KEY (ve_id, seller_id) REFERENCES hanse.enterprise,
	CHECK (buyer_id <> seller_id)
);

CREATE TABLE hanse.site (
	ve_id          hanse.label NOT NULL,
	enterprise_id  hanse.label NOT NULL,
	site_id        text COLLATE "C" NOT NULL CHECK (site_id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
	name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	city           text,
	country        text CHECK (country ~ '^[A-Z]{2}$'),
	time_zone      text,
	active         boolean NOT NULL DEFAULT true,
	PRIMARY KEY (ve_id, enterprise_id, site_id),
	FOREIGN KEY (ve_id, enterprise_id) REFERENCES hanse.enterprise
);

-- One row for each thing a pair trades: both part numbers, unit, price.
-- A number is resolved inside its relation only, never by its description.
CREATE TABLE hanse.item_relation (
	ve_id            hanse.label NOT NULL,
	buyer_id         hanse.label NOT NULL,
	seller_id        hanse.label NOT NULL,
	buyers_item_id   text COLLATE "C" NOT NULL CHECK (length(buyers_item_id) BETWEEN 1 AND 64),
	sellers_item_id  text COLLATE "C" NOT NULL CHECK (length(sellers_item_id) BETWEEN 1 AND 64),
	buyer_role       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || buyer_id) STORED,
	seller_role      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ve_id || '.' || seller_id) STORED,
	description      text NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
	unit             text NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),         -- UN/ECE Recommendation 20
	price_amount     hanse.price NOT NULL,
	currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),          -- ISO 4217
	pack_quantity    hanse.quantity NOT NULL DEFAULT 1,
	lead_time_days   int NOT NULL DEFAULT 0 CHECK (lead_time_days BETWEEN 0 AND 3650),
	active           boolean NOT NULL DEFAULT true,
	PRIMARY KEY (ve_id, buyer_id, seller_id, buyers_item_id),
	FOREIGN KEY (ve_id, buyer_id, seller_id) REFERENCES hanse.trading_relation
);

-- session_user is of type name; as text it joins the planner's equivalences,
-- and an index that begins with the role then also gives the order of a list.
-- FORCE: the policies bind hanse_owner too, so a function with owner's rights
-- still sees and writes no more than the session it runs for.
ALTER TABLE hanse.ve ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.enterprise ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.trading_relation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.site ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hanse.item_relation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Members read: themselves, their relations, and whom those name.
CREATE POLICY parties ON hanse.trading_relation FOR SELECT
	USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.item_relation FOR SELECT
	USING (buyer_role = session_user::text OR seller_role = session_user::text);
CREATE POLICY parties ON hanse.enterprise FOR SELECT
	USING (db_role = session_user::text OR EXISTS (
		SELECT FROM hanse.trading_relation r
		WHERE (r.ve_id, r.buyer_id) = (enterprise.ve_id, enterprise.enterprise_id) AND r.seller_role = session_user::text
		   OR (r.ve_id, r.seller_id) = (enterprise.ve_id, enterprise.enterprise_id) AND r.buyer_role = session_user::text));
-- A site is visible when its enterprise is.
CREATE POLICY parties ON hanse.site FOR SELECT
	USING (EXISTS (SELECT FROM hanse.enterprise e
		WHERE (e.ve_id, e.enterprise_id) = (site.ve_id, site.enterprise_id)
		  AND (e.db_role = session_user::text OR site.active)));
CREATE POLICY members ON hanse.ve FOR SELECT
	USING (EXISTS (SELECT FROM hanse.enterprise e WHERE e.ve_id = ve.ve_id AND e.db_role = session_user::text));

-- Provisioning writes the members, and nothing else in this database.
CREATE POLICY provisioning ON hanse.ve USING (session_user = 'hanse_provisioner');
CREATE POLICY provisioning ON hanse.enterprise USING (session_user = 'hanse_provisioner');
CREATE POLICY provisioning ON hanse.trading_relation USING (session_user = 'hanse_provisioner');
CREATE POLICY provisioning ON hanse.site USING (session_user = 'hanse_provisioner');
CREATE POLICY provisioning ON hanse.item_relation USING (session_user = 'hanse_provisioner');

GRANT SELECT ON hanse.ve, hanse.enterprise, hanse.trading_relation, hanse.site, hanse.item_relation TO PUBLIC;

-- The enterprise this session is; HN001 for a session that is none.
CREATE FUNCTION hanse.me()
RETURNS hanse.enterprise LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	me hanse.enterprise;
BEGIN
	SELECT * INTO me FROM hanse.enterprise WHERE db_role = session_user::text AND active;
	IF NOT FOUND THEN
		PERFORM hanse.refuse('HN001', 'This session belongs to no active member enterprise.', 'session_user',
			'Log in as a member of this virtual enterprise.');
	END IF;
	RETURN me;
END
$$;
