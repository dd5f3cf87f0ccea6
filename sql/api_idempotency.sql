-- Idempotency-Key: a retry gets the first answer, and nothing happens twice.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SET realty.max_open_bookings_per_customer = 0;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Lake View", "project_type": "residential", "status": "launched", "city": "Pune"}', :'aya');
SELECT status FROM generate_series(1, 5) n, answer('POST', '/api/units', jsonb_build_object('project_id', 1, 'unit_number', n::text, 'price', 100), :'aya');
-- Status, whether it is a replay, and what was answered, of a request with a key
CREATE FUNCTION keyed(key text, method text, path text, body jsonb, token text)
RETURNS TABLE (status int, replayed text, said text, location text) LANGUAGE sql AS $$
	SELECT r.status, r.headers ->> 'Idempotent-Replayed',
		coalesce(r.body::jsonb #>> '{data,booking,id}', r.body::jsonb #>> '{error,code}', r.body::jsonb #>> '{data}'), r.headers ->> 'Location'
	FROM realty.request($2, $3, $4, bearer($5) || jsonb_build_object('Idempotency-Key', $1)) r
$$;

SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 1}', :'chitra');
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 1}', :'chitra');
-- the same value written otherwise is the same
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{ "unit_id" :  1 }', :'chitra');
SELECT count(*) AS bookings FROM realty.bookings;
-- another body, path or query is another request
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
SELECT * FROM keyed('k1', 'POST', '/api/messages', '{"unit_id": 1}', :'chitra');
SELECT * FROM keyed('k1', 'POST', '/api/bookings?x=1', '{"unit_id": 1}', :'chitra');
-- a key is its user's
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 2}', :'dev');
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 2}', :'dev');

-- A refusal is an answer too: it stays, though the unit is free again meanwhile
SELECT * FROM keyed('k2', 'POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings/2/cancel', '{"reason": "moved"}', :'dev');
SELECT * FROM keyed('k2', 'POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
SELECT * FROM keyed('k3', 'POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
SELECT * FROM keyed('k4', 'POST', '/api/bookings', '{"unit_id": "x", "price": 1}', :'chitra');
SELECT * FROM keyed('k4', 'POST', '/api/bookings', '{"unit_id": "x", "price": 1}', :'chitra');

-- Kept for a day, by the clock: then the key is new
UPDATE realty.idempotency_keys SET created_at = now() - interval '23 hours 59 minutes' WHERE key = 'k1';
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 1}', :'chitra');
UPDATE realty.idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'k1';
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 3}', :'chitra');
SELECT * FROM keyed('k1', 'POST', '/api/bookings', '{"unit_id": 3}', :'chitra');

-- A key that is none
SELECT * FROM keyed('', 'POST', '/api/bookings', '{"unit_id": 4}', :'chitra');
SELECT * FROM keyed(repeat('k', 256), 'POST', '/api/bookings', '{"unit_id": 4}', :'chitra');
SELECT status FROM keyed(repeat('k', 255), 'POST', '/api/bookings', '{"unit_id": 4}', :'chitra');

-- It counts for a signed-in POST, and never where responses contain tokens
SELECT status, replayed FROM keyed('k5', 'PATCH', '/api/auth/me', '{"full_name": "C"}', :'chitra');
SELECT status, replayed FROM keyed('k5', 'POST', '/api/auth/login', '{"email": "chitra@api.example", "password": "correct horse battery"}', NULL);
SELECT status, replayed FROM keyed('k5', 'POST', '/api/auth/change-password',
	'{"current_password": "correct horse battery", "new_password": "another pass phrase"}', :'chitra');
SELECT status, replayed FROM keyed('k5', 'GET', '/api/bookings', NULL, :'chitra');
SELECT count(*) AS kept FROM realty.idempotency_keys WHERE key = 'k5';

-- A server's trouble and "try again" are not kept
CREATE FUNCTION api.busy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE 'PT503' USING MESSAGE = 'busy'; END $$;
GRANT EXECUTE ON FUNCTION api.busy() TO realty_customer;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('POST', '/api/busy', 'call', 'api.busy', '{customer}');
SELECT status, replayed FROM keyed('k6', 'POST', '/api/busy', NULL, :'chitra');
CREATE OR REPLACE FUNCTION api.busy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE 'PT429' USING MESSAGE = 'slow'; END $$;
SELECT status, replayed FROM keyed('k6', 'POST', '/api/busy', NULL, :'chitra');
CREATE OR REPLACE FUNCTION api.busy() RETURNS void LANGUAGE sql AS $$ SELECT $$;
SELECT status, replayed FROM keyed('k6', 'POST', '/api/busy', NULL, :'chitra');
SELECT status, replayed FROM keyed('k6', 'POST', '/api/busy', NULL, :'chitra');

-- An answer that is too large to be kept undoes the work, and says so each time
CREATE TABLE counted (n int);
CREATE FUNCTION api.large(bytes int) RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
	INSERT INTO counted VALUES (bytes); SELECT to_jsonb(repeat('x', bytes)) $$;
GRANT EXECUTE ON FUNCTION api.large(int) TO realty_customer;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('POST', '/api/large', 'call', 'api.large', '{customer}');
SELECT status, replayed, length(said) FROM keyed('k7', 'POST', '/api/large', '{"bytes": 4000000}', :'chitra');
SELECT status, replayed, length(said) FROM keyed('k7', 'POST', '/api/large', '{"bytes": 4000000}', :'chitra');
SELECT status, replayed, said FROM keyed('k8', 'POST', '/api/large', '{"bytes": 5000000}', :'chitra');
SELECT status, replayed, said FROM keyed('k8', 'POST', '/api/large', '{"bytes": 5000000}', :'chitra');
SELECT * FROM counted;

-- An ended token replays nothing, and no role can read what is stored
UPDATE realty.sessions SET revoked_at = now() WHERE user_id = 3;
SELECT * FROM keyed('k3', 'POST', '/api/bookings', '{"unit_id": 2}', :'chitra');
SET ROLE realty_admin;
SELECT * FROM realty.idempotency_keys;
RESET ROLE;
SELECT * FROM realty.check_invariants();
\i :end
