-- 011_archive.sql - what an enterprise takes along when it leaves, and how it comes back: sides that close and open, export, restore.
-- A document is one row that two parties hold, each on its own side. Who leaves
-- gets an archive, then its side is closed: nobody of that name sees the
-- document any more, also who is given the name later, and the other party's
-- row is not touched. A restore opens the side again, or writes the document
-- anew where the database is a new one.

-- Sides.
-- buyer_role and seller_role were computed from the names; now they are
-- written, and '' (no role can be called that) is a closed side. Policies and
-- indexes stay as they are.
DO $$
DECLARE
	shared text;
BEGIN
	FOREACH shared IN ARRAY ARRAY['trading_relation', 'item_relation', 'purchase_order', 'order_line', 'order_line_schedule',
		'order_message', 'order_message_line', 'order_version', 'document_event'] LOOP
		EXECUTE format($f$ ALTER TABLE hanse.%I ALTER buyer_role DROP EXPRESSION, ALTER seller_role DROP EXPRESSION,
			ADD CONSTRAINT buyer_side CHECK (buyer_role IN ('', ve_id || '.' || buyer_id)),
			ADD CONSTRAINT seller_side CHECK (seller_role IN ('', ve_id || '.' || seller_id)) $f$, shared);
	END LOOP;
END
$$;

-- What is new has both sides open.
CREATE FUNCTION hanse.sides_new()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	NEW.buyer_role := coalesce(NEW.buyer_role, NEW.ve_id || '.' || NEW.buyer_id);
	NEW.seller_role := coalesce(NEW.seller_role, NEW.ve_id || '.' || NEW.seller_id);
	RETURN NEW;
END
$$;

-- A part of a document has the sides of its document.
CREATE FUNCTION hanse.sides_of_document()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NEW.buyer_role IS NULL AND TG_TABLE_NAME = 'document_event' THEN
		SELECT o.buyer_role, o.seller_role INTO NEW.buyer_role, NEW.seller_role
		FROM hanse.purchase_order o WHERE o.order_uid = NEW.document_uid;
	ELSIF NEW.buyer_role IS NULL THEN
		SELECT o.buyer_role, o.seller_role INTO NEW.buyer_role, NEW.seller_role
		FROM hanse.purchase_order o WHERE o.order_uid = NEW.order_uid;
	END IF;
	RETURN NEW;
END
$$;

-- Who trades again sees again what is traded; old documents are another matter.
CREATE FUNCTION hanse.sides_open()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	NEW.buyer_role := NEW.ve_id || '.' || NEW.buyer_id;
	NEW.seller_role := NEW.ve_id || '.' || NEW.seller_id;
	RETURN NEW;
END
$$;

-- Provisioning opens and closes sides and changes nothing else of a document;
-- what a counterparty's archive could not tell ('' stands for it) is filled in.
CREATE FUNCTION hanse.sides_only()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	free text[] := ARRAY['buyer_role', 'seller_role'];
BEGIN
	IF TG_TABLE_NAME = 'purchase_order' THEN
		-- What is generated is not computed yet.
		free := free || ARRAY['draft', 'buyer_turn', 'seller_turn'];
		IF OLD.created_by = '' THEN
			free := free || ARRAY['created_by', 'request_hash'];
		END IF;
	END IF;
	IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
		PERFORM hanse.refuse('HN002', 'Provisioning does not change documents.', TG_TABLE_NAME);
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER sides BEFORE INSERT ON hanse.trading_relation FOR EACH ROW EXECUTE FUNCTION hanse.sides_new();
CREATE TRIGGER sides BEFORE INSERT ON hanse.item_relation FOR EACH ROW EXECUTE FUNCTION hanse.sides_new();
CREATE TRIGGER sides BEFORE INSERT ON hanse.purchase_order FOR EACH ROW EXECUTE FUNCTION hanse.sides_new();
CREATE TRIGGER sides_open BEFORE UPDATE ON hanse.trading_relation FOR EACH ROW
	WHEN (OLD.state <> 'ACTIVE' AND NEW.state = 'ACTIVE') EXECUTE FUNCTION hanse.sides_open();
CREATE TRIGGER sides_open BEFORE UPDATE ON hanse.item_relation FOR EACH ROW
	WHEN (NEW.active AND NOT OLD.active) EXECUTE FUNCTION hanse.sides_open();
ALTER TABLE hanse.trading_relation ENABLE ALWAYS TRIGGER sides;
ALTER TABLE hanse.item_relation ENABLE ALWAYS TRIGGER sides;
ALTER TABLE hanse.purchase_order ENABLE ALWAYS TRIGGER sides;
DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['order_line', 'order_line_schedule', 'order_message', 'order_message_line', 'order_version',
		'document_event'] LOOP
		EXECUTE format('CREATE TRIGGER sides BEFORE INSERT ON hanse.%I FOR EACH ROW EXECUTE FUNCTION hanse.sides_of_document()', part);
		EXECUTE format('ALTER TABLE hanse.%I ENABLE ALWAYS TRIGGER sides', part);
	END LOOP;
	FOREACH part IN ARRAY ARRAY['purchase_order', 'order_line', 'order_line_schedule', 'order_message', 'order_message_line',
		'order_version', 'document_event'] LOOP
		EXECUTE format($f$ CREATE TRIGGER sides_only BEFORE UPDATE ON hanse.%I FOR EACH ROW
			WHEN (session_user = 'hanse_provisioner') EXECUTE FUNCTION hanse.sides_only() $f$, part);
	END LOOP;
