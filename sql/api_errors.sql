-- Every row of the status table, each with its code and fields, and nothing changed by it.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm", "project_type": "residential",
	"status": "launched", "address": "1 MG Road", "city": "Pune", "state": "MH"}', :'aya');
SELECT status FROM answer('POST', '/api/projects', '{"name": "Draft", "project_type": "residential",
	"address": "2 MG Road", "city": "Pune", "state": "MH"}', :'aya');
SELECT status FROM generate_series(1, 2) n, answer('POST', '/api/units', jsonb_build_object('project_id', 1,
	'unit_number', n::text, 'unit_type', '2bhk', 'price', 5000000), :'aya');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 1}', :'chitra');

CREATE FUNCTION everything() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(t::text, E'\n' ORDER BY t::text)) FROM (
		SELECT p::text FROM realty.projects p UNION ALL SELECT u::text FROM realty.units u
		UNION ALL SELECT b::text FROM realty.bookings b UNION ALL SELECT n::text FROM realty.notifications n
		UNION ALL SELECT i::text FROM realty.inventory i UNION ALL SELECT u::text FROM realty.users u
		UNION ALL SELECT a::text FROM realty.audit_log a UNION ALL SELECT s::text FROM realty.system_settings s) v (t)
$$;
SELECT everything() AS before \gset

-- 400: the path, the query string, the headers
SELECT path, r.* FROM unnest(ARRAY['', 'api/projects', '/api/projects/%zz', '/api/projects/%', '/api/projects?city=%C0%AF',
	'/api/projects?city=%ED%A0%80', '/api/projects?city=%FF', '/api/projects/%00', '/api/projects?%00=1']) path,
	refusal('GET', path) r;
SELECT status, body::jsonb #>> '{error,code}' FROM realty.request('GET', '/api/projects', NULL, '{"Accept": 1}');
SELECT status, body::jsonb #>> '{error,code}' FROM realty.request('GET', '/api/projects', NULL, '[]');
SELECT status FROM realty.request('GET', '/api/projects', NULL,
	'{"Authorization": "Bearer x", "authorization": "Bearer y"}');
SELECT status FROM realty.request(NULL, NULL);
SELECT status FROM realty.request('GET', '/api/projects?' || repeat('a=1&', 100));

-- 400 and 415: bodies as bytes
CREATE FUNCTION raw(body bytea, headers text DEFAULT E'Content-Type: application/json\r\n')
RETURNS TABLE (status int, code text, details text) LANGUAGE sql AS $$
	SELECT r.status, convert_from(r.body, 'UTF8')::jsonb #>> '{error,code}',
		convert_from(r.body, 'UTF8')::jsonb #>> '{error,details,0,message}'
	FROM realty.request_raw('POST', '/api/auth/login', $2, $1, '192.0.2.1') r
$$;
SELECT body, r.* FROM unnest(ARRAY['{', '{"email": }', '{"email": "a", "email": "b"}', '{"a": {"b": 1, "b": 2}}',
	'{"email": "\u0000"}', '{"email": "\ud800"}', '[1,2', 'null', '[]', '"text"', '{"email": 1e999999}', '{"a": 01}',
	'{"email": "a"} {}', 'email=a&password=b', '']) body, raw(convert_to(body, 'UTF8')) r;
SELECT status, code FROM raw('\x7b2261223a2022ff227d');
SELECT status, code FROM raw('\x7b2261223a2022c080227d');
SELECT status, code FROM raw('\x7b00227d');
SELECT status, code FROM raw(convert_to(repeat('[', 100000), 'UTF8'));
SELECT status, code, details FROM raw(convert_to(repeat('{"a":', 33) || '1' || repeat('}', 33), 'UTF8'));
-- Two bytes of it are hundreds as jsonb: 4 MB of {} would take gigabytes.
SELECT value, most, status, code, details FROM (VALUES ('{}', 24998), ('{}', 25000), ('[]', 25000), ('1', 49998), ('1', 50000)) v (value, most),
	raw(convert_to('{"email": [' || repeat(value || ',', most - 1) || value || ']}', 'UTF8'));
SELECT headers, r.status, r.code FROM unnest(ARRAY['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp',
	'application/json; charset=latin1', 'json', 'application/merge-patch+json']) headers,
	raw('{}', 'Content-Type: ' || headers || E'\r\n') r;
