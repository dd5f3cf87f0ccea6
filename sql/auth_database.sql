-- Which database a token is of: one of another, though signed with the same secret and for a session of the same
-- number, is accepted on no path; another identity ends all that was. (Dump and restore: t/01_dump_restore.pl.)
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
\set SECRET 'a-test-secret-of-at-least-thirty-two-bytes'
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
-- The authentication paths, with the token and as PostgREST with its claims, by bearer and by claims alone.
CREATE FUNCTION pg_temp.doors(token text, OUT request text, OUT authenticate text, OUT bearer text) LANGUAGE sql AS $$
    SELECT (SELECT r.status || coalesce(' ' || (r.body::jsonb #>> '{error,code}'), '') FROM realty.request('GET', '/api/auth/me', NULL, jsonb_build_object('Authorization', 'Bearer ' || token)) r),
        pg_temp.refusal(format('SELECT realty.authenticate(%L); RESET ROLE; SET LOCAL realty.identity = ''''', token)),
        pg_temp.refusal(format('SET LOCAL request.headers = %L; SELECT api.pre_request(); SET LOCAL realty.identity = ''''', json_build_object('authorization', 'Bearer ' || token))) $$;
CREATE FUNCTION pg_temp.who() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN api.me()->'user'->>'email';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT a AS meera, a->>'token' AS token, a->'user'->>'id' AS user_id FROM api.register('meera@database.example', 'correct horse', 'customer', 'Meera') a \gset
SELECT api.forgot_password('meera@database.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE recipient = 'meera@database.example' \gset
SELECT realty.jwt_verify(:'token') AS claims, id AS identity FROM realty.database_identity \gset
SELECT :'claims'::jsonb ->> 'db' = :'identity' AS is_named;
SELECT realty.sign((:'claims'::jsonb || '{"db": "7b6a2f52-6a4e-4f0b-9d7a-0d6f1f0f8f11"}')::json, :'SECRET') AS of_another,
       realty.sign((:'claims'::jsonb - 'db')::json, :'SECRET') AS of_none,
       :'claims'::jsonb || '{"db": "7b6a2f52-6a4e-4f0b-9d7a-0d6f1f0f8f11"}' AS claims_of_another \gset

-- Its own, another database's, and one that names none
SELECT what, d.* FROM (VALUES (1, 'ours', :'token'), (2, 'of another', :'of_another'), (3, 'of none', :'of_none')) t (n, what, token), pg_temp.doors(token) d ORDER BY n;
SELECT pg_temp.refusal(format('SELECT realty.jwt_verify(%L)', :'of_another')) AS jwt_verify;
SET SESSION AUTHORIZATION realty_authenticator;
SET ROLE realty_customer;
SELECT what, set_config('request.jwt.claims', claims, false) IS NULL AS failed, pg_temp.who()
FROM (VALUES (1, 'ours', :'claims'), (2, 'of another', :'claims_of_another'), (3, 'ours again', :'claims')) t (n, what, claims) ORDER BY n;
RESET SESSION AUTHORIZATION;

-- It costs no look at the table: each backend keeps it
BEGIN;
SELECT seq_scan + idx_scan AS scans FROM pg_stat_xact_all_tables WHERE relname = 'database_identity' \gset
SELECT count(*) FROM generate_series(1, 5), pg_temp.doors(:'token');
SELECT seq_scan + idx_scan - :scans AS scans FROM pg_stat_xact_all_tables WHERE relname = 'database_identity';
COMMIT;

-- Another identity, in a transaction that goes back: what is kept follows
BEGIN;
SELECT realty.renew_identity() <> :'identity' AS renewed;
SELECT * FROM pg_temp.doors(:'token');
SELECT realty.jwt_verify(realty.issue_token(:user_id)) ->> 'db' = id::text AS named_in_new_ones FROM realty.database_identity;
SAVEPOINT before;
SELECT realty.renew_identity() IS NOT NULL AS renewed;
ROLLBACK TO before;
SELECT realty.jwt_verify(realty.issue_token(:user_id)) ->> 'db' = id::text AS named_in_new_ones FROM realty.database_identity;
ROLLBACK;
SELECT * FROM pg_temp.doors(:'token');

-- and for good: nothing of before opens anything, sessions opened again by force included
SELECT pg_temp.refusal('SET LOCAL ROLE realty_admin; SELECT realty.renew_identity()') AS an_administrator;
SELECT realty.renew_identity() <> :'identity' AS renewed;
SELECT count(*) AS identities FROM realty.database_identity;
SELECT count(*) AS open_sessions FROM realty.sessions WHERE revoked_at IS NULL;
SELECT count(*) AS letters FROM realty.outbox_take(100) WHERE data ? 'token';
SELECT pg_temp.refusal(format('SELECT api.refresh(%L)', :'meera'::jsonb->>'refresh_token')) AS refresh,
       pg_temp.refusal(format('SELECT api.reset_password(%L, %L)', :'reset', 'another horse')) AS reset;
SET session_replication_role = replica;
UPDATE realty.sessions SET revoked_at = NULL WHERE user_id = :user_id;
RESET session_replication_role;
SELECT * FROM pg_temp.doors(:'token');
SET SESSION AUTHORIZATION realty_authenticator;
SET ROLE realty_customer;
SELECT set_config('request.jwt.claims', :'claims', false) IS NULL AS failed, pg_temp.who();
RESET SESSION AUTHORIZATION;
RESET request.jwt.claims;
SELECT api.login('meera@database.example', 'correct horse')->>'token' AS token \gset
SELECT * FROM pg_temp.doors(:'token');

-- A row that comes, by COPY as in a restore, takes the place of the one that is there; without one nothing is signed
COPY realty.database_identity (id) FROM stdin;
7b6a2f52-6a4e-4f0b-9d7a-0d6f1f0f8f11
\.
SELECT * FROM realty.database_identity WHERE id <> '7b6a2f52-6a4e-4f0b-9d7a-0d6f1f0f8f11';
SELECT (pg_temp.doors(:'token')).request AS of_before, (pg_temp.doors(:'of_another')).request AS of_that_database;
DELETE FROM realty.database_identity;
SELECT (pg_temp.doors(:'of_another')).request AS any, pg_temp.refusal(format('SELECT realty.issue_token(%s)', :user_id)) AS new;
SELECT realty.renew_identity() IS NOT NULL AS renewed;
SELECT (pg_temp.doors(realty.issue_token(:user_id))).request AS new;
DELETE FROM realty.outbox;