END
$$;

-- The guards of the machine are for those who trade. Provisioning writes what
-- was guarded when it came to be, and sides; nobody deletes.
DROP TRIGGER guard ON hanse.purchase_order;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON hanse.purchase_order FOR EACH ROW
	WHEN (session_user <> 'hanse_provisioner') EXECUTE FUNCTION hanse.purchase_order_guard();
DROP TRIGGER guard ON hanse.order_version;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON hanse.order_version FOR EACH ROW
	WHEN (session_user <> 'hanse_provisioner') EXECUTE FUNCTION hanse.order_version_guard();
DROP TRIGGER chain ON hanse.document_event;
CREATE TRIGGER chain BEFORE INSERT ON hanse.document_event FOR EACH ROW
	WHEN (session_user <> 'hanse_provisioner') EXECUTE FUNCTION hanse.document_event_chain();
DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['order_message', 'order_message_line', 'document_event'] LOOP
		EXECUTE format('DROP TRIGGER keep ON hanse.%I', part);
		EXECUTE format('CREATE TRIGGER keep BEFORE DELETE ON hanse.%I FOR EACH ROW EXECUTE FUNCTION hanse.refuse_rewriting()', part);
		EXECUTE format($f$ CREATE TRIGGER keep_content BEFORE UPDATE ON hanse.%I FOR EACH ROW
			WHEN (session_user <> 'hanse_provisioner') EXECUTE FUNCTION hanse.refuse_rewriting() $f$, part);
	END LOOP;
END
$$;

