-- The three authentication paths, and everything that is not one.
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
SET client_min_messages = error;
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    code text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, code = CONSTRAINT_NAME;
    RETURN concat_ws(' ', state, nullif(code, ''));
END $$;

SELECT a->>'token' AS token, a->'user'->>'id' AS user_id, a->'user'->>'profile_id' AS customer_id
FROM api.register('dev@doors.example', 'correct horse', 'customer', 'Dev') a \gset
SELECT a->>'token' AS builder_token
FROM api.register('omkar@doors.example', 'correct horse', 'builder', 'Omkar', company_name => 'Omkar Estates') a \gset
SELECT realty.jwt_verify(:'token') AS claims \gset
SELECT format('{"authorization": "Bearer %s", "x-request-id": "req-7"}', :'token') AS headers \gset
CREATE ROLE regress_realty_person;
GRANT realty_customer, realty_admin TO regress_realty_person;
CREATE ROLE regress_realty_pool;
GRANT realty_authenticator TO regress_realty_pool;
-- What a request sees of itself; api.me() is what an API role can call.
CREATE FUNCTION pg_temp.who() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
BEGIN
    RETURN api.me()->'user'->>'email';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(code, ''));
END $$;

-- Path 2: realty.authenticate, until the transaction ends
SELECT realty.user_id(), realty.profile_id(), realty.user_type(), realty.session_id(), realty.request_id();
BEGIN;
SELECT realty.authenticate(:'token');
SELECT current_user, pg_temp.who();
SELECT count(*) AS users_seen FROM api.users;
RESET ROLE;
SELECT realty.user_id() = :user_id AS user_id, realty.profile_id() = :customer_id AS profile_id, realty.user_type(),
       realty.session_id() = (:'claims'::jsonb->>'sid')::bigint AS session_id, realty.request_id();
SELECT realty.require_customer() = :customer_id AS customer, pg_temp.refusal('SELECT realty.require_builder()') AS builder;
COMMIT;
SELECT current_user = session_user AS role_is_back, realty.user_id() AS identity_is_gone;
SELECT pg_temp.refusal('SELECT realty.require_customer()') AS nobody;

-- A savepoint takes it along
BEGIN;
SAVEPOINT before;
SELECT realty.authenticate(:'token');
ROLLBACK TO before;
SELECT current_user = session_user AS role_is_back, realty.user_id() AS identity_is_gone;
SAVEPOINT before;
SELECT realty.authenticate(:'token');
RELEASE before;
SELECT current_user, pg_temp.who();
ROLLBACK;
SELECT current_user = session_user AS role_is_back, realty.user_id() AS identity_is_gone;

-- Outside a transaction block it says so
SET client_min_messages = warning;
\set VERBOSITY default
SELECT realty.authenticate(:'token');
\set VERBOSITY sqlstate
SET client_min_messages = error;
SELECT current_user = session_user AS role_is_back, realty.user_id() AS identity_is_gone;