SELECT status, code FROM raw('{}', E'no colon\r\n');
SELECT status, code FROM raw('{}', E': empty\r\n');
SELECT status, code FROM raw('{}', E'Authorization: a\r\nAUTHORIZATION: b\r\n');
SELECT status, code FROM raw('{}', repeat(E'X: y\r\n', 200));

-- 401: no token, no bearer, forged, expired, of another kind; with the header that says how
SELECT status, headers ->> 'WWW-Authenticate' FROM realty.request('GET', '/api/auth/me');
CREATE FUNCTION signed(claims jsonb, key text DEFAULT 'a-test-secret-of-at-least-thirty-two-bytes') RETURNS text
LANGUAGE sql AS $$
	SELECT realty.sign((jsonb_build_object('sub', '3', 'role', 'realty_customer', 'user_type', 'customer',
		'profile_id', 1, 'sid', 7, 'type', 'access', 'iss', 'realty', 'db', (SELECT id FROM realty.database_identity), 'jti', 'x', 'iat', extract(epoch FROM now())::bigint,
		'exp', extract(epoch FROM now())::bigint + 600) || claims)::json, key)
$$;
SELECT what, r.status, r.code FROM (VALUES
	('forged', signed('{}', 'another-secret-of-at-least-thirty-two-bytes')),
	('expired', signed(jsonb_build_object('exp', 1000000000, 'iat', 999999000))),
	('a refresh token', signed('{"type": "refresh"}')),
	('role and type at odds', signed('{"role": "realty_admin"}')),
	('no algorithm', 'eyJhbGciOiJub25lIn0.' || split_part(signed('{}'), '.', 2) || '.'),
	('a letter changed', overlay(:'chitra' placing 'x' from 60)),
	('not a token', 'x'), ('empty', '')) v (what, token), refusal('GET', '/api/auth/me', NULL, token) r;
SELECT status FROM realty.request('GET', '/api/auth/me', NULL, '{"Authorization": "Basic eDp5"}');
-- A bad token is refused where none is needed, too; save where one signs in.
SELECT status, code FROM refusal('GET', '/api/projects', NULL, 'x');
SELECT status, code FROM refusal('POST', '/api/auth/login', '{"email": "a", "password": "b"}', 'x');

-- 403: the role forbids, the row is another's
SELECT status, code FROM refusal('POST', '/api/projects', '{"name": "Mine"}', :'chitra');
SELECT status, code FROM refusal('POST', '/api/bookings', '{"unit_id": 2}', :'aya');
SELECT status, code FROM refusal('PATCH', '/api/projects/1', '{"name": "Stolen"}', :'bo');
SELECT status, code FROM refusal('DELETE', '/api/projects/1', NULL, :'bo');
SELECT status, code FROM refusal('PATCH', '/api/units/2', '{"price": 1}', :'bo');
SELECT status, code FROM refusal('PATCH', '/api/builders/1', '{"company_name": "Ours now"}', :'bo');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 1, "unit_number": "9",
	"unit_type": "2bhk", "price": 5}', :'bo');

-- 404: absent, not yours to know of, no number, no path
SELECT path, r.status, r.code FROM unnest(ARRAY['/api/projects/999', '/api/projects/2', '/api/projects/abc', '/api/projects/1e3',
	'/api/projects/99999999999999999999', '/api/projects/999/units', '/api/projects/2/availability', '/api/projects/x/units',
	'/api/builders/999/projects', '/api/nothing', '/', '/api//projects', '/api/projects/1/', '/api/projects/1/2/3/4',
	'/api/settings/none', '/' || repeat('a/', 60)]) path, refusal('GET', path) r;
SELECT status, code FROM refusal('GET', '/api/projects/2', NULL, :'bo');
SELECT status, code FROM refusal('PATCH', '/api/projects/2', '{"name": "x"}', :'bo');
SELECT status, code FROM refusal('GET', '/api/bookings/1', NULL, :'dev');
SELECT status, code FROM refusal('POST', '/api/bookings/1/cancel', '{}', :'dev');
SELECT status, code FROM refusal('POST', '/api/bookings/1/confirm', NULL, :'bo');

-- 405 with Allow, 406
SELECT status, headers ->> 'Allow' FROM realty.request('PUT', '/api/projects/1', '{}');
SELECT status, headers ->> 'Allow' FROM realty.request('DELETE', '/api/auth/login');
SELECT status FROM realty.request('BREW', '/api/projects');
SELECT status, body::jsonb #>> '{error,code}' FROM realty.request('GET', '/api/projects', NULL, '{"accept": "text/html"}');

