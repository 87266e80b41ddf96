-- 010_admin.sql - what provisioning calls: the members of the VE made equal to its spec, and the checks.

-- A spec's members in one shape: keys we keep, numbers as plain text, sorted.
-- Two specs that mean the same are equal here.
CREATE FUNCTION admin.members_normal(spec jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT jsonb_build_object('ve', spec ->> 've', 'title', coalesce(spec ->> 'title', spec ->> 've'),
		'enterprises', coalesce((SELECT jsonb_agg(jsonb_build_object(
				'name', e ->> 'name', 'legal_name', coalesce(e ->> 'legal_name', e ->> 'name'), 'role', e ->> 'role',
				'sites', coalesce((SELECT jsonb_agg(jsonb_build_object('id', s ->> 'id', 'name', coalesce(s ->> 'name', s ->> 'id'),
						'city', s ->> 'city', 'country', s ->> 'country', 'time_zone', s ->> 'time_zone')
						ORDER BY s ->> 'id' COLLATE "C")
					FROM jsonb_array_elements(nullif(e -> 'sites', 'null')) s), '[]'))
				ORDER BY e ->> 'name' COLLATE "C")
			FROM jsonb_array_elements(nullif(spec -> 'enterprises', 'null')) e), '[]'),
		'relations', coalesce((SELECT jsonb_agg(jsonb_build_object(
				'buyer', r ->> 'buyer', 'seller', r ->> 'seller',
				'items', coalesce((SELECT jsonb_agg(jsonb_build_object(
						'buyers_item_id', i ->> 'buyers_item_id', 'sellers_item_id', coalesce(i ->> 'sellers_item_id', i ->> 'buyers_item_id'),
						'description', i ->> 'description', 'unit', i ->> 'unit', 'currency', i ->> 'currency',
						'price', trim_scale((i ->> 'price')::numeric)::text,
						'pack_quantity', trim_scale(coalesce((i ->> 'pack_quantity')::numeric, 1))::text,
						'lead_time_days', coalesce((i ->> 'lead_time_days')::int, 0))
						ORDER BY i ->> 'buyers_item_id' COLLATE "C")
					FROM jsonb_array_elements(nullif(r -> 'items', 'null')) i), '[]'))
				ORDER BY r ->> 'buyer' COLLATE "C", r ->> 'seller' COLLATE "C")
			FROM jsonb_array_elements(nullif(spec -> 'relations', 'null')) r), '[]'))
$$;

-- The members as they are, in the same shape; what is inactive is not shown.
CREATE FUNCTION admin.members()
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT admin.members_normal(jsonb_build_object('ve', v.ve_id, 'title', v.title,
		'enterprises', (SELECT jsonb_agg(jsonb_build_object('name', e.enterprise_id, 'legal_name', e.legal_name, 'role', e.chain_role,
				'sites', (SELECT jsonb_agg(jsonb_build_object('id', s.site_id, 'name', s.name, 'city', s.city,
						'country', s.country, 'time_zone', s.time_zone))
					FROM hanse.site s WHERE (s.ve_id, s.enterprise_id) = (e.ve_id, e.enterprise_id) AND s.active)))
			FROM hanse.enterprise e WHERE e.ve_id = v.ve_id AND e.active),
		'relations', (SELECT jsonb_agg(jsonb_build_object('buyer', r.buyer_id, 'seller', r.seller_id,
				'items', (SELECT jsonb_agg(jsonb_build_object('buyers_item_id', i.buyers_item_id, 'sellers_item_id', i.sellers_item_id,
						'description', i.description, 'unit', i.unit, 'price', i.price_amount, 'currency', i.currency,
						'pack_quantity', i.pack_quantity, 'lead_time_days', i.lead_time_days))
					FROM hanse.item_relation i
					WHERE (i.ve_id, i.buyer_id, i.seller_id) = (r.ve_id, r.buyer_id, r.seller_id) AND i.active)))
			FROM hanse.trading_relation r WHERE r.ve_id = v.ve_id AND r.state = 'ACTIVE')))
	FROM hanse.ve v
$$;

-- Write the members of a spec that is in normal shape. What vanished becomes
-- inactive: documents keep naming it.
CREATE FUNCTION hanse.members_write(spec jsonb)
RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	ve text := spec ->> 've';
	n int;
	changed int := 0;
BEGIN
	INSERT INTO hanse.ve AS v (ve_id, title) VALUES (ve, spec ->> 'title')
	ON CONFLICT (ve_id) DO UPDATE SET title = excluded.title WHERE v.title <> excluded.title;
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;

	INSERT INTO hanse.enterprise AS e (ve_id, enterprise_id, legal_name, chain_role)
	SELECT ve, x ->> 'name', x ->> 'legal_name', x ->> 'role' FROM jsonb_array_elements(spec -> 'enterprises') x
	ON CONFLICT (ve_id, enterprise_id) DO UPDATE
		SET legal_name = excluded.legal_name, chain_role = excluded.chain_role, active = true
		WHERE (e.legal_name, e.chain_role, e.active) IS DISTINCT FROM (excluded.legal_name, excluded.chain_role, true);
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;
	UPDATE hanse.enterprise e SET active = false
	WHERE e.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(spec -> 'enterprises') x WHERE x ->> 'name' = e.enterprise_id);
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;

	INSERT INTO hanse.site AS s (ve_id, enterprise_id, site_id, name, city, country, time_zone)
	SELECT ve, x ->> 'name', y ->> 'id', y ->> 'name', y ->> 'city', y ->> 'country', y ->> 'time_zone'
	FROM jsonb_array_elements(spec -> 'enterprises') x, jsonb_array_elements(x -> 'sites') y
	ON CONFLICT (ve_id, enterprise_id, site_id) DO UPDATE
		SET name = excluded.name, city = excluded.city, country = excluded.country, time_zone = excluded.time_zone, active = true
		WHERE (s.name, s.city, s.country, s.time_zone, s.active)
			IS DISTINCT FROM (excluded.name, excluded.city, excluded.country, excluded.time_zone, true);
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;
	UPDATE hanse.site s SET active = false
	WHERE s.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(spec -> 'enterprises') x, jsonb_array_elements(x -> 'sites') y
		WHERE (x ->> 'name', y ->> 'id') = (s.enterprise_id, s.site_id));
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;

	INSERT INTO hanse.trading_relation AS r (ve_id, buyer_id, seller_id)
	SELECT ve, x ->> 'buyer', x ->> 'seller' FROM jsonb_array_elements(spec -> 'relations') x
	ON CONFLICT (ve_id, buyer_id, seller_id) DO UPDATE SET state = 'ACTIVE' WHERE r.state <> 'ACTIVE';
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;
	UPDATE hanse.trading_relation r SET state = 'INACTIVE'
	WHERE r.state = 'ACTIVE' AND NOT EXISTS (SELECT FROM jsonb_array_elements(spec -> 'relations') x
		WHERE (x ->> 'buyer', x ->> 'seller') = (r.buyer_id, r.seller_id));
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;

	INSERT INTO hanse.item_relation AS i (ve_id, buyer_id, seller_id, buyers_item_id, sellers_item_id, description, unit,
		price_amount, currency, pack_quantity, lead_time_days)
	SELECT ve, x ->> 'buyer', x ->> 'seller', y ->> 'buyers_item_id', y ->> 'sellers_item_id', y ->> 'description', y ->> 'unit',
		hanse.price_scaled((y ->> 'price')::numeric), y ->> 'currency', (y ->> 'pack_quantity')::numeric, (y ->> 'lead_time_days')::int
	FROM jsonb_array_elements(spec -> 'relations') x, jsonb_array_elements(x -> 'items') y
	ON CONFLICT (ve_id, buyer_id, seller_id, buyers_item_id) DO UPDATE
		SET sellers_item_id = excluded.sellers_item_id, description = excluded.description, unit = excluded.unit,
			price_amount = excluded.price_amount, currency = excluded.currency, pack_quantity = excluded.pack_quantity,
			lead_time_days = excluded.lead_time_days, active = true
		WHERE (i.sellers_item_id, i.description, i.unit, i.price_amount, i.currency, i.pack_quantity, i.lead_time_days, i.active)
			IS DISTINCT FROM (excluded.sellers_item_id, excluded.description, excluded.unit, excluded.price_amount,
				excluded.currency, excluded.pack_quantity, excluded.lead_time_days, true);
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;
	UPDATE hanse.item_relation i SET active = false
	WHERE i.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(spec -> 'relations') x, jsonb_array_elements(x -> 'items') y
		WHERE (x ->> 'buyer', x ->> 'seller', y ->> 'buyers_item_id') = (i.buyer_id, i.seller_id, i.buyers_item_id));
	GET DIAGNOSTICS n = ROW_COUNT; changed := changed + n;
	RETURN changed;
