-- 06_members.sql - provisioning makes the members equal to the spec, again and again.
BEGIN;
SELECT * FROM no_plan();
CREATE TEMP TABLE s (name text PRIMARY KEY, spec jsonb);
INSERT INTO s SELECT 'now', t.ask('beta.hanse_provisioner', 'admin.members()')::jsonb;
CREATE FUNCTION pg_temp.apply(spec jsonb, who text DEFAULT 'beta.hanse_provisioner') RETURNS text LANGUAGE sql AS $$
	SELECT t.ask(who, format('admin.members_apply(%L)', spec)) $$;
CREATE FUNCTION pg_temp.now() RETURNS jsonb LANGUAGE sql AS $$ SELECT t.ask('beta.hanse_provisioner', 'admin.members()')::jsonb $$;
CREATE FUNCTION pg_temp.spec() RETURNS jsonb LANGUAGE sql AS $$ SELECT spec FROM s WHERE name = 'now' $$;

SELECT is(jsonb_array_length(pg_temp.spec() -> 'enterprises'), 6, 'six members');
SELECT is(pg_temp.apply(pg_temp.spec()), '{"changed": 0}', 'applying what is there writes nothing');
SELECT is(t.ask('beta.hanse_provisioner', format('admin.members_normal(%L)', pg_temp.spec()))::jsonb, pg_temp.spec(), 'normal is normal');
SELECT is(t.ask('beta.hanse_provisioner', $$ admin.members_normal('{"ve":"b","title":"T","driver":"auto","enterprises":[{"name":"y","legal_name":"Y","role":"oem","people":[1],"vcpus":2},{"name":"x","legal_name":"X","role":"oem"}],
	"relations":[{"buyer":"x","seller":"y","items":[{"buyers_item_id":"2","sellers_item_id":"b","description":"d","unit":"H87","price":"41.80","currency":"EUR","pack_quantity":24.0},{"buyers_item_id":"1","sellers_item_id":"a","description":"d","unit":"H87","price":5,"currency":"EUR","lead_time_days":3}]}]}')
	= admin.members_normal('{"ve":"b","title":"T","enterprises":[{"name":"x","legal_name":"X","role":"oem","sites":[]},{"name":"y","legal_name":"Y","role":"oem","sites":null}],
	"relations":[{"buyer":"x","seller":"y","items":[{"buyers_item_id":"1","sellers_item_id":"a","description":"d","unit":"H87","price":"5.00","currency":"EUR","pack_quantity":1,"lead_time_days":3},{"buyers_item_id":"2","sellers_item_id":"b","description":"d","unit":"H87","price":41.8,"currency":"EUR","pack_quantity":"24","lead_time_days":0}]}]}') $$), 'true', 'order, spelling and foreign keys do not matter');

-- An order, then its seller leaves.
INSERT INTO s SELECT 'order', to_jsonb(t.draft('beta.oem', 'tier-a'));
SELECT is(t.act('beta.oem', (SELECT spec #>> '{}' FROM s WHERE name = 'order'), 'send', NULL, NULL), 'SENT', 'an order on its way');
INSERT INTO s SELECT 'left', jsonb_set(jsonb_set(pg_temp.spec(), '{enterprises}', (SELECT jsonb_agg(e) FROM jsonb_array_elements(pg_temp.spec() -> 'enterprises') e WHERE e ->> 'name' <> 'tier-a')),
	'{relations}', (SELECT jsonb_agg(r) FROM jsonb_array_elements(pg_temp.spec() -> 'relations') r WHERE 'tier-a' NOT IN (r ->> 'buyer', r ->> 'seller')));
SELECT is(pg_temp.apply((SELECT spec FROM s WHERE name = 'left')), '{"changed": 9}', 'a member leaves: itself, its site, two relations, five items');
SELECT is(pg_temp.now(), (SELECT spec FROM s WHERE name = 'left'), 'what is there equals the spec');
SELECT is(t.ask('beta.oem', 'SELECT state FROM api."order" WHERE seller_id = ''tier-a'' AND state <> ''DRAFT'' LIMIT 1'), 'SENT', 'its documents stay');
SELECT is(t.ask('beta.oem', 'SELECT active FROM api.partner WHERE enterprise_id = ''tier-a'''), 'false', 'its partner sees that it is gone');
SELECT is(t.field('beta.oem', $$ SELECT api.order_create('x', 'tier-a', '[{"item":"P-1","quantity":1}]') $$), 'HN003 seller_id', 'nothing new is ordered from it');
SELECT is(t.field('beta.tier-a', $$ SELECT api.order_act(gen_random_uuid(), 'accept', 'x') $$), 'HN001 session_user', 'it acts no more');
SELECT is(t.ask('beta.tier-a', 'SELECT count(*) FROM api.me'), '0', 'and is nobody');
SELECT is(pg_temp.apply(pg_temp.spec()), '{"changed": 9}', 'it comes back');
SELECT is(pg_temp.now(), pg_temp.spec(), 'as it was');
SELECT is(t.act('beta.tier-a', (SELECT spec #>> '{}' FROM s WHERE name = 'order'), 'accept', NULL, NULL), 'CONFIRMED', 'and answers its order');

-- One thing changes, one row is written; old orders keep what they said.
SELECT is(pg_temp.apply(jsonb_set(pg_temp.spec(), '{relations,1,items,0,price}', '"43.10"')), '{"changed": 1}', 'a new price');
SELECT is(t.ask('beta.oem', 'SELECT price FROM api.order_line JOIN api."order" USING (order_uid) WHERE seller_id = ''tier-a'' AND buyers_item_id = ''P-1'' AND state = ''CONFIRMED'' LIMIT 1'), '41.80', 'the order keeps the old');
SELECT is(pg_temp.apply(pg_temp.spec()), '{"changed": 1}', 'the old price');

-- Refused whole.
SELECT is(t.field('beta.hanse_provisioner', format('SELECT admin.members_apply(%L)', x)), wanted, 'refused: ' || wanted || ' ' || row_number() OVER ()) FROM (VALUES
	(jsonb_set(pg_temp.spec(), '{ve}', '"alpha"'), 'HN003 ve'), (pg_temp.spec() - 've', 'HN003 ve'),
	(jsonb_set(pg_temp.spec(), '{enterprises,0,name}', '"Dealer"'), 'HN003 spec'), (jsonb_set(pg_temp.spec(), '{enterprises,0,name}', to_jsonb(repeat('x', 33))), 'HN003 spec'),
	(jsonb_set(pg_temp.spec(), '{relations,0,buyer}', '"stranger"'), 'HN003 spec'), (jsonb_set(pg_temp.spec(), '{relations,0,seller}', '"dealer"'), 'HN003 spec'),
	(jsonb_set(pg_temp.spec(), '{relations,0,items,0,price}', '"-1"'), 'HN003 spec'), (jsonb_set(pg_temp.spec(), '{relations,0,items,0,price}', '"dear"'), 'HN003 spec'),
	(jsonb_set(pg_temp.spec(), '{relations,0,items,0,unit}', 'null'), 'HN003 spec'),
	(jsonb_set(pg_temp.spec(), '{enterprises,6}', pg_temp.spec() #> '{enterprises,0}'), 'HN003 spec')) c (x, wanted);
SELECT is(pg_temp.now(), pg_temp.spec(), 'refusals change nothing');
SELECT is(t.try('beta.oem', 'SELECT admin.members()'), '42501', 'a member does not provision');
SELECT is(t.try('beta.hanse_provisioner', 'UPDATE hanse.enterprise SET legal_name = ''x'''), '42501', 'provisioning writes through admin only');
SELECT * FROM finish();
COMMIT;
