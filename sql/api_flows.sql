-- The seed's three flows, from nothing to a booked unit, by requests alone.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start

-- 1. Register, builder and customer; log in; who am I; refresh.
SELECT status, data - 'user', data #>> '{user,user_type}', data #>> '{user,builder,company_name}'
FROM answer('POST', '/api/auth/register', '{"email": "Eve@API.example", "password": "correct horse battery",
	"user_type": "builder", "full_name": "Eve", "company_name": "Eve Estates", "license_number": "RERA/E/1"}');
SELECT status, body::jsonb #>> '{data,token}' AS eve, body::jsonb #>> '{data,refresh_token}' AS again
FROM realty.request('POST', '/api/auth/login', '{"email": "eve@api.example", "password": "correct horse battery"}') \gset
SELECT :status;
SELECT status, data #>> '{user,email}', data #> '{user,profile_id}' FROM answer('GET', '/api/auth/me', NULL, :'eve');
SELECT status, data #>> '{user,full_name}', data #>> '{user,phone}'
FROM answer('PATCH', '/api/auth/me', '{"full_name": "Eve E.", "phone": "+919800000001"}', :'eve');
SELECT status, body::jsonb #>> '{data,token}' AS eve, body::jsonb #>> '{data,refresh_token}' AS next
FROM realty.request('POST', '/api/auth/refresh', jsonb_build_object('refresh_token', :'again')) \gset
SELECT :status, :'again' <> :'next';
SELECT status FROM answer('POST', '/api/auth/register', '{"email": "finn@api.example",
	"password": "correct horse battery", "user_type": "customer", "full_name": "Finn"}');
SELECT body::jsonb #>> '{data,token}' AS finn FROM realty.request('POST', '/api/auth/login',
	'{"email": "finn@api.example", "password": "correct horse battery"}') \gset

-- 2. A project with units. The builder is the caller's own, whatever a client would say.
SELECT status, jsonb_pretty(data) FROM answer('POST', '/api/projects', '{"name": "Lake View",
	"project_type": "residential", "status": "launched", "address": "1 Lake Road", "city": "Pune",
	"state": "Maharashtra", "launch_date": "2026-01-31", "latitude": 18.52, "longitude": 73.85, "images": [{"url": "/a.jpg"}]}', :'eve');
SELECT status, data #> '{unit,price}', data #>> '{unit,status}' FROM generate_series(1, 3) n,
	answer('POST', '/api/units', jsonb_build_object('project_id', 1, 'tower', 'A', 'floor', n, 'unit_number', n || '01',
		'unit_type', '2bhk', 'bedrooms', 2, 'price', (6000000 + n)::text || '.50'), :'eve');
SELECT data #>> '{builder,total_projects}' FROM answer('GET', '/api/builders/3');
SELECT data #> '{project,total_units}', data #> '{project,available_units}' FROM answer('GET', '/api/projects/1');
SELECT jsonb_pretty(data) FROM answer('GET', '/api/projects/1/availability');
SELECT data #>> '{units,0,unit_number}', data #>> '{pagination}'
FROM answer('GET', '/api/projects/1/units?status=available&sort=-price&limit=1');

-- 3. Finn books one: price and owners are the unit's; the unit is taken, the count falls.
SELECT status, jsonb_pretty(data) FROM answer('POST', '/api/bookings', '{"unit_id": 1, "notes": "corner"}', :'finn');
SELECT data #>> '{unit,status}' FROM answer('GET', '/api/units/1');
SELECT data #> '{project,total_units}', data #> '{project,available_units}' FROM answer('GET', '/api/projects/1');
SELECT data #> '{availability,by_status}' FROM answer('GET', '/api/projects/1/availability');
SELECT status, code FROM refusal('POST', '/api/bookings', '{"unit_id": 1}', :'chitra');

-- Both are notified. Reading marks; others see nothing.
SELECT data #> '{unread_count}' FROM answer('GET', '/api/notifications/unread-count', NULL, :'eve');
SELECT n ->> 'kind', n ->> 'body', n -> 'read_at' FROM answer('GET', '/api/notifications', NULL, :'finn'),
	jsonb_array_elements(data -> 'notifications') n;
SELECT n -> 'id' AS finns FROM answer('GET', '/api/notifications', NULL, :'finn'),
	jsonb_array_elements(data -> 'notifications') n \gset
SELECT status, data #> '{notification,read_at}' FROM answer('POST', '/api/notifications/' || :finns || '/read', NULL, :'finn');
SELECT data FROM answer('GET', '/api/notifications/unread-count', NULL, :'finn');
SELECT status, code FROM refusal('POST', '/api/notifications/' || :finns || '/read', NULL, :'eve');
SELECT status, data FROM answer('POST', '/api/notifications/read-all', NULL, :'eve');
SELECT status, data FROM answer('DELETE', '/api/notifications/' || :finns, NULL, :'finn');
SELECT data -> 'notifications' FROM answer('GET', '/api/notifications', NULL, :'chitra');

-- The builder confirms and hands over; the neighbour can neither see nor touch it.
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/bookings', NULL, :'eve');
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/bookings', NULL, :'bo');
SELECT status, code FROM refusal('GET', '/api/bookings/1', NULL, :'bo');
SELECT status, code FROM refusal('POST', '/api/bookings/1/confirm', NULL, :'bo');
SELECT status, data #>> '{booking,status}' FROM answer('POST', '/api/bookings/1/confirm', '{}', :'eve');
SELECT status, data #>> '{booking,notes}', data #> '{booking,discount}'
FROM answer('PATCH', '/api/bookings/1', '{"notes": "corner, paid", "discount": 1000}', :'eve');
SELECT * FROM refusal('POST', '/api/bookings/1/complete', NULL, :'eve');
SELECT status, data #>> '{booking,status}' FROM answer('POST', '/api/bookings/1/complete', '{"override_reason": "Paid to the seller"}', :'eve');
SELECT data #>> '{unit,status}' FROM answer('GET', '/api/units/1');