-- 409: taken, not in that state, in use, there already
SELECT status, code FROM refusal('POST', '/api/bookings', '{"unit_id": 1}', :'dev');
SELECT status, code FROM refusal('POST', '/api/bookings/1/complete', NULL, :'aya');
SELECT status, code, details FROM refusal('DELETE', '/api/units/1', NULL, :'aya');
SELECT status, code, details FROM refusal('DELETE', '/api/projects/1', NULL, :'aya');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 1, "unit_number": "1", "unit_type": "2bhk",
	"price": 5}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/auth/register', '{"email": "AYA@api.example",
	"password": "correct horse battery", "user_type": "customer", "full_name": "Aya"}');
SELECT status, code FROM refusal('POST', '/api/units/1/block', NULL, :'aya');

-- 422: unknown field, wrong type, missing field, several at once, each named
SELECT status, code, details FROM refusal('POST', '/api/projects', '{"colour": "red", "name": "x", "project_type": "mixed",
	"address": "x", "city": "x", "state": "x"}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/projects', '{}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/projects', NULL, :'aya');
SELECT status, code, details FROM refusal('POST', '/api/projects', '{"name": ["a"], "latitude": "north", "amenities": "pool",
	"launch_date": "2026-02-30", "status": "sold out", "price_min": -1, "builder_id": 2, "total_units": 5}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 1, "unit_number": "7", "unit_type": "2bhk",
	"price": -5, "bedrooms": 2.5, "floor": 99999999999, "carpet_area": 10.555}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 1, "unit_number": "7", "unit_type": "2bhk",
	"price": -5, "bedrooms": -1}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '{"price": -5, "bedrooms": "two"}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '{"price": -5, "unit_number": null}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '{"status": "sold"}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '{}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '{"price_minor": 5}', :'aya');
SELECT status, code, details FROM refusal('PATCH', '/api/units/2', '[]', :'aya');
-- What the tables set by themselves, a client cannot.
SELECT status, code, details FROM refusal('POST', '/api/bookings', '{"unit_id": 2, "total_amount": 1, "customer_id": 2,
	"builder_id": 1, "status": "confirmed"}', :'chitra');
-- A foreign key to nowhere, and to a row that is hidden: the same answer.
SELECT status, code, details FROM refusal('POST', '/api/bookings', '{"unit_id": 999}', :'chitra');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 999, "unit_number": "7", "unit_type": "2bhk",
	"price": 5}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/units', '{"project_id": 2, "unit_number": "7", "unit_type": "2bhk",
	"price": 5}', :'bo');
-- Parameters: unknown, of the wrong type, outside their range, twice; nowhere do they pass unread.
SELECT status, code, details FROM refusal('GET', '/api/projects?colour=red&status=x&latitude=n&page=0&limit=101&sort=colour&extra=1');
SELECT path, r.status, r.details FROM unnest(ARRAY['/api/projects?limit=10&limit=20', '/api/projects?page=1e3',
	'/api/projects?page=99999999999999999999', '/api/projects?after=!', '/api/projects?after=AAAA', '/api/projects?after=&page=2',
	'/api/projects?min_name=a', '/api/projects?price_min_minor=1', '/api/units?unsold=true', '/api/projects?launch_date=2026-13-01',
	'/api/projects/1?x=1', '/api/projects/1/availability?x=1']) path, refusal('GET', path) r;
SELECT status, code, details FROM refusal('POST', '/api/projects?x=1', '{}', :'aya');
SELECT status, code, details FROM refusal('POST', '/api/auth/login', '{"email": 1, "pasword": "x"}');
SELECT status, code, details FROM refusal('POST', '/api/auth/register', '{"email": "x", "password": "y", "user_type": "admin",
	"budget_min": "much"}');
-- A function does not run for a request that is refused, whatever it might have found: of what a
-- sequence counts, which no rollback takes back, nothing is gone, and a wrong password reads as the right one.
SELECT status, code, details FROM refusal('POST', '/api/auth/register', '{"email": "nope", "password": "x",
    "user_type": "customer", "full_name": "", "budget_min": "much", "budget_max": -4, "colour": "red"}');