-- No token, no identity
SELECT pg_temp.refusal('SELECT realty.authenticate(NULL)') AS null, pg_temp.refusal('SELECT realty.authenticate('''')') AS empty,
       pg_temp.refusal(format('SELECT realty.authenticate(%L)', :'token' || 'A')) AS tampered;
-- Signed by us, but no access token: each claim counts
SELECT missing, pg_temp.refusal(format('SELECT realty.authenticate(%L)', realty.sign((:'claims'::jsonb - missing)::json, 'a-test-secret-of-at-least-thirty-two-bytes'))) AS without
FROM unnest('{sub,role,user_type,profile_id,sid,type,db,jti}'::text[]) missing;
SELECT changed, pg_temp.refusal(format('SELECT realty.authenticate(%L)', realty.sign((:'claims'::jsonb || changed)::json, 'a-test-secret-of-at-least-thirty-two-bytes')))
FROM unnest(ARRAY['{"type": "refresh"}', '{"role": "postgres"}', '{"role": "realty_admin"}', '{"user_type": "admin"}',
    '{"user_type": "admin", "role": "realty_admin"}', '{"user_type": "builder", "role": "realty_builder"}',
    '{"sub": 1}', '{"sub": "1 "}', '{"sub": "-1"}', '{"sub": "99999999999999999999"}', '{"sub": "0"}', '{"sid": 0}', '{"sid": "1"}',
    '{"db": null}', '{"db": 1}', '{"db": ""}', '{"db": "00000000-0000-0000-0000-000000000000"}', '{"sid": 1.5}', '{"sid": 999999999}', '{"profile_id": null}', '{"profile_id": "1"}']::jsonb[]) changed;
-- A login needs the right to the role
SET SESSION AUTHORIZATION regress_realty_person;
SELECT pg_temp.refusal(format('SELECT realty.authenticate(%L)', :'token')) AS not_granted;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA realty TO regress_realty_person;
GRANT EXECUTE ON FUNCTION realty.authenticate(text) TO regress_realty_person;
-- and none but that: with what it inherits, RESET ROLE would read the tables under the identity
SET SESSION AUTHORIZATION regress_realty_person;
SELECT pg_temp.refusal(format('SELECT realty.authenticate(%L)', :'token')) AS inherits;
BEGIN;
SELECT set_config('request.headers', :'headers', true) IS NOT NULL AS set;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS inherits;
SELECT realty.user_id() AS identity;
COMMIT;
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_realty_between NOLOGIN;
ALTER ROLE regress_realty_person NOINHERIT;
-- since 16 a grant keeps what the role was when it was made
REVOKE realty_customer, realty_admin FROM regress_realty_person;
GRANT realty_customer, realty_admin TO regress_realty_person;
CREATE ROLE regress_realty_heir IN ROLE regress_realty_between;
GRANT realty_anon TO regress_realty_between;
GRANT USAGE ON SCHEMA realty TO regress_realty_heir;
GRANT EXECUTE ON FUNCTION realty.authenticate(text) TO regress_realty_heir;
SET SESSION AUTHORIZATION regress_realty_heir;
SELECT pg_temp.refusal(format('SELECT realty.authenticate(%L)', :'token')) AS inherits_by_another;
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_realty_heir;
DROP ROLE regress_realty_heir, regress_realty_between;
SET SESSION AUTHORIZATION regress_realty_person;
SELECT pg_temp.refusal(format('SELECT realty.authenticate(%L)', :'builder_token')) AS no_member_of_realty_builder;
BEGIN;
SELECT realty.authenticate(:'token');
SELECT current_user, pg_temp.who();
RESET ROLE;
SELECT pg_temp.refusal('SELECT count(*) FROM realty.users') AS users, pg_temp.refusal('SELECT count(*) FROM api.users') AS api_users;
COMMIT;
SELECT current_user, pg_temp.who();
RESET SESSION AUTHORIZATION;

-- Only a superuser writes the identity by hand
SET SESSION AUTHORIZATION regress_realty_person;
SET ROLE realty_admin;
SET realty.identity = '1 0 1 admin ';
SELECT set_config('realty.identity', '1 0 1 admin ', true);
ALTER ROLE regress_realty_person SET realty.identity = '1 0 1 admin ';
RESET SESSION AUTHORIZATION;
SET realty.identity = 'nonsense';
SET realty.identity = '1 0 1 postgres ';
SET realty.identity = '1 0 1 customer';

-- Forged: setting request.jwt.claims by hand gains nothing, neither as a login that
-- may take every role, nor as superuser
SELECT set_config('request.jwt.claims', :'claims', false) IS NOT NULL AS set;
SELECT realty.user_id() AS superuser;
SET SESSION AUTHORIZATION regress_realty_person;
SET ROLE realty_customer;
SELECT pg_temp.who(), (SELECT count(*) FROM api.users) AS users, (SELECT count(*) FROM api.sessions) AS sessions;
SET ROLE realty_admin;
SELECT set_config('request.jwt.claims', '{"sub":"1","role":"realty_admin","user_type":"admin","profile_id":null,"sid":1,"type":"access"}', false) IS NOT NULL AS set;
SELECT pg_temp.who(), (SELECT count(*) FROM api.users) AS users, (SELECT count(*) FROM api.sessions) AS sessions;
RESET SESSION AUTHORIZATION;

-- Path 3: PostgREST's login is trusted, and a member of it
SELECT set_config('request.jwt.claims', :'claims', false) IS NOT NULL AS set;
SET SESSION AUTHORIZATION realty_authenticator;
SET ROLE realty_customer;
SELECT pg_temp.who(), (SELECT count(*) FROM api.users) AS users;
SET ROLE realty_anon;
SELECT pg_temp.who();
RESET ROLE;
SET SESSION AUTHORIZATION regress_realty_pool;
SET ROLE realty_customer;
SELECT pg_temp.who();
-- It is shut for the gateway's login
SET SESSION AUTHORIZATION realty_gateway;
SET ROLE realty_customer;
SELECT pg_temp.who(), (SELECT count(*) FROM api.users) AS users;
-- What the claims are not
SET SESSION AUTHORIZATION realty_authenticator;
SET ROLE realty_customer;
SELECT changed, set_config('request.jwt.claims', (:'claims'::jsonb || changed)::text, false) IS NULL AS failed, pg_temp.who()
FROM unnest(ARRAY['{}', '{"type": "refresh"}', '{"type": null}', '{"role": "realty_admin"}', '{"sub": 1}', '{"sid": null}', '{"profile_id": null}']::jsonb[]) changed;
SELECT changed, set_config('request.jwt.claims', changed, false) IS NULL AS failed, pg_temp.who()
FROM unnest(ARRAY['', '{}', 'null', '[]', '{"role":"realty_anon"}', 'nonsense', '{"sub":"1"', '"' || repeat('x', 10000) || '"']) changed
WHERE length(changed) < 100;
SELECT set_config('request.jwt.claims', format('{"sub":"1","x":"%s"}', repeat('x', 100000)), false) IS NULL AS failed, pg_temp.who();
RESET SESSION AUTHORIZATION;

-- An anonymous token, which supabase-js sends where no user is signed in, with the key beside it: it
-- opens what is open without, and is checked as any other
SELECT realty.anon_token() AS anon \gset
SELECT realty.jwt_verify(:'anon') - '{jti,iat,exp,db}'::text[] AS claims, (realty.jwt_verify(:'anon')->>'exp')::int - (realty.jwt_verify(:'anon')->>'iat')::int AS lifetime;
SELECT pg_temp.refusal('SELECT realty.anon_token(0)') AS never, pg_temp.refusal('SELECT realty.anon_token(5000)') AS for_ever;
CREATE FUNCTION pg_temp.bearers(anon text) RETURNS TABLE (what text, bearer text) LANGUAGE sql AS $$
	SELECT 'as it is', anon UNION ALL SELECT 'tampered with', anon || 'A' UNION ALL
	SELECT n::text, realty.sign((realty.jwt_verify(anon) || n)::json, 'a-test-secret-of-at-least-thirty-two-bytes')
	FROM unnest(ARRAY['{"sub": "1"}', '{"sid": 1}', '{"role": "realty_customer"}', '{"role": null}', '{"exp": 1}',
		'{"iss": "x"}', '{"db": "another"}']::jsonb[]) n $$;
SELECT set_config('request.jwt.claims', '{"role":"realty_anon"}', false) IS NOT NULL AS set;
SELECT what, pg_temp.refusal(format('SELECT set_config(''request.headers'', %L, true), api.pre_request()',
	json_build_object('apikey', bearer, 'authorization', 'Bearer ' || bearer))) AS pre_request,
	pg_temp.refusal(format('SELECT realty.authenticate(%L)', bearer)) AS authenticate,
	(SELECT array_agg(r.status ORDER BY path DESC) FROM unnest('{/api/projects,/api/auth/me}'::text[]) path,
		realty.request('GET', path, NULL, json_build_object('apikey', bearer, 'Authorization', 'Bearer ' || bearer)::jsonb) r) AS projects_and_me
FROM pg_temp.bearers(:'anon');
SET SESSION AUTHORIZATION realty_authenticator;
BEGIN READ ONLY;
SET LOCAL ROLE realty_anon;
SELECT set_config('request.headers', json_build_object('apikey', :'anon', 'authorization', 'Bearer ' || :'anon')::text, true) IS NOT NULL AS set;
SELECT api.pre_request();
SELECT pg_temp.who();
COMMIT;
SELECT pg_temp.refusal('SELECT realty.anon_token()') AS not_theirs_to_make;
RESET SESSION AUTHORIZATION;

-- pre_request: the bearer in request.headers is checked again, also in READ ONLY
CREATE FUNCTION pg_temp.with_bearer(blank text, token text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.refusal(format('SELECT set_config(''request.headers'', %L, true), api.pre_request()', json_build_object('authorization', 'bearer' || blank || token))) $$;
SELECT set_config('request.jwt.claims', :'claims', false) IS NOT NULL AS set;
SET SESSION AUTHORIZATION realty_authenticator;
BEGIN READ ONLY;
SET LOCAL ROLE realty_customer;
SELECT set_config('request.headers', :'headers', true) IS NOT NULL AS set;
SELECT api.pre_request();
SELECT pg_temp.who();
COMMIT;
BEGIN READ ONLY;
SELECT set_config('request.headers', format('{"authorization": "Bearer %sA"}', :'token'), true) IS NOT NULL AS set;
SET LOCAL ROLE realty_customer;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS tampered;
-- whatever PostgREST takes for a blank stands before it
SELECT pg_temp.with_bearer('  ', :'token' || 'A') AS two, pg_temp.with_bearer(E'\t', :'token' || 'A') AS tab, pg_temp.with_bearer(E' \x0B\f', :'token' || 'A') AS odd, pg_temp.with_bearer('', :'token' || 'A') AS none;
SELECT pg_temp.with_bearer('  ', :'token') AS two, pg_temp.with_bearer(E'\t', :'token') AS tab, pg_temp.with_bearer(E' \x0B\f', :'token') AS odd, pg_temp.with_bearer('', '') AS nothing;
COMMIT;
BEGIN READ ONLY;
SET LOCAL ROLE realty_anon;
SELECT set_config('request.headers', '{"authorization": "Basic eDp5", "x-request-id": "a\nb"}', true) IS NOT NULL AS set;
SELECT set_config('request.jwt.claims', '{"role":"realty_anon"}', true) IS NOT NULL AS set;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS nobody, pg_temp.who();
COMMIT;
-- The header's bearer goes before the claims; in a login that is not PostgREST's too,
-- where it is as good as authenticate and no better
SET SESSION AUTHORIZATION regress_realty_person;
BEGIN;
SET LOCAL ROLE realty_customer;
SELECT set_config('request.headers', :'headers', true) IS NOT NULL AS set;
SELECT api.pre_request();
SELECT pg_temp.who();
COMMIT;
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT set_config('request.headers', :'headers', true) IS NOT NULL AS set;
SELECT api.pre_request();
SELECT realty.request_id(), realty.user_id() = :user_id AS user_id;
COMMIT;
SELECT realty.request_id();
-- Revoked, then inactive: found once a request, with the bearer and without it
UPDATE realty.sessions SET revoked_at = now() WHERE id = (:'claims'::jsonb->>'sid')::bigint;
SET SESSION AUTHORIZATION realty_authenticator;
BEGIN READ ONLY;
SET LOCAL ROLE realty_customer;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS by_claims;
SELECT set_config('request.headers', :'headers', true) IS NOT NULL AS set;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS by_bearer;
COMMIT;
RESET SESSION AUTHORIZATION;
UPDATE realty.users SET is_active = false WHERE id = :user_id;
SET SESSION AUTHORIZATION realty_authenticator;
BEGIN READ ONLY;
SET LOCAL ROLE realty_customer;
SELECT pg_temp.refusal('SELECT api.pre_request()') AS by_claims;
COMMIT;
RESET SESSION AUTHORIZATION;

-- The functions of identity as policies need them
SELECT proname, provolatile, proleakproof, proparallel, proisstrict FROM pg_proc
WHERE pronamespace = 'realty'::regnamespace
  AND proname IN ('user_id', 'profile_id', 'user_type', 'session_id', 'request_id') ORDER BY proname;

REVOKE ALL ON SCHEMA realty FROM regress_realty_person;
REVOKE ALL ON FUNCTION realty.authenticate(text) FROM regress_realty_person;
DROP ROLE regress_realty_person;
DROP ROLE regress_realty_pool;