-- A number that a document with a closed side has: one cannot see it, only
-- that it is taken, and only the issuer of both is told.
ALTER FUNCTION api.order_create SET SCHEMA hanse;
REVOKE ALL ON FUNCTION hanse.order_create FROM PUBLIC;
CREATE FUNCTION api.order_create(actor text, seller_id text, lines jsonb, note text DEFAULT NULL, requested_date date DEFAULT NULL,
	id text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN hanse.order_create(actor, seller_id, lines, note, requested_date, id, idempotency_key);
EXCEPTION WHEN unique_violation THEN
	PERFORM hanse.refuse('HN003', 'This number was used before.', 'id', 'Choose a new number, or none.');
END
$$;
GRANT EXECUTE ON FUNCTION api.order_create TO PUBLIC;

-- What belongs into an archive.
-- Every table that names an enterprise stands here, and why if it is left out;
-- admin.archive_faults() finds one that does not.
CREATE TABLE hanse.archive_part (
	position    int PRIMARY KEY,
	part        text NOT NULL UNIQUE,       -- the table
	rule        text NOT NULL CHECK (rule IN ('self', 'own', 'pair', 'document', 'none')),
	document    text,                       -- the column that names the document
	keys        text[] NOT NULL,            -- what a row is known by; their order is the archive's
	left_out    text[] NOT NULL DEFAULT '{}',       -- columns that are computed, or the spec's matter
	withheld    text[] NOT NULL DEFAULT '{}',       -- columns only the buyer sees
	reason      text
);
ALTER TABLE hanse.archive_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON hanse.archive_part FOR SELECT USING (true);

INSERT INTO hanse.archive_part (position, part, rule, document, keys, left_out, withheld, reason) VALUES
	( 1, 'enterprise',          'self',     NULL, '{enterprise_id}', '{db_role,active}', '{}', NULL),
	( 2, 'site',                'own',      NULL, '{site_id}', '{active}', '{}', NULL),
	( 3, 'trading_relation',    'pair',     NULL, '{buyer_id,seller_id}', '{buyer_role,seller_role,state}', '{}', NULL),
	( 4, 'item_relation',       'pair',     NULL, '{buyer_id,seller_id,buyers_item_id}', '{buyer_role,seller_role,active}', '{}', NULL),
	( 5, 'number_range',        'own',      NULL, '{doc_type}', '{db_role}', '{}', NULL),
	( 6, 'purchase_order',      'document', 'order_uid', '{order_uid}', '{buyer_role,seller_role,draft,buyer_turn,seller_turn}', '{created_by,request_hash}', NULL),
	( 7, 'order_line',          'document', 'order_uid', '{order_uid,line_no}', '{buyer_role,seller_role}', '{}', NULL),
	( 8, 'order_line_schedule', 'document', 'order_uid', '{order_uid,line_no,part}', '{buyer_role,seller_role}', '{}', NULL),
	( 9, 'order_message',       'document', 'order_uid', '{order_uid,message_no}', '{buyer_role,seller_role}', '{}', NULL),
	(10, 'order_message_line',  'document', 'order_uid', '{order_uid,message_no,line_no,part}', '{buyer_role,seller_role}', '{}', NULL),
	(11, 'order_version',       'document', 'order_uid', '{order_uid,sequence_number}', '{buyer_role,seller_role}', '{}', NULL),
	(12, 'document_event',      'document', 'document_uid', '{document_uid,event_no}', '{buyer_role,seller_role}', '{}', NULL),
	(13, 'idempotency_key',     'own',      'order_uid', '{key}', '{db_role}', '{}', NULL),
	(90, 've',                  'none',     NULL, '{}', '{}', '{}', 'its title is the spec''s'),
	(91, 'session',             'none',     NULL, '{}', '{}', '{}', 'a way in, no document; it ends with the enterprise');

-- Provisioning reads and writes documents inside the functions below and
-- nowhere else: not even as hanse_owner, unless the books are open for it.
CREATE TABLE hanse.archive_books (
	backend  int PRIMARY KEY
);
ALTER TABLE hanse.archive_books ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY archive ON hanse.archive_books TO hanse_owner USING (session_user = 'hanse_provisioner');

-- Open the books for the rest of a function; true if they were closed, and so
-- are the caller's to close. A failure closes them, for it undoes this.
CREATE FUNCTION hanse.archive_books_open()
RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
	WITH opened AS (INSERT INTO hanse.archive_books VALUES (pg_backend_pid()) ON CONFLICT DO NOTHING RETURNING 1)
	SELECT EXISTS (SELECT FROM opened)
$$;
CREATE FUNCTION hanse.archive_books_close(mine boolean)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
	DELETE FROM hanse.archive_books WHERE mine
$$;

DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['purchase_order', 'order_line', 'order_line_schedule', 'order_message', 'order_message_line',
		'order_version', 'document_event', 'number_range', 'idempotency_key', 'session'] LOOP
		EXECUTE format($f$ CREATE POLICY archive ON hanse.%I TO hanse_owner
			USING (session_user = 'hanse_provisioner' AND EXISTS (SELECT FROM hanse.archive_books)) $f$, part);
	END LOOP;
END
$$;
ALTER POLICY drafts ON hanse.purchase_order
	USING (NOT draft OR buyer_role = session_user::text OR session_user = 'hanse_provisioner');
ALTER POLICY drafts ON hanse.order_line
	USING (NOT draft OR buyer_role = session_user::text OR session_user = 'hanse_provisioner');

-- Archive.

-- The enterprise an archive is about.
CREATE FUNCTION hanse.archive_enterprise(name text)
RETURNS hanse.enterprise LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise;
BEGIN
	SELECT * INTO e FROM hanse.enterprise x WHERE x.enterprise_id = name;
	IF NOT FOUND THEN
		PERFORM hanse.refuse('HN001', format('There is no enterprise %s.', name), 'enterprise', 'See the spec.');
	END IF;
	RETURN e;
END
$$;

-- The columns a part has in an archive.
CREATE FUNCTION hanse.archive_columns(p hanse.archive_part)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
	WHERE a.attrelid = format('hanse.%I', p.part)::regclass AND a.attnum > 0 AND NOT a.attisdropped
	  AND a.attname::text <> ALL (p.left_out)
$$;

-- The rows of one part that are e's: all it is party to where its side is open,
-- or (uids) the documents of these uids, open or not. Foreign drafts are
-- never among them, nor what only the buyer sees unless e is the buyer.
-- Numbers become strings, so that no reader makes them floating point.
CREATE FUNCTION hanse.archive_rows(e hanse.enterprise, p hanse.archive_part, columns text[], uids uuid[] DEFAULT NULL)
RETURNS TABLE (uid uuid, content jsonb) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' AS $$
DECLARE
	draft text := CASE WHEN p.part IN ('purchase_order', 'order_line') THEN ' AND (NOT t.draft OR t.buyer_id = $1.enterprise_id)' ELSE '' END;
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT %1$s, (SELECT jsonb_object_agg(c.key, CASE jsonb_typeof(c.value) WHEN 'number' THEN to_jsonb(c.value #>> '{}') ELSE c.value END)
			FROM jsonb_each(to_jsonb(t)) c WHERE c.key = ANY ($2) %2$s)
		FROM hanse.%3$I t WHERE t.ve_id = $1.ve_id AND %4$s ORDER BY %5$s
		$q$, coalesce('t.' || quote_ident(p.document), 'NULL::uuid'),
		CASE WHEN p.withheld <> '{}' THEN 'AND (c.key <> ALL ($4) OR (t.buyer_id = $1.enterprise_id AND t.created_by <> ''''))' ELSE '' END,
		p.part,
		CASE WHEN p.rule IN ('self', 'own') THEN 't.enterprise_id = $1.enterprise_id'
			WHEN uids IS NULL THEN '$1.db_role IN (t.buyer_role, t.seller_role)' || draft
			ELSE format('t.%I = ANY ($3) AND $1.enterprise_id IN (t.buyer_id, t.seller_id)', p.document) || draft END,
		(SELECT string_agg(format('t.%I', k), ', ' ORDER BY n) FROM unnest(p.keys) WITH ORDINALITY u (k, n)))
	USING e, columns, uids, p.withheld;
END
$$;

-- The archive as lines of JSON: a header that names every column and its type,
-- one record a row, and an end with counts and a digest: SHA-256 over the
-- digest so far (32 zero bytes at first) and the next line, line by line, so
-- that a reader checks it as it reads.
CREATE FUNCTION admin.archive_export(enterprise text)
RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(enterprise);
	mine boolean := hanse.archive_books_open();
	p hanse.archive_part;
	r record;
	line text;
	digest bytea := decode(repeat('00', 32), 'hex');
	n bigint;
	records bigint := 0;
	counts jsonb := '{}';
BEGIN
	line := jsonb_build_object('record', 'header', 'format', 'hanse-archive', 'version', 1, 'schema', admin.schema_version(),
		've', e.ve_id, 'enterprise', e.enterprise_id, 'tables', (
			SELECT jsonb_object_agg(x.part, (SELECT jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_attribute a
				WHERE a.attrelid = format('hanse.%I', x.part)::regclass AND a.attname::text = ANY (hanse.archive_columns(x))))
			FROM hanse.archive_part x WHERE x.rule <> 'none'))::text;
	digest := sha256(digest || convert_to(line, 'UTF8'));
	RETURN NEXT line;
	FOR p IN SELECT * FROM hanse.archive_part x WHERE x.rule <> 'none' ORDER BY x.position LOOP
		n := 0;
		FOR r IN SELECT * FROM hanse.archive_rows(e, p, hanse.archive_columns(p)) LOOP
			line := format('{"record": %s, "row": %s}', to_json(p.part), r.content);
			digest := sha256(digest || convert_to(line, 'UTF8'));
			n := n + 1;
			RETURN NEXT line;
		END LOOP;
		counts := counts || jsonb_build_object(p.part, n);
		records := records + n;
	END LOOP;
	RETURN NEXT jsonb_build_object('record', 'end', 'counts', counts, 'records', records,
		'documents', counts -> 'purchase_order', 'sha256', encode(digest, 'hex'))::text;
	PERFORM hanse.archive_books_close(mine);
END
$$;

-- What an export made now would end with, and whose it is.
CREATE FUNCTION admin.archive_summary(enterprise text)
RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT x.line::jsonb - 'record' || jsonb_build_object('ve', e.ve_id, 'enterprise', e.enterprise_id, 'legal_name', e.legal_name,
		'schema', admin.schema_version())
	FROM hanse.archive_enterprise(enterprise) e, admin.archive_export(enterprise) WITH ORDINALITY x (line, n)
	ORDER BY x.n DESC LIMIT 1
$$;

-- Who has something here that an archive would keep.
CREATE FUNCTION admin.archive_holders()
RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	mine boolean := hanse.archive_books_open();
BEGIN
	RETURN QUERY SELECT e.enterprise_id::text FROM hanse.enterprise e
	WHERE EXISTS (SELECT FROM hanse.purchase_order o WHERE o.buyer_role = e.db_role)
	   OR EXISTS (SELECT FROM hanse.purchase_order o WHERE o.seller_role = e.db_role AND NOT o.draft)
	ORDER BY 1;
	PERFORM hanse.archive_books_close(mine);
END
$$;

-- Before the export: nothing new is begun with who leaves.
CREATE FUNCTION admin.archive_begin(enterprise text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(enterprise);
BEGIN
	UPDATE hanse.enterprise x SET active = false WHERE x.enterprise_id = e.enterprise_id AND x.active;
	UPDATE hanse.trading_relation r SET state = 'INACTIVE'
	WHERE e.enterprise_id IN (r.buyer_id, r.seller_id) AND r.state = 'ACTIVE';
	UPDATE hanse.item_relation i SET active = false WHERE e.enterprise_id IN (i.buyer_id, i.seller_id) AND i.active;
END
$$;

-- What was closed with which file: whoever was interrupted in between looks here.
CREATE TABLE hanse.archive_closed (
	mark           text PRIMARY KEY,
	enterprise_id  hanse.label NOT NULL,
	closed_at      timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE hanse.archive_closed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY archive ON hanse.archive_closed TO hanse_owner USING (session_user = 'hanse_provisioner');

CREATE FUNCTION admin.archive_was_closed(mark text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM hanse.archive_closed c WHERE c.mark = archive_was_closed.mark)
$$;

-- Close the sides of who has left, and delete what is its alone: drafts,
-- sessions, keys. sha256 is the digest of the archive that was kept; anything
-- that is not in it stops this. Number ranges stay: the numbers are used.
-- mark: of the caller's, for archive_was_closed().
CREATE FUNCTION admin.archive_close(enterprise text, sha256 text, mark text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(enterprise);
	mine boolean := hanse.archive_books_open();
	p hanse.archive_part;
	n bigint;
	closed bigint := 0;
	drafts bigint;
BEGIN
	IF admin.archive_summary(enterprise) ->> 'sha256' IS DISTINCT FROM archive_close.sha256 THEN
		PERFORM hanse.refuse('HN004', 'The documents have changed since the archive was made.', 'sha256', 'Make it again.');
	END IF;
	INSERT INTO hanse.archive_closed (mark, enterprise_id) SELECT archive_close.mark, e.enterprise_id WHERE archive_close.mark IS NOT NULL;
	DELETE FROM hanse.session s WHERE s.db_role = e.db_role;
	DELETE FROM hanse.idempotency_key k WHERE k.db_role = e.db_role;
	DELETE FROM hanse.order_line l WHERE l.draft AND l.buyer_role = e.db_role;
	DELETE FROM hanse.purchase_order o WHERE o.draft AND o.buyer_role = e.db_role;
	GET DIAGNOSTICS drafts = ROW_COUNT;
	FOR p IN SELECT * FROM hanse.archive_part x WHERE x.rule IN ('pair', 'document') ORDER BY x.position LOOP
		-- A counterparty's draft is not yet e's; it may never be sent.
		EXECUTE format('UPDATE hanse.%I t SET buyer_role = CASE WHEN t.buyer_role = $1 THEN '''' ELSE t.buyer_role END,
			seller_role = CASE WHEN t.seller_role = $1 THEN '''' ELSE t.seller_role END WHERE $1 IN (t.buyer_role, t.seller_role)%s',
			p.part, CASE WHEN p.part IN ('purchase_order', 'order_line') THEN ' AND NOT t.draft' ELSE '' END) USING e.db_role;
		GET DIAGNOSTICS n = ROW_COUNT;
		closed := closed + CASE WHEN p.part = 'purchase_order' THEN n ELSE 0 END;
	END LOOP;
	PERFORM hanse.archive_books_close(mine);
	RETURN jsonb_build_object('closed', closed, 'drafts', drafts);
END
$$;

-- Restore.

-- The lines of the archive that is being restored; empty between two.
CREATE TABLE hanse.archive_line (
	line_no  bigint PRIMARY KEY,
	line     text NOT NULL,
	part     text,
	uid      uuid,
	content  jsonb
);
ALTER TABLE hanse.archive_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY archive ON hanse.archive_line TO hanse_owner USING (session_user = 'hanse_provisioner');

-- Bring lines, in order, as many calls as it takes; all in the transaction of the restore.
CREATE FUNCTION admin.archive_load(lines text[])
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	LOCK TABLE hanse.archive_line IN EXCLUSIVE MODE;        -- one restore at a time
	INSERT INTO hanse.archive_line (line_no, line)
	SELECT n + coalesce((SELECT max(line_no) FROM hanse.archive_line), 0), x FROM unnest(lines) WITH ORDINALITY u (x, n);
	SELECT count(*) FROM hanse.archive_line
$$;

-- Take the lines apart, and refuse what is not whole. Gives the header.
CREATE FUNCTION hanse.archive_open(e hanse.enterprise)
RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	header jsonb;
	ending jsonb;
	l record;
	last bigint := (SELECT count(*) FROM hanse.archive_line);
	digest bytea := decode(repeat('00', 32), 'hex');
	counts jsonb;
	stranger text;
BEGIN
	SELECT x.line::jsonb INTO header FROM hanse.archive_line x WHERE x.line_no = 1;
	SELECT x.line::jsonb INTO ending FROM hanse.archive_line x WHERE x.line_no = last AND last > 1;
	IF header ->> 'record' IS DISTINCT FROM 'header' OR header ->> 'format' IS DISTINCT FROM 'hanse-archive'
		OR ending ->> 'record' IS DISTINCT FROM 'end' THEN
		PERFORM hanse.refuse('HN003', 'This is no whole archive.', 'archive', 'Bring all of it.');
	END IF;
	IF header -> 'version' <> '1' OR (header ->> 'schema')::int > admin.schema_version() THEN
		PERFORM hanse.refuse('HN003', 'This archive was made by a newer version.', 'version', 'Migrate this database first.');
	END IF;
	IF (header ->> 've', header ->> 'enterprise') IS DISTINCT FROM (e.ve_id::text, e.enterprise_id::text) THEN
		PERFORM hanse.refuse('HN003', format('This is the archive of %s in %s.', header ->> 'enterprise', header ->> 've'),
			'enterprise', 'The hashes of the histories name both; restore it there.');
	END IF;
	FOR l IN SELECT x.line FROM hanse.archive_line x WHERE x.line_no < last ORDER BY x.line_no LOOP
		digest := sha256(digest || convert_to(l.line, 'UTF8'));
	END LOOP;
	IF encode(digest, 'hex') IS DISTINCT FROM ending ->> 'sha256' THEN
		PERFORM hanse.refuse('HN003', 'The digest of this archive is not that of its lines.', 'sha256', 'It was changed, or is not whole.');
	END IF;
	UPDATE hanse.archive_line x SET part = x.line::jsonb ->> 'record', content = x.line::jsonb -> 'row'
	WHERE x.line_no > 1 AND x.line_no < last;
	UPDATE hanse.archive_line x SET uid = (x.content ->> p.document)::uuid
	FROM hanse.archive_part p WHERE p.part = x.part AND p.rule = 'document';
	SELECT jsonb_object_agg(p.part, (SELECT count(*) FROM hanse.archive_line x WHERE x.part = p.part)) INTO counts
	FROM hanse.archive_part p WHERE header -> 'tables' ? p.part;
	IF counts IS DISTINCT FROM ending -> 'counts' THEN
		PERFORM hanse.refuse('HN003', 'The counts of this archive are not those of its records.', 'counts', 'It was not made by hanse.');
	END IF;
	SELECT x.content ->> k INTO stranger
	FROM hanse.archive_line x, unnest(ARRAY['buyer_id', 'seller_id']) k
	WHERE x.content ? k AND NOT EXISTS (SELECT FROM hanse.enterprise y WHERE y.enterprise_id = x.content ->> k) LIMIT 1;
	IF FOUND THEN
		PERFORM hanse.refuse('HN003', format('There is no enterprise %s here, with which documents were exchanged.', stranger),
			'enterprise', 'Restore into a virtual enterprise with the same members.');
	END IF;
	SELECT x.part INTO stranger FROM hanse.archive_line x JOIN hanse.archive_part p USING (part)
	WHERE x.content ->> 've_id' IS DISTINCT FROM e.ve_id
	   OR NOT CASE WHEN p.rule IN ('self', 'own') THEN x.content ->> 'enterprise_id' = e.enterprise_id
		ELSE e.enterprise_id IN (x.content ->> 'buyer_id', x.content ->> 'seller_id') END
	LIMIT 1;
	IF FOUND THEN
		PERFORM hanse.refuse('HN003', 'A record of this archive is not about its enterprise.', stranger, 'It was not made by hanse.');
	END IF;
	RETURN header;
END
$$;

-- The columns of a part that both the archive and this database have.
CREATE FUNCTION hanse.archive_shared_columns(p hanse.archive_part, header jsonb)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT array_agg(c) FROM unnest(hanse.archive_columns(p)) c WHERE header -> 'tables' -> p.part ? c
$$;

-- The documents of the archive beside those that are here: what becomes of each.
-- new: not here · same: equal, part by part · continued: the history here
-- begins with that of the archive, and goes on · different · taken: another
-- document has its number.
CREATE FUNCTION hanse.archive_compare(e hanse.enterprise, header jsonb)
RETURNS TABLE (uid uuid, id text, verdict text) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	uids uuid[] := (SELECT array_agg(x.uid) FROM hanse.archive_line x WHERE x.part = 'purchase_order');
BEGIN
	RETURN QUERY
	WITH here AS (
		SELECT p.part, r.uid, r.content
		FROM hanse.archive_part p, hanse.archive_rows(e, p, hanse.archive_shared_columns(p, header), coalesce(uids, '{}')) r
		WHERE p.rule = 'document'
	), brought AS (
		-- What this database never knew (see sides_only) is not compared.
		SELECT x.part, x.uid, CASE WHEN o.created_by = '' THEN x.content - p.withheld ELSE x.content END AS content
		FROM hanse.archive_line x JOIN hanse.archive_part p ON p.part = x.part AND p.rule = 'document'
		LEFT JOIN hanse.purchase_order o ON x.part = 'purchase_order' AND o.order_uid = x.uid
	), lost AS (
		SELECT part, uid FROM (TABLE brought EXCEPT TABLE here) y
	), more AS (
		SELECT part, uid FROM (TABLE here EXCEPT TABLE brought) y
	)
	SELECT x.uid, x.content ->> 'id', CASE
		WHEN o.order_uid IS NULL AND EXISTS (SELECT FROM hanse.purchase_order n
			WHERE (n.ve_id, n.buyer_id, n.id) = (e.ve_id, x.content ->> 'buyer_id', x.content ->> 'id')) THEN 'taken'
		WHEN o.order_uid IS NULL THEN 'new'
		WHEN x.uid NOT IN (SELECT l.uid FROM lost l) AND x.uid NOT IN (SELECT m.uid FROM more m) THEN 'same'
		WHEN NOT EXISTS (SELECT FROM lost l WHERE l.uid = x.uid AND l.part = 'document_event')
			AND EXISTS (SELECT FROM more m WHERE m.uid = x.uid AND m.part = 'document_event')
			AND (o.buyer_id, o.seller_id, o.id) = (x.content ->> 'buyer_id', x.content ->> 'seller_id', x.content ->> 'id') THEN 'continued'
		ELSE 'different' END
	FROM hanse.archive_line x LEFT JOIN hanse.purchase_order o ON o.order_uid = x.uid
	WHERE x.part = 'purchase_order';
END
$$;

-- Write the rows of one part that are to be written. The side of e is open,
-- the other stays closed until its holder restores its own archive.
CREATE FUNCTION hanse.archive_write(e hanse.enterprise, p hanse.archive_part, header jsonb, uids uuid[])
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
	n bigint;
	-- Of master data the spec decides what is active; what only an archive knows is not.
	fixed jsonb := CASE p.part WHEN 'site' THEN '{"active": false}' WHEN 'item_relation' THEN '{"active": false}'
		WHEN 'trading_relation' THEN '{"state": "INACTIVE"}' WHEN 'purchase_order' THEN '{"created_by": "", "request_hash": "\\x"}' ELSE '{}' END;
	columns text[] := hanse.archive_shared_columns(p, header)
		|| CASE WHEN p.rule IN ('pair', 'document') THEN ARRAY['buyer_role', 'seller_role'] ELSE '{}' END
		|| CASE p.part WHEN 'site' THEN '{active}' WHEN 'item_relation' THEN '{active}' WHEN 'trading_relation' THEN '{state}' ELSE '{}' END::text[];
BEGIN
	EXECUTE format($q$ INSERT INTO hanse.%1$I (%2$s)
		SELECT %5$s FROM (SELECT * FROM hanse.archive_line x WHERE x.part = %1$L %3$s ORDER BY x.line_no) x,
		LATERAL jsonb_populate_record(NULL::hanse.%1$I, $1 || x.content || jsonb_build_object(
			'buyer_role', CASE WHEN x.content ->> 'buyer_id' = $2.enterprise_id THEN $2.db_role ELSE '' END,
			'seller_role', CASE WHEN x.content ->> 'seller_id' = $2.enterprise_id THEN $2.db_role ELSE '' END)) r
		%4$s $q$, p.part, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c),
		CASE p.rule WHEN 'document' THEN 'AND x.uid = ANY ($3)' ELSE '' END,
		CASE p.rule WHEN 'document' THEN '' ELSE 'ON CONFLICT DO NOTHING' END,
		(SELECT string_agg('r.' || quote_ident(c), ', ') FROM unnest(columns) c))
	USING fixed, e, uids;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

-- The histories and versions that were written hold what their hashes say.
CREATE FUNCTION hanse.archive_check(uids uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	broken text;
BEGIN
	SELECT o.id INTO broken FROM hanse.purchase_order o
	WHERE o.order_uid = ANY (uids) AND (
		NOT o.draft AND api.order_event_verify(o.order_uid) IS NOT NULL
		OR EXISTS (SELECT FROM hanse.order_version v WHERE v.order_uid = o.order_uid
			AND v.document_hash <> sha256(convert_to(v.snapshot::text, 'UTF8'))))
	LIMIT 1;
	IF FOUND THEN
		PERFORM hanse.refuse('HN003', format('The history of %s does not hold.', broken), 'archive', 'It was changed after it was written.');
	END IF;
END
$$;

-- Open e's side of documents that are here.
CREATE FUNCTION hanse.archive_reopen(e hanse.enterprise, uids uuid[])
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p hanse.archive_part;
	n bigint;
	opened bigint := 0;
BEGIN
	UPDATE hanse.purchase_order o SET created_by = x.content ->> 'created_by', request_hash = (x.content ->> 'request_hash')::bytea
	FROM hanse.archive_line x
	WHERE x.part = 'purchase_order' AND x.uid = o.order_uid AND o.order_uid = ANY (uids) AND o.created_by = '' AND x.content ? 'created_by';
	FOR p IN SELECT * FROM hanse.archive_part x WHERE x.rule = 'document' ORDER BY x.position LOOP
		EXECUTE format('UPDATE hanse.%I t SET buyer_role = CASE WHEN t.buyer_id = $1.enterprise_id THEN $1.db_role ELSE t.buyer_role END,
			seller_role = CASE WHEN t.seller_id = $1.enterprise_id THEN $1.db_role ELSE t.seller_role END
			WHERE t.%I = ANY ($2) AND $1.db_role NOT IN (t.buyer_role, t.seller_role)', p.part, p.document) USING e, uids;
		GET DIAGNOSTICS n = ROW_COUNT;
		opened := opened + CASE WHEN p.part = 'purchase_order' THEN n ELSE 0 END;
	END LOOP;
	UPDATE hanse.trading_relation t SET buyer_role = CASE WHEN t.buyer_id = e.enterprise_id THEN e.db_role ELSE t.buyer_role END,
		seller_role = CASE WHEN t.seller_id = e.enterprise_id THEN e.db_role ELSE t.seller_role END
	FROM hanse.archive_line x
	WHERE x.part = 'trading_relation' AND (x.content ->> 'buyer_id', x.content ->> 'seller_id') = (t.buyer_id, t.seller_id)
	  AND e.db_role NOT IN (t.buyer_role, t.seller_role);
	UPDATE hanse.item_relation t SET buyer_role = CASE WHEN t.buyer_id = e.enterprise_id THEN e.db_role ELSE t.buyer_role END,
		seller_role = CASE WHEN t.seller_id = e.enterprise_id THEN e.db_role ELSE t.seller_role END
	FROM hanse.archive_line x
	WHERE x.part = 'item_relation' AND e.db_role NOT IN (t.buyer_role, t.seller_role)
	  AND (x.content ->> 'buyer_id', x.content ->> 'seller_id', x.content ->> 'buyers_item_id') = (t.buyer_id, t.seller_id, t.buyers_item_id);
	RETURN opened;
END
$$;

-- Give an enterprise its documents back from the lines that were loaded. What
-- counterparties hold is never changed: a document that is here and equal is
-- opened again; one that is not stops all of it ("refused": true, with the
-- list). continued: take also those that only went on since.
CREATE FUNCTION admin.archive_restore(enterprise text, continued boolean DEFAULT false)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	e hanse.enterprise := hanse.archive_enterprise(enterprise);
	mine boolean := hanse.archive_books_open();
	header jsonb := hanse.archive_open(e);
	p hanse.archive_part;
	verdicts jsonb;
	fresh uuid[];
	known uuid[];
	result jsonb;
BEGIN
	-- It does not leave meanwhile.
	SELECT x.active INTO e.active FROM hanse.enterprise x WHERE x.enterprise_id = e.enterprise_id FOR NO KEY UPDATE;
	IF NOT e.active THEN
		PERFORM hanse.refuse('HN002', format('%s is no member now.', e.enterprise_id), 'enterprise', 'Add it to the spec first.');
	END IF;
	SELECT coalesce(jsonb_agg(jsonb_build_object('document', c.uid, 'id', c.id, 'why', c.verdict) ORDER BY c.id, c.uid)
			FILTER (WHERE NOT (c.verdict IN ('new', 'same') OR c.verdict = 'continued' AND continued)), '[]'),
		coalesce(array_agg(c.uid) FILTER (WHERE c.verdict = 'new'), '{}'),
		coalesce(array_agg(c.uid) FILTER (WHERE c.verdict IN ('same', 'continued')), '{}')
	INTO verdicts, fresh, known FROM hanse.archive_compare(e, header) c;
	result := jsonb_build_object('refused', verdicts <> '[]', 'differing', verdicts, 'written', 0, 'opened', 0, 'unchanged', 0);
	IF verdicts = '[]' THEN
		FOR p IN SELECT * FROM hanse.archive_part x
			WHERE x.rule <> 'none' AND x.part NOT IN ('enterprise', 'number_range') ORDER BY x.position LOOP
			PERFORM hanse.archive_write(e, p, header, fresh);
		END LOOP;
		INSERT INTO hanse.number_range AS n (ve_id, enterprise_id, doc_type, last_number)
		SELECT e.ve_id, e.enterprise_id, x.content ->> 'doc_type', (x.content ->> 'last_number')::int
		FROM hanse.archive_line x WHERE x.part = 'number_range'
		ON CONFLICT (ve_id, enterprise_id, doc_type) DO UPDATE SET last_number = greatest(n.last_number, excluded.last_number);
		PERFORM hanse.archive_check(fresh);
		result := result || jsonb_build_object('written', cardinality(fresh), 'opened', hanse.archive_reopen(e, known));
		result := result || jsonb_build_object('unchanged', cardinality(known) - (result ->> 'opened')::int);
	END IF;
	DELETE FROM hanse.archive_line;
	PERFORM hanse.archive_books_close(mine);
	RETURN result;
EXCEPTION
	WHEN check_violation OR not_null_violation OR foreign_key_violation OR unique_violation OR invalid_text_representation
		OR invalid_parameter_value OR datetime_field_overflow OR invalid_datetime_format OR numeric_value_out_of_range THEN
		PERFORM hanse.refuse('HN003', 'The archive cannot be restored: ' || SQLERRM || '.', 'archive', 'It was not made by hanse.');
END
$$;

-- Tables that name an enterprise and stand in no rule; no row, nothing is forgotten.
CREATE FUNCTION admin.archive_faults()
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('table hanse.%s is in no rule of the archive', c.relname) FROM pg_class c
	WHERE c.relnamespace = 'hanse'::regnamespace AND c.relkind IN ('r', 'p')
	  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 've_id' AND NOT a.attisdropped)
	  AND c.relname::text NOT IN (SELECT part FROM hanse.archive_part)
$$;

GRANT EXECUTE ON FUNCTION admin.archive_export, admin.archive_summary, admin.archive_holders, admin.archive_begin, admin.archive_close, admin.archive_was_closed, admin.archive_load,
	admin.archive_restore, admin.archive_faults TO hanse_provisioner;
