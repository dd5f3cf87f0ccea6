-- What a company keeps for itself: private of its rows, and the internal note of a booking. Others find it nowhere.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Lake View", "city": "Pune", "status": "launched"}', :'aya');
SELECT status FROM answer('POST', '/api/units', '{"project_id": 1, "unit_number": "1", "price": 100}', :'aya');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 1, "notes": "shared"}', :'chitra');
-- Written and read by the company
SELECT * FROM answer('PATCH', '/api/builders/1/private', '{"private": {"secret": "zqx builder"}}', :'aya');
SELECT * FROM answer('PATCH', '/api/projects/1/private', '{"private": {"secret": "zqx project"}}', :'aya');
SELECT * FROM answer('PATCH', '/api/units/1/private', '{"private": {"secret": "zqx unit"}}', :'aya');
SELECT * FROM answer('PATCH', '/api/bookings/1/private', '{"internal_note": "zqx note", "private": {"secret": "zqx booking"}}', :'aya');
SELECT * FROM answer('GET', '/api/bookings/1/private', NULL, :'aya');
-- A customer's by the administrators
SELECT * FROM refusal('PATCH', '/api/customers/1/private', '{"private": {"secret": "x"}}', :'aya');
SELECT * FROM answer('PATCH', '/api/customers/1/private', '{"private": {"secret": "zqx customer"}}', :'root');
SELECT status FROM answer('GET', '/api/units/1/private', NULL, :'root');
-- Not for other accounts: the neighbour, the buyer, anonymous users
SELECT t.who, p.path, r.status FROM (VALUES ('bo', :'bo'), ('chitra', :'chitra'), ('nobody', NULL)) t (who, token),
    unnest(ARRAY['builders', 'projects', 'units', 'bookings', 'customers']) p (path), answer('GET', '/api/' || p.path || '/1/private', NULL, t.token) r ORDER BY 2, 1;
SELECT * FROM refusal('PATCH', '/api/units/1/private', '{"private": {}}', :'bo');
SELECT * FROM refusal('PATCH', '/api/bookings/1/private', '{"internal_note": "x"}', :'chitra');
-- a text as those that are shared: line breaks, and nothing hidden
SELECT * FROM refusal('PATCH', '/api/bookings/1/private', '{"internal_note": "a\u202eb"}', :'aya');
SELECT * FROM refusal('PATCH', '/api/bookings/1/private', '{"internal_note": "a\u200bb"}', :'aya');
-- Not on the way of the public columns either
SELECT * FROM refusal('PATCH', '/api/units/1', '{"private": {}}', :'aya');
SELECT * FROM refusal('POST', '/api/bookings', '{"unit_id": 1, "internal_note": "x"}', :'chitra');
SELECT * FROM refusal('PATCH', '/api/units/1/private', jsonb_build_object('private', jsonb_build_object('k', repeat('x', 16400))), :'aya');
SELECT * FROM refusal('PATCH', '/api/units/1/private', '{"private": []}', :'aya');
-- What others are answered has none of it: every GET there is, of what these two and a stranger may ask
SELECT t.who, r.path, a.status FROM (VALUES ('bo', :'bo'), ('chitra', :'chitra'), ('nobody', NULL)) t (who, token), realty.routes r,
    LATERAL (SELECT x.status, x.body FROM realty.request('GET', replace(replace(r.path, '{id}', '1'), '{key}', 'currency'), NULL, bearer(t.token)) x) a
WHERE r.method = 'GET' AND r.path NOT LIKE '%stream%' AND a.body::text ~ 'zqx' ORDER BY 1, 2;
SELECT DISTINCT a.status FROM answer('GET', '/api/audit?limit=100', NULL, :'bo') a WHERE a.data::text ~ 'zqx';
-- In the audit the company reads its own booking's
SELECT count(*) FROM answer('GET', '/api/audit?limit=100', NULL, :'aya') a WHERE a.data::text ~ 'zqx note' AND a.data::text !~ 'zqx unit';
SELECT * FROM realty.check_invariants();
\i :end