SELECT body, status, code, details FROM unnest(ARRAY['{"email": "chitra@example.com", "password": "correct horse 1", "x": 1}',
	'{"email": "chitra@example.com", "password": "not it", "x": 1}', '{"email": "nobody@example.com", "password": "not it", "x": 1}',
	'{"email": "chitra@example.com", "password": 1}', '{"email": "chitra@example.com"}']::jsonb[]) body,
	refusal('POST', '/api/auth/login', body);
SELECT status, code, details FROM refusal('POST', '/api/auth/login?x=1', '{"email": "chitra@example.com", "password": "not it"}');
SELECT path, status, code, details FROM (VALUES
	('/api/auth/reset-password', '{"token": "x", "new_password": "short", "x": 1}'::jsonb),
	('/api/auth/refresh', '{"refresh_token": "x", "x": 1}'), ('/api/auth/forgot-password', '{"email": "nobody", "x": 1}'))
	v (path, body), refusal('POST', path, body);
SELECT status, code, details FROM refusal('POST', '/api/auth/change-password', '{"current_password": "not it", "new_password": "y", "x": 1}', :'chitra');
CREATE SEQUENCE public.runs;
CREATE FUNCTION public.counts(n int, m int DEFAULT 0) RETURNS bigint LANGUAGE sql AS 'SELECT nextval(''public.runs'')';
GRANT USAGE ON SEQUENCE public.runs TO PUBLIC;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES
	('POST', '/api/counts', 'call', 'public.counts', '{public}'), ('DELETE', '/api/counts/{n}', 'call', 'public.counts', '{public}');
SELECT method, path, body, status, details FROM (VALUES ('POST', '/api/counts', '{"n": 1, "x": 1}'::jsonb), ('POST', '/api/counts', '{"n": "a"}'),
	('POST', '/api/counts', '{}'), ('POST', '/api/counts', '{"n": 1, "m": "a"}'), ('POST', '/api/counts?n=1', '{"n": 1}'),
	('POST', '/api/counts?x=1', '{"n": 1}'), ('DELETE', '/api/counts/1?x=1', NULL)) v (method, path, body), refusal(method, path, body);
SELECT status, body FROM realty.request('POST', '/api/counts', '{"n": 1}');
DELETE FROM realty.routes WHERE path LIKE '/api/counts%';
-- Nothing of all that changed anything.
SELECT everything() = :'before' AS unchanged;

-- Too slow, or cancelled: the error of the whole statement, not a response behind which something would go on.
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES
	('GET', '/api/slow', 'call', 'public.slow', '{public}'), ('POST', '/api/slow', 'call', 'public.slow', '{user}'), ('GET', '/api/broken', 'call', 'public.broken', '{public}'),
	('GET', '/api/gone', 'call', 'public.gone', '{public}'), ('GET', '/api/limited', 'call', 'public.limited', '{public}');
CREATE FUNCTION public.slow() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(60)';
CREATE FUNCTION public.broken() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'secret %', 42 USING ERRCODE = 'XX000'; END $$;
CREATE FUNCTION public.limited() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
	RAISE SQLSTATE 'PGRST' USING MESSAGE = '{"code": "too_many_requests", "message": "slow down"}',
		DETAIL = '{"status": 429, "headers": {"Retry-After": "7"}}'; END $$;
GRANT USAGE ON SCHEMA public TO realty_anon;
SET statement_timeout = '200ms';
SELECT status, headers ->> 'Retry-After', body::jsonb #>> '{error,code}' FROM realty.request('GET', '/api/slow');
SELECT status FROM realty.request('POST', '/api/slow', '{}', bearer(:'chitra'));
SELECT status FROM realty.request('POST', '/api/slow', '{}', bearer(:'chitra') || '{"Idempotency-Key": "slow"}');
RESET statement_timeout;
-- The session stays usable. 429 says when to come back.
SELECT status, headers ->> 'Retry-After', body::jsonb #>> '{error,code}' FROM realty.request('GET', '/api/limited');
-- 500 tells nothing of its inside.
SELECT status, body FROM realty.request('GET', '/api/broken', NULL, '{"X-Request-Id": "r"}');
SELECT status, body FROM realty.request('GET', '/api/gone', NULL, '{"X-Request-Id": "r"}');
-- Read only: a GET is served, a write is 503.
SET default_transaction_read_only = on;
SELECT status FROM answer('GET', '/api/projects/1', NULL, :'chitra');
SELECT status, code FROM refusal('POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
RESET default_transaction_read_only;
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
\i :end
