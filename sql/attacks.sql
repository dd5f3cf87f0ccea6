-- Attacks by a login of the database itself, or with a customer's token.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:p7, :dev_c);
SELECT realty.create_admin('root@cast.example', 'a long enough password') > 0 AS made;
UPDATE realty.user_credentials SET user_id = :dev WHERE user_id = (SELECT id FROM realty.users WHERE email = 'root@cast.example');

-- Planted names: schemas before pg_catalog, and temporary tables and functions, which go before all
-- when nothing says otherwise. Each planted thing would raise a warning; none is reached.
CREATE SCHEMA planted; GRANT USAGE ON SCHEMA planted TO PUBLIC;
CREATE FUNCTION planted.trap(what text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'reached: %', what; RETURN what; END $$;
CREATE FUNCTION planted.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT planted.trap('lower') $$;
CREATE FUNCTION planted.length(text) RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM planted.trap('length') $$;
CREATE FUNCTION planted.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '1999-01-01' FROM planted.trap('now') $$;
CREATE FUNCTION planted.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '1999-01-01' FROM planted.trap('clock_timestamp') $$;
CREATE FUNCTION planted.coalesce_all(anyarray) RETURNS text LANGUAGE sql AS $$ SELECT planted.trap('coalesce') $$;
CREATE FUNCTION planted.jsonb_build_object(VARIADIC "any") RETURNS jsonb LANGUAGE internal AS 'jsonb_build_object';
CREATE FUNCTION planted.equal(bigint, bigint) RETURNS boolean LANGUAGE sql AS $$ SELECT planted.trap('=') IS NOT NULL $$;
CREATE OPERATOR planted.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = planted.equal);
CREATE FUNCTION planted.equal(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT planted.trap('=') IS NOT NULL $$;
CREATE OPERATOR planted.= (LEFTARG = text, RIGHTARG = text, FUNCTION = planted.equal);
CREATE FUNCTION planted.user_id() RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint FROM planted.trap('user_id') $$;
CREATE TEMP TABLE users (id bigint, email text, user_type text, is_active boolean, full_name text);
CREATE TEMP TABLE user_credentials (user_id bigint, password_hash text);
CREATE TEMP TABLE sessions (id bigint, user_id bigint, revoked_at timestamptz, expires_at timestamptz);
CREATE TEMP TABLE routes (id int, path text); CREATE TEMP TABLE units (id bigint, status text); CREATE TEMP TABLE bookings (id bigint);
CREATE TEMP TABLE transitions (subject text); CREATE TEMP TABLE system_settings (key text, value jsonb);
CREATE FUNCTION pg_temp.user_type() RETURNS text LANGUAGE sql AS $$ SELECT planted.trap('user_type') $$;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO PUBLIC;
SET LOCAL search_path = planted, pg_temp, realty, api, pg_catalog;
\set VERBOSITY terse
SELECT lower('a trap that works');
SELECT pg_catalog.count(*) FROM api.login('dev@cast.example', 'a long enough password') l WHERE l IS NOT NULL;
SELECT status FROM realty.request('POST', '/api/auth/login', '{"email": "dev@cast.example", "password": "a long enough password"}');
SELECT status FROM realty.request('POST', '/api/auth/register', '{"email": "new@cast.example", "password": "a long enough password", "user_type": "customer", "full_name": "New"}');
SELECT status FROM realty.request('GET', '/api/projects?city=Pune&q=palm&sort=name', NULL);
SELECT realty.issue_token(:dev) AS devs \gset
SELECT pg_catalog.jsonb_build_object('authorization', 'Bearer ' OPERATOR(pg_catalog.||) :'devs') AS as_dev \gset
SELECT status FROM realty.request('GET', '/api/auth/me', NULL, :'as_dev');
SELECT status FROM realty.request('POST', '/api/bookings', pg_catalog.jsonb_build_object('unit_id', :a102), :'as_dev');
SELECT status FROM realty.request('GET', '/api/customers/me/dashboard', NULL, :'as_dev');
SELECT realty.authenticate(:'devs') \gset
SELECT pg_catalog.count(*) FROM api.bookings;
INSERT INTO api.bookings (unit_id) VALUES (:a103);
RESET ROLE; SET LOCAL search_path = DEFAULT;
\set VERBOSITY sqlstate
DROP TABLE pg_temp.users, pg_temp.user_credentials, pg_temp.sessions, pg_temp.routes, pg_temp.units, pg_temp.bookings, pg_temp.transitions, pg_temp.system_settings;

-- A policy is asked before anything of the caller's that could tell what it saw: functions, operators,
-- casts and divisions that fail on another account's row.
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
CREATE FUNCTION pg_temp.tell(bigint, bigint) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 IMMUTABLE AS $$
BEGIN RAISE WARNING 'saw the row of %', $1; RETURN true; END $$;
CREATE OPERATOR pg_temp.<<< (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = pg_temp.tell);
\set VERBOSITY terse
SELECT count(*) FROM api.bookings WHERE customer_id OPERATOR(pg_temp.<<<) 0 AND customer_id <> :chitra_c;
SELECT count(*) FROM api.bookings WHERE 1 / (customer_id - :dev_c) > 5;
SELECT count(*) FROM api.users WHERE email::int > 0 AND id <> :chitra;
SELECT count(*) FROM api.users u JOIN api.bookings b ON pg_temp.tell(u.id, b.id) WHERE u.id = :dev;
SELECT count(*) FROM api.contacts WHERE 1 / (user_id - :dev) > 5;
SELECT count(*) FROM api.payments WHERE pg_temp.tell(booking_id, 0);
\set VERBOSITY sqlstate
-- What is not seen cannot be locked, and is not there to be referred to.
SELECT count(*) FROM (SELECT FROM api.bookings WHERE customer_id = :dev_c FOR UPDATE) b;
INSERT INTO api.change_requests (booking_id, title) VALUES ((SELECT max(id) FROM api.bookings) + 1000, 'x');
-- Statistics, plans and sizes say nothing of hidden rows.
RESET ROLE; ANALYZE realty.users, realty.bookings;
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT count(*) FROM pg_stats WHERE schemaname = 'realty';
SELECT count(*) FROM pg_statistic;
SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query NOT LIKE '<%' AND query <> '';
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT FROM realty.user_credentials;
SELECT currval('realty.users_id_seq');
SELECT nextval('realty.users_id_seq');
COPY realty.users TO STDOUT;
COPY (SELECT * FROM realty.user_credentials) TO STDOUT;
LOCK TABLE realty.bookings IN ACCESS EXCLUSIVE MODE;
LOCK TABLE api.bookings IN ACCESS EXCLUSIVE MODE;
TRUNCATE realty.bookings;
SELECT pg_read_file('postgresql.conf');
SELECT current_setting('realty.jwt_secret');
SELECT count(*) FROM pg_settings WHERE name IN ('realty.jwt_secret', 'realty.jwt_secrets');
SELECT realty.issue_token(:dev);
SELECT * FROM realty.request('GET', '/api/users');
SELECT realty.create_admin('me@cast.example', 'a long enough password');
-- What would change the rules
ALTER TABLE realty.bookings DISABLE ROW LEVEL SECURITY;
ALTER TABLE realty.bookings DISABLE TRIGGER ALL;
DROP POLICY users_read ON realty.users;
CREATE TRIGGER mine BEFORE INSERT ON realty.bookings FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger();
CREATE RULE mine AS ON INSERT TO api.bookings DO ALSO NOTHING;
CREATE FUNCTION api.mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE TABLE api.mine (); CREATE TABLE realty.mine ();
SET LOCAL session_replication_role = replica;
SET LOCAL row_security = off;
SELECT count(*) FROM api.bookings;
SET LOCAL row_security = on;
-- Out of the sandbox: a request's login may become one of four roles, and the owner is none of them.
RESET ROLE; SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SET LOCAL ROLE realty_gateway; SET LOCAL ROLE realty_analyst; SET LOCAL ROLE postgres; SET LOCAL ROLE pg_read_all_data;
SELECT count(*) FROM realty.users;
SELECT count(*) FROM api.users;
GRANT realty_admin TO realty_anon;
RESET SESSION AUTHORIZATION;
ROLLBACK;

-- Refusals tell nothing of what is hidden: the same words for what is not there and for what is not
-- one's own, in every route that takes an id.
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :dev_c) RETURNING id AS devs_booking \gset
INSERT INTO realty.payments (booking_id, amount) VALUES (:devs_booking, 1000) RETURNING id AS devs_payment \gset
INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title) VALUES (:devs_booking, :p7, :dev_c, 'x') RETURNING id AS devs_change \gset
INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at) VALUES (:dev_c, :bala_b, :park, '2030-01-01 10:00Z', '2030-01-01 11:00Z') RETURNING id AS devs_visit \gset
INSERT INTO realty.messages (sender_id, recipient_id, body) VALUES (:dev, :bala, 'x') RETURNING id AS devs_message \gset
INSERT INTO realty.notifications (user_id, kind, title) VALUES (:dev, 'x', 'x') RETURNING id AS devs_notice \gset
SELECT jsonb_build_object('authorization', 'Bearer ' || realty.issue_token(:chitra)) AS as_chitra \gset
CREATE TEMP TABLE hidden (resource text, id bigint);
INSERT INTO hidden VALUES ('bookings', :devs_booking), ('payments', :devs_payment), ('change-requests', :devs_change), ('appointments', :devs_visit),
    ('messages', :devs_message), ('notifications', :devs_notice), ('customers', :dev_c), ('projects', :quiet), ('units', :q1);
CREATE TEMP TABLE asked AS
SELECT r.method, r.path, b.content IS NOT NULL AS with_body, theirs.answer AS theirs, nobodys.answer AS nobodys
FROM hidden h JOIN realty.routes r ON split_part(r.path, '/', 3) = h.resource AND r.path ~ '\{id\}',
     (VALUES (NULL::jsonb), ('{"reason": "x"}'), ('{"status": "cancelled"}')) b (content),
     LATERAL (SELECT row(a.status, a.body)::text FROM realty.request(r.method, replace(r.path, '{id}', h.id::text), b.content, :'as_chitra') a) theirs (answer),
     LATERAL (SELECT row(a.status, a.body)::text FROM realty.request(r.method, replace(r.path, '{id}', '999999999'), b.content, :'as_chitra') a) nobodys (answer);
SELECT substr(theirs, 2, 3) AS status, count(*) FROM asked GROUP BY 1 ORDER BY 1;
SELECT method, path, theirs, nobodys FROM asked WHERE theirs IS DISTINCT FROM nobodys ORDER BY 2, 1;
ROLLBACK;
