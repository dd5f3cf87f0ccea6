-- An identity comes through three authentication paths and no other. A role without an
-- identity is anonymous, whatever it sets, and what was trusted ends with the
-- transaction or the savepoint that it came in with.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:p7, :dev_c);
CREATE ROLE story_login LOGIN;
GRANT realty_customer, realty_builder, realty_admin TO story_login;
CREATE ROLE story_postgrest LOGIN NOINHERIT;
GRANT realty_authenticator TO story_postgrest;
INSERT INTO realty.sessions (user_id, expires_at) VALUES (:chitra, 'infinity') RETURNING id AS sid \gset
SELECT json_build_object('sub', :'chitra', 'role', 'realty_customer', 'user_type', 'customer', 'profile_id', :chitra_c,
                         'sid', :sid, 'type', 'access', 'db', (SELECT d.id FROM realty.database_identity d)) AS chitras_claims,
       json_build_object('sub', :'esha', 'role', 'realty_admin', 'user_type', 'admin', 'profile_id', NULL,
                         'sid', :sid, 'type', 'access', 'db', (SELECT d.id FROM realty.database_identity d)) AS eshas_claims,
       current_user AS owner \gset
CREATE FUNCTION story.bookings_with(claims jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.jwt.claims', claims::text, true);
    RETURN (SELECT count(*) FROM api.bookings);
END $$;

-- A login that may SET ROLE to each of them has no token, and so no rows.
SET LOCAL SESSION AUTHORIZATION story_login;
SET LOCAL ROLE realty_admin;
SELECT (SELECT count(*) FROM api.bookings) AS bookings, (SELECT count(*) FROM api.users) AS users, (SELECT count(*) FROM api.projects) AS projects;
UPDATE api.users SET is_active = false RETURNING 1;
-- Claims set by hand gain nothing,
SET LOCAL request.jwt.claims = :'eshas_claims';
SELECT (SELECT count(*) FROM api.bookings) AS bookings, (SELECT count(*) FROM api.users) AS users;
SET LOCAL ROLE realty_customer;
SET LOCAL request.jwt.claims = :'chitras_claims';
SELECT count(*) FROM api.bookings;
-- and the identity is not settable, in no way.
SET LOCAL realty.identity = '1 0 1 admin -';
SELECT set_config('realty.identity', '1 0 1 admin -', true);
SET realty.identity = DEFAULT;
RESET realty.identity;
SET LOCAL realty.jwt_secret = 'known-to-the-attacker-and-long-enough-for-it';
SELECT realty.authenticate(realty.issue_token(1));
SELECT realty.user_id();
RESET ROLE;

-- The authenticator's claims are believed, since it verified the token; its members' too.
RESET SESSION AUTHORIZATION; SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SET LOCAL ROLE realty_customer; SET LOCAL request.jwt.claims = :'chitras_claims';
SELECT (SELECT count(*) FROM api.bookings) AS bookings, (SELECT full_name FROM api.users) AS "user";
-- The role alone decides nothing, neither do the claims alone.
SET LOCAL ROLE realty_admin;
SELECT (SELECT count(*) FROM api.bookings) AS bookings, (SELECT count(*) FROM api.users) AS users;
SET LOCAL ROLE realty_anon;
SELECT count(*) FROM api.bookings;
SET LOCAL ROLE realty_customer; SET LOCAL request.jwt.claims = :'eshas_claims';
SELECT (SELECT count(*) FROM api.bookings) AS bookings, (SELECT count(*) FROM api.users) AS users;
-- Claims that lack something, or say too much, are no claims.
SET LOCAL request.jwt.claims = '';
SELECT count(*) FROM api.bookings;
SET LOCAL request.jwt.claims = '{}';
SELECT count(*) FROM api.bookings;
SET LOCAL request.jwt.claims = 'not json';
SELECT count(*) FROM api.bookings;
SELECT changed, story.bookings_with(:'chitras_claims'::jsonb || changed) AS bookings
FROM unnest(ARRAY['{}', '{"type": "refresh"}', '{"sub": "0"}', '{"sub": 1}', '{"role": "realty_admin"}', '{"user_type": "builder"}', '{"sid": null}',
                  '{"profile_id": null}', '{"profile_id": "1"}', '{"sub": "99999999999999999999"}']::jsonb[]) changed;
SET LOCAL ROLE realty_gateway;
SET LOCAL ROLE :"owner";
RESET SESSION AUTHORIZATION; SET LOCAL SESSION AUTHORIZATION story_postgrest;
SET LOCAL ROLE realty_customer; SET LOCAL request.jwt.claims = :'chitras_claims';
SELECT count(*) FROM api.bookings;
-- What one saw is not what the next one sees, though both write by one command.
RESET ROLE; RESET SESSION AUTHORIZATION;
INSERT INTO realty.sessions (user_id, expires_at) VALUES (:asha, 'infinity') RETURNING id AS ashas_sid \gset
INSERT INTO realty.sessions (user_id, expires_at) VALUES (:bala, 'infinity') RETURNING id AS balas_sid \gset
SELECT json_agg(json_build_object('sub', v.id::text, 'role', 'realty_builder', 'user_type', 'builder', 'profile_id', v.profile, 'sid', v.sid, 'type', 'access',
    'db', (SELECT d.id FROM realty.database_identity d)) ORDER BY n) AS two FROM (VALUES (1, :asha, :asha_b, :ashas_sid), (2, :bala, :bala_b, :balas_sid)) v (n, id, profile, sid) \gset
SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SET LOCAL ROLE realty_builder;
SAVEPOINT seen;
INSERT INTO api.units (project_id, unit_number, price) SELECT :quiet, 'Seen ' || n, 1 FROM generate_series(0, 0) n WHERE set_config('request.jwt.claims', :'two'::json ->> n, true) <> '';
ROLLBACK TO seen;
INSERT INTO api.units (project_id, unit_number, price) SELECT :quiet, 'Seen ' || n, 1 FROM generate_series(0, 3) n WHERE set_config('request.jwt.claims', :'two'::json ->> (n / 3), true) <> '';
-- For the gateway's login that path is closed, and for a superuser.
RESET SESSION AUTHORIZATION; SET LOCAL SESSION AUTHORIZATION realty_gateway;
SET LOCAL ROLE realty_customer; SET LOCAL request.jwt.claims = :'chitras_claims';
SELECT count(*) FROM api.bookings;
RESET ROLE; RESET SESSION AUTHORIZATION;
SET LOCAL ROLE realty_customer; SET LOCAL request.jwt.claims = :'chitras_claims';
SELECT count(*) FROM api.bookings;
RESET ROLE; SET LOCAL request.jwt.claims = '';

-- What authenticate gave ends with the savepoint it was given in,
SAVEPOINT before;
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT current_user, count(*) FROM api.bookings;
ROLLBACK TO before;
SELECT current_user = session_user AS role_is_back, realty.user_id();
-- and a failed one changes nothing.
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
RESET ROLE;
SELECT realty.authenticate('a.b.c');
SELECT realty.authenticate(NULL);
SELECT realty.user_id() = :chitra AS still_chitra;
SELECT realty.authenticate(realty.issue_token(0));
UPDATE realty.users SET is_active = false WHERE id = :dev;
SELECT realty.authenticate(realty.issue_token(:dev));
SELECT realty.user_id() = :chitra AS still_chitra;
SET LOCAL realty.identity = '';

-- Functions of the caller's own cannot look at rows before the policies have.
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
CREATE FUNCTION pg_temp.peek(bigint) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 IMMUTABLE AS $$
BEGIN IF $1 IS NOT NULL THEN RAISE WARNING 'looked at a row'; END IF; RETURN true; END $$;
\set VERBOSITY terse
SELECT count(*) FROM api.bookings WHERE pg_temp.peek(customer_id);
SELECT count(*) FROM api.users WHERE pg_temp.peek(id);
SELECT count(*) FROM api.contacts WHERE pg_temp.peek(user_id);
\set VERBOSITY sqlstate
-- A parallel plan sees no more and no less.
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query'); -- its name until 15, and since
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
SELECT count(*) FROM api.bookings;
SELECT count(*) FROM api.units WHERE project_id IN (:palm, :quiet, :park);
RESET ROLE;
SELECT count(*) FROM realty.units u WHERE u.project_id IN (:palm, :quiet, :park) AND realty.user_type() = 'customer';
ROLLBACK;

-- Nothing of it is left after COMMIT: neither the identity nor the role.
BEGIN;
SELECT realty.create_admin('leftover@cast.example', 'a long enough password') AS id \gset
SELECT realty.authenticate(realty.issue_token(:id)) \gset
SELECT current_user, count(*) > 0 AS reads_users FROM api.users;
RESET ROLE;
DELETE FROM realty.user_credentials WHERE user_id = :id;
DELETE FROM realty.sessions WHERE user_id = :id;
SET LOCAL session_replication_role = replica;
DELETE FROM realty.users WHERE id = :id;
DELETE FROM realty.audit_log WHERE user_id = :id OR table_name = 'users' AND row_id = :'id';
COMMIT;
SELECT current_user = session_user AS role_is_back, realty.user_id(), realty.user_type();
