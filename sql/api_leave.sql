-- Taking one's data along, and going: GET /api/auth/me/export, DELETE /api/auth/me.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm Court", "city": "Pune", "status": "launched"}', :'aya');
SELECT status FROM generate_series(1, 2) n, answer('POST', '/api/units', jsonb_build_object('project_id', 1, 'unit_number', n::text, 'price', 5000000), :'aya');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 1, "notes": "mine"}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 2, "notes": "his"}', :'dev');
SELECT status FROM answer('POST', '/api/messages', '{"recipient_id": 1, "booking_id": 1, "body": "from Chitra"}', :'chitra');
SELECT status FROM answer('POST', '/api/messages', '{"recipient_id": 1, "booking_id": 2, "body": "from Dev"}', :'dev');

SELECT status FROM answer('PATCH', '/api/bookings/1/private', '{"internal_note": "hers alone"}', :'aya');
SELECT status FROM answer('PATCH', '/api/units/2/private', '{"private": {"floor_price": 1}}', :'aya');
SELECT status FROM answer('PATCH', '/api/units/2', '{"price": 5100000}', :'aya');

-- Each user's own data, and no other: an administrator's is not the site's
CREATE FUNCTION exported(token text) RETURNS TABLE (status int, email text, rows text, cut text) LANGUAGE sql AS $$
	SELECT r.status, d #>> '{user,email}', (SELECT string_agg(key || ' ' || jsonb_array_length(value), ', ' ORDER BY key)
		FROM jsonb_each(d - 'cut') WHERE jsonb_typeof(value) = 'array'), d ->> 'cut'
	FROM realty.request('GET', '/api/auth/me/export', NULL, bearer(token)) r, LATERAL (SELECT r.body::jsonb -> 'data') x (d) $$;
SELECT who, e.* FROM (VALUES (1, 'chitra', :'chitra'), (2, 'dev', :'dev'), (3, 'aya', :'aya'), (4, 'bo', :'bo'), (5, 'root', :'root')) t (n, who, token), exported(token) e ORDER BY n;
SELECT data -> 'bookings' @> '[{"notes": "mine"}]' AS hers, data::text ~ 'his|from Dev' AS his, data ? 'units' AS of_a_builder
FROM answer('GET', '/api/auth/me/export', NULL, :'chitra');
SELECT (SELECT data -> 'bookings' FROM answer('GET', '/api/auth/me/export', NULL, :'chitra')) = (SELECT data -> 'bookings' FROM answer('GET', '/api/bookings', NULL, :'chitra')) AS as_the_list_shows_them;
SELECT data #>> '{private_bookings,0,internal_note}' AS note, data #> '{private_units,0,private}' AS kept, data #>> '{price_history,0,new_price}' AS price FROM answer('GET', '/api/auth/me/export', NULL, :'aya');
SELECT * FROM refusal('GET', '/api/auth/me/export');
-- Bounded: the newest, and which lists have more
INSERT INTO realty.notifications (user_id, kind, title) SELECT 3, 'test', 'n' || n FROM generate_series(1, 1200) n;
SELECT (body::jsonb #> '{data,notifications}') -> 0 ->> 'title' AS newest FROM realty.request('GET', '/api/auth/me/export', NULL, bearer(:'chitra'));
SELECT rows, cut FROM exported(:'chitra');
-- In a SQL session, with the caller's rights
BEGIN;
SELECT realty.authenticate(:'dev') \gset
SELECT json_array_length(api.export_me() -> 'bookings') AS bookings, current_user;
ROLLBACK;

-- Going: with the password, which is asked for in the body, counted and locked as at a login
SELECT * FROM refusal('DELETE', '/api/auth/me', NULL, :'dev');
SELECT * FROM refusal('DELETE', '/api/auth/me', '{"password": "wrong"}');
SELECT * FROM refusal('DELETE', '/api/auth/me', '{"password": "wrong", "x": 1}', :'dev');
SELECT * FROM refusal('DELETE', '/api/auth/me?password=wrong&x=1', NULL, :'dev');
-- addresses are logged: a secret in one is refused, on each route that takes one, and nothing is tried with it
SELECT * FROM refusal('DELETE', '/api/auth/me?password=correct%20horse%20battery', NULL, :'dev');
SELECT * FROM refusal('POST', '/api/auth/login?email=dev@api.example&password=correct%20horse%20battery');
SELECT * FROM refusal('POST', '/api/auth/refresh?refresh_token=x', '{}');
SELECT failed_logins FROM realty.user_credentials WHERE user_id = 4;
SELECT * FROM refusal('DELETE', '/api/auth/me', '{"password": "wrong"}', :'dev');
SELECT failed_logins FROM realty.user_credentials WHERE user_id = 4;
UPDATE realty.user_credentials SET locked_until = clock_timestamp() + interval '1 hour' WHERE user_id = 4;
SELECT * FROM refusal('DELETE', '/api/auth/me', '{"password": "correct horse battery"}', :'dev');
SELECT is_active FROM realty.users WHERE id = 4;
UPDATE realty.user_credentials SET locked_until = NULL, failed_logins = 0;
-- What prevents it is listed, and nothing is half done
SELECT * FROM refusal('DELETE', '/api/auth/me', '{"password": "correct horse battery"}', :'root');
SELECT status FROM answer('GET', '/api/auth/me', NULL, :'root');
-- Gone, in one request
SELECT status FROM answer('POST', '/api/bookings/2/cancel', NULL, :'dev');
SELECT status, data FROM answer('DELETE', '/api/auth/me', '{"password": "correct horse battery"}', :'dev');
SELECT * FROM refusal('GET', '/api/auth/me', NULL, :'dev');
SELECT * FROM refusal('POST', '/api/auth/login', '{"email": "dev@api.example", "password": "correct horse battery"}');
SELECT full_name, is_active, anonymised_at IS NOT NULL AS erased FROM realty.users WHERE id = 4;
-- a builder as well; other deletions pay no heed to a body
SELECT status, data FROM answer('DELETE', '/api/auth/me', '{"password": "correct horse battery"}', :'bo');
SELECT status FROM answer('DELETE', '/api/users/2', '{"password": 1, "x": []}', :'root');
SELECT * FROM realty.check_invariants();
\i :end