-- Booking and thinking better of it frees the unit.
SELECT status, data #>> '{booking,id}' AS second FROM answer('POST', '/api/bookings', '{"unit_id": 2}', :'chitra') \gset
SELECT data #> '{project,available_units}' FROM answer('GET', '/api/projects/1');
SELECT status, data #>> '{booking,status}', data #>> '{booking,cancellation_reason}'
FROM answer('POST', '/api/bookings/' || :second || '/cancel', '{"reason": "too small"}', :'chitra');
SELECT data #> '{project,available_units}' FROM answer('GET', '/api/projects/1');

-- Off sale and on again: a blocked unit is seen by its builder only.
SELECT status, data #>> '{unit,status}' FROM answer('POST', '/api/units/3/block', NULL, :'eve');
SELECT status, code FROM refusal('GET', '/api/units/3');
SELECT status FROM answer('GET', '/api/units/3', NULL, :'eve');
SELECT status, data #>> '{unit,status}' FROM answer('POST', '/api/units/3/release', NULL, :'eve');
SELECT status, data FROM answer('DELETE', '/api/units/3', NULL, :'eve');
SELECT status, code FROM refusal('GET', '/api/units/3', NULL, :'eve');

-- Settings: public ones for every client, the rest for administrators, who alone write.
SELECT status, data FROM answer('PUT', '/api/settings/site.motto', '{"value": {"en": "Home"}, "is_public": true}', :'root');
SELECT status, data #> '{setting,value}' FROM answer('PUT', '/api/settings/site.secret', '{"value": 1}', :'root');
SELECT status, data #> '{setting,value}', data #> '{setting,is_public}'
FROM answer('PUT', '/api/settings/site.motto', '{"value": "Home."}', :'root');
SELECT status, s ->> 'key', s -> 'value', s ->> 'kind' FROM answer('GET', '/api/settings?limit=100'), jsonb_array_elements(data -> 'settings') s;
SELECT status, s ->> 'key' FROM answer('GET', '/api/settings?limit=100', NULL, :'root'), jsonb_array_elements(data -> 'settings') s WHERE s ->> 'kind' = 'any';
SELECT status, code FROM refusal('GET', '/api/settings/site.secret', NULL, :'eve');
SELECT status, code FROM refusal('PUT', '/api/settings/site.motto', '{"value": 1}', :'eve');
SELECT status, data FROM answer('DELETE', '/api/settings/site.motto', NULL, :'root');
-- Those that realty knows have a type, and a default that DELETE brings back.
SELECT key, value, r.* FROM (VALUES ('refund_percent', '101'), ('refund_percent', '"90"'), ('refund_percent', '[90]'), ('refund_percent', 'null'),
	('financial_year_start_month', '1.5'), ('currency', '"RUPEE"'), ('site_name', '""'), ('time_zone', '"Middle/Earth"'),
	('time_zone', '5'), ('area_unit', '{"a": 1}')) v (key, value),
	refusal('PUT', '/api/settings/' || key, jsonb_build_object('value', value::jsonb, 'extra', '[]'::jsonb), :'root') r;
SELECT status, data #> '{setting,value}', data #> '{setting,is_public}', data #> '{setting,default_value}'
FROM answer('PUT', '/api/settings/refund_percent', '{"value": 87.5, "is_public": false}', :'root');
SELECT status, data #> '{setting,value}' FROM answer('GET', '/api/settings/refund_percent');
SELECT status, data FROM answer('DELETE', '/api/settings/refund_percent', NULL, :'root');
SELECT status, data #> '{setting,value}' FROM answer('GET', '/api/settings/refund_percent');
SELECT status, code FROM refusal('DELETE', '/api/settings/refund_percent', NULL, :'root');

-- Sessions: listed, ended one by one, then all; an ended one opens nothing more.
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/auth/sessions', NULL, :'finn');
SELECT s -> 'id' AS older FROM answer('GET', '/api/auth/sessions?sort=id&limit=1', NULL, :'finn'),
	jsonb_array_elements(data -> 'sessions') s \gset
SELECT status, data #>> '{session,revoked_at}' FROM answer('DELETE', '/api/auth/sessions/' || :older, NULL, :'finn');
SELECT status, code FROM refusal('DELETE', '/api/auth/sessions/' || :older, NULL, :'eve');
SELECT convert_from(body, 'UTF8')::jsonb #>> '{data,token}' AS phone FROM realty.request_raw('POST', '/api/auth/login',
	E'User-Agent: Phone/1.0\r\n', '{"email": "finn@api.example", "password": "correct horse battery"}', '192.0.2.7') \gset
SELECT data #> '{sessions,0,user_agent}', data #> '{sessions,0,client}' FROM answer('GET', '/api/auth/sessions', NULL, :'phone');
SELECT status FROM answer('POST', '/api/auth/logout', NULL, :'finn');
SELECT status, code FROM refusal('GET', '/api/auth/me', NULL, :'finn');
SELECT status FROM answer('POST', '/api/auth/logout-all', NULL, :'eve');
SELECT status, code FROM refusal('GET', '/api/auth/me', NULL, :'eve');
SELECT * FROM realty.check_invariants();
\i :end