END
$$;

-- What a normal spec names twice, or NULL.
CREATE FUNCTION hanse.members_twice(spec jsonb)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT named FROM (
		SELECT 'enterprise ' || (e ->> 'name') AS named FROM jsonb_array_elements(spec -> 'enterprises') e
		UNION ALL SELECT format('site %s of %s', s ->> 'id', e ->> 'name')
			FROM jsonb_array_elements(spec -> 'enterprises') e, jsonb_array_elements(e -> 'sites') s
		UNION ALL SELECT format('relation %s - %s', r ->> 'buyer', r ->> 'seller') FROM jsonb_array_elements(spec -> 'relations') r
		UNION ALL SELECT format('item %s of %s - %s', i ->> 'buyers_item_id', r ->> 'buyer', r ->> 'seller')
			FROM jsonb_array_elements(spec -> 'relations') r, jsonb_array_elements(r -> 'items') i) x
	GROUP BY named HAVING count(*) > 1 LIMIT 1
$$;

CREATE FUNCTION admin.members_apply(spec jsonb)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	wanted jsonb;
	culprit text;
BEGIN
	wanted := admin.members_normal(spec);
	IF current_database() IS DISTINCT FROM 've_' || (wanted ->> 've') THEN
		PERFORM hanse.refuse('HN003', 'This is the database of another virtual enterprise.', 've', 'Apply the spec to its own database.');
	END IF;
	-- PostgreSQL cuts names at 63 bytes, and what is cut could be another's name.
	SELECT e ->> 'name' INTO culprit FROM jsonb_array_elements(wanted -> 'enterprises') e
	WHERE octet_length((wanted ->> 've') || '.' || (e ->> 'name')) > 63;
	IF FOUND THEN
		PERFORM hanse.refuse('HN003', format('The names of %s and its virtual enterprise are longer than 62 characters together.', culprit),
			'enterprises', 'Choose a shorter name.');
	END IF;
	culprit := hanse.members_twice(wanted);
	IF culprit IS NOT NULL THEN
		PERFORM hanse.refuse('HN003', format('The spec names %s twice.', culprit), 'spec', 'Name it once.');
	END IF;
	RETURN jsonb_build_object('changed', hanse.members_write(wanted));
