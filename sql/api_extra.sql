-- A site's own fields: extra, on every table, is written and read through the API like any other
-- column, with the rights on the row.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set mine '{"crm": {"id": "x-1"}, "tags": ["vip", null]}'
-- By creating a row: its id, and what extra reads then.
CREATE FUNCTION creates(path text, body jsonb, token text) RETURNS text LANGUAGE sql AS $$
	SELECT r.status || ' ' || coalesce(o.value ->> 'extra', r.data::text)
	FROM answer('POST', '/api/' || path, body || jsonb_build_object('extra', '{"crm": {"id": "x-1"}, "tags": ["vip", null]}'::jsonb), token) r,
		jsonb_each(r.data) o $$;
SELECT creates('projects', '{"name": "Palm", "project_type": "residential", "status": "launched", "address": "1 MG Road",
	"city": "Pune", "state": "MH"}', :'aya');
SELECT creates('units', '{"project_id": 1, "unit_number": "1", "unit_type": "2bhk", "price": 5000000}', :'aya');
SELECT creates('bookings', '{"unit_id": 1}', :'chitra');
SELECT creates('payments', '{"booking_id": 1, "amount": 10}', :'aya');
SELECT creates('appointments', jsonb_build_object('project_id', 1, 'kind', 'call', 'starts_at', (date_trunc('week', now() AT TIME ZONE 'Asia/Kolkata') + interval '7 days 11 hours') AT TIME ZONE 'Asia/Kolkata',
	'ends_at', (date_trunc('week', now() AT TIME ZONE 'Asia/Kolkata') + interval '7 days 12 hours') AT TIME ZONE 'Asia/Kolkata'), :'chitra');
SELECT creates('messages', '{"recipient_id": 1, "project_id": 1, "body": "Hello"}', :'chitra');
SELECT creates('progress', '{"project_id": 1, "phase": "Piles"}', :'aya');
SELECT creates('updates', '{"project_id": 1, "title": "Roof"}', :'aya');
SELECT creates('models', '{"project_id": 1, "name": "Tower", "format": "glb", "file_url": "https://cdn.example/a.glb"}', :'aya');
SELECT creates('change-requests', '{"booking_id": 1, "title": "Door"}', :'chitra');
SELECT status, data #> '{setting,extra}' FROM answer('PUT', '/api/settings/site.colour', jsonb_build_object('value', 1, 'extra', :'mine'::jsonb), :'root');
SELECT status, data FROM answer('POST', '/api/units/bulk', jsonb_build_array(jsonb_build_object('project_id', 1, 'unit_number', '2',
	'unit_type', '2bhk', 'price', 1, 'extra', :'mine'::jsonb), '{"project_id": 1, "unit_number": "3", "unit_type": "2bhk", "price": 1}'::jsonb), :'aya');
SELECT status, data #> '{unit,extra}' FROM generate_series(2, 3) n, answer('GET', '/api/units/' || n, NULL, :'aya');
-- By changing one: those whose rows come with an account too.
SELECT status, data #> '{user,extra}' FROM answer('PATCH', '/api/users/3', '{"extra": {"crm": 1}}', :'root');
SELECT status, data #> '{builder,extra}' FROM answer('PATCH', '/api/builders/1', '{"extra": {"crm": 2}}', :'aya');
SELECT status, data #> '{customer,extra}' FROM answer('PATCH', '/api/customers/1', '{"extra": {"crm": 3}}', :'chitra');
SELECT path, r.status, o.value -> 'extra' FROM unnest(ARRAY['projects', 'units', 'bookings', 'payments', 'appointments', 'progress', 'updates',
	'models']) path, answer('PATCH', '/api/' || path || '/1', '{"extra": {"n": 1.50}}', :'aya') r, jsonb_each(r.data) o;
SELECT status, data #> '{change_request,extra}' FROM answer('PATCH', '/api/change-requests/1', '{"extra": {"n": 1}}', :'chitra');
-- It is an object or nothing, and only the row's owner's.
SELECT value, r.* FROM unnest(ARRAY['[1]', '"x"', '1', 'null', 'true']) value,
	refusal('PATCH', '/api/projects/1', jsonb_build_object('extra', value::jsonb), :'aya') r;
SELECT status, code FROM refusal('PATCH', '/api/projects/1', '{"extra": {}}', :'bo');
SELECT status, code FROM refusal('PATCH', '/api/bookings/1', '{"extra": {}}', :'dev');
-- Nothing was left out: each of the fifteen tables has it, and each view of the API shows it.
SELECT c.relname FROM pg_class c WHERE c.oid::regclass::text IN ('realty.users', 'realty.builders', 'realty.customers', 'realty.projects',
	'realty.units', 'realty.bookings', 'realty.payments', 'realty.appointments', 'realty.project_progress', 'realty.construction_updates',
	'realty.messages', 'realty.change_requests', 'realty.models_3d', 'realty.notifications', 'realty.system_settings')
	AND 2 <> (SELECT count(*) FROM pg_attribute a WHERE a.attname = 'extra' AND a.attrelid IN (c.oid, ('api.' || c.relname)::regclass));
\i :end