EXCEPTION
	WHEN check_violation OR not_null_violation OR foreign_key_violation OR invalid_text_representation OR invalid_parameter_value THEN
		PERFORM hanse.refuse('HN003', 'The members cannot be applied: ' || SQLERRM || '.', 'spec', 'Correct the spec.');
END
$$;

CREATE FUNCTION admin.schema_version()
RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT max(number) FROM hanse.schema_migration
$$;

-- Holes in the isolation of this database, one sentence each; no row, no hole.
CREATE FUNCTION admin.catalogue_faults()
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH ours AS (
		SELECT n.oid, n.nspname, n.nspacl, n.nspowner FROM pg_namespace n
		WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	), relation AS (
		SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS name,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('ve_id', 'buyer_role', 'db_role') AND NOT a.attisdropped) AS business
		FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
	), routine AS (
		SELECT p.*, n.nspname, p.oid::regprocedure::text AS name FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace
	)
	SELECT format('table %s has no row-level security', name) FROM relation WHERE relkind IN ('r', 'p') AND NOT relrowsecurity
	UNION ALL
	SELECT format('table %s does not force row-level security on its owner', name) FROM relation
	WHERE relkind IN ('r', 'p') AND business AND NOT relforcerowsecurity
	UNION ALL
	SELECT format('table %s has a policy %s that does not look at session_user', r.name, p.polname)
	FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	WHERE r.business AND p.polpermissive AND concat(pg_get_expr(p.polqual, r.oid), pg_get_expr(p.polwithcheck, r.oid)) !~* 'session_user'
	UNION ALL
	SELECT format('table %s has a policy %s that looks at a role or a setting the session can change', r.name, p.polname)
	FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	WHERE concat(pg_get_expr(p.polqual, r.oid), pg_get_expr(p.polwithcheck, r.oid)) ~* 'current_user|current_role|current_setting'
	UNION ALL
	SELECT format('view %s does not run with the rights of its reader', name) FROM relation
	WHERE relkind = 'v' AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
	UNION ALL
	SELECT format('%s %s keeps rows that no policy guards', CASE relkind WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'sequence' END, name)
	FROM relation WHERE relkind IN ('m', 'f', 'S')
	UNION ALL
	SELECT format('%s is not owned by hanse_owner', name) FROM (
		SELECT name, relowner AS owner FROM relation WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
		UNION ALL SELECT name, proowner FROM routine
		UNION ALL SELECT 'schema ' || nspname, nspowner FROM ours WHERE nspname <> 'public'
		UNION ALL SELECT 'database ' || datname, datdba FROM pg_database WHERE datname = current_database()) x
	WHERE owner <> 'hanse_owner'::regrole
	UNION ALL
	SELECT format('function %s runs with the rights of %s', name, CASE WHEN (SELECT rolsuper FROM pg_roles WHERE oid = proowner) THEN 'a superuser' ELSE 'another than hanse_owner' END)
	FROM routine WHERE prosecdef AND proowner <> 'hanse_owner'::regrole
	UNION ALL
	SELECT format('function %s has no pinned search_path', name) FROM routine
	WHERE NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c = 'search_path=pg_catalog, pg_temp')
	UNION ALL
	SELECT format('everybody may do more than read %s', name) FROM relation, aclexplode(relacl) a
	WHERE a.grantee = 0 AND a.privilege_type <> 'SELECT'
	UNION ALL
	SELECT format('everybody may call %s', name) FROM routine, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
	WHERE a.grantee = 0 AND nspname <> 'api'
	UNION ALL
	SELECT format('everybody has %s on schema %s', a.privilege_type, nspname) FROM ours, aclexplode(nspacl) a
	WHERE a.grantee = 0 AND NOT (nspname = 'api' AND a.privilege_type = 'USAGE')
	UNION ALL
	SELECT format('everybody has %s on the database', a.privilege_type)
	FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = current_database() AND a.grantee = 0
	UNION ALL
	SELECT format('everybody may use the language %s', lanname) FROM pg_language, aclexplode(coalesce(lanacl, acldefault('l', lanowner))) a
	WHERE a.grantee = 0 AND lanpltrusted
	UNION ALL
	SELECT format('role %s, which may connect here, is more than a member', rolname)
	FROM pg_database d, aclexplode(d.datacl) a, pg_roles r
	WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT' AND r.oid = a.grantee
	  AND r.rolname NOT IN ('hanse_owner', 'hanse_provisioner')
	  AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
	    OR EXISTS (SELECT FROM pg_auth_members m WHERE r.oid IN (m.member, m.roleid))
	    OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid))
	UNION ALL
	SELECT format('role %s may connect here and belongs to another virtual enterprise', rolname)
	FROM pg_database d, aclexplode(d.datacl) a, pg_roles r
	WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT' AND r.oid = a.grantee
	  AND r.rolname NOT IN ('hanse_owner', 'hanse_provisioner')
	  AND 've_' || split_part(r.rolname, '.', 1) <> d.datname
	UNION ALL
	SELECT 'the functions of another language than SQL and PL/pgSQL: ' || name FROM routine
	WHERE prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))
$$;

GRANT EXECUTE ON FUNCTION admin.members, admin.members_normal, admin.members_apply, admin.schema_version, admin.catalogue_faults
	TO hanse_provisioner;
GRANT SELECT, INSERT ON hanse.schema_migration TO hanse_provisioner;
CREATE POLICY provisioning ON hanse.schema_migration USING (session_user = 'hanse_provisioner');
