-- Logging in, staying in, getting out.
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
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
-- Is the token good for realty.authenticate, in a transaction of its own?
CREATE FUNCTION pg_temp.opens(token text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refusal(format('SELECT realty.authenticate(%L); RESET ROLE; SET LOCAL realty.identity = ''''', token)) $$;
SET client_min_messages = error;

SELECT a->'user'->>'id' AS user_id FROM api.register('meera@session.example', 'correct horse', 'customer', 'Meera') a \gset
SELECT last_login_at IS NULL AS never_logged_in FROM realty.users WHERE id = :user_id;

-- Login: the answer of register, and the time of it
SET ROLE realty_anon;
SELECT api.login('MEERA@session.example', 'correct horse') AS first \gset
RESET ROLE;
SELECT array_agg(k ORDER BY k) AS keys FROM jsonb_object_keys(:'first'::jsonb) k;
SELECT last_login_at IS NOT NULL AS logged_in FROM realty.users WHERE id = :user_id;
SELECT pg_temp.opens(:'first'::jsonb->>'token') AS access_token;
SELECT pg_temp.opens(:'first'::jsonb->>'refresh_token') AS refresh_token_is_none;

-- What it came from is kept, as far as it can be read
SELECT set_config('request.headers', headers, false) IS NULL AS failed,
       api.login('meera@session.example', 'correct horse') ? 'token' AS opens
FROM unnest(ARRAY['{"user-agent": "curl/8"}', '{"user-agent": 1}', 'nonsense', '[]', '{"user-agent": "\u0000"}',
    format('{"user-agent": "%s"}', repeat('é', 500))]) headers;
SELECT left(user_agent, 10) AS user_agent, octet_length(user_agent) AS bytes, client FROM realty.sessions
WHERE user_id = :user_id ORDER BY id DESC LIMIT 6;
SET request.headers = '';

-- Refused: unknown e-mail and wrong password are one answer, committed, with status 401
BEGIN;
SELECT api.login('meera@session.example', 'wrong horse') = api.login('nobody@session.example', 'wrong horse') AS same,
       api.login('meera@session.example', '') AS answer;
SHOW response.status;
COMMIT;
SELECT current_setting('response.status') = '' AS status_is_gone;
SELECT pg_temp.refusal('SELECT api.login(NULL, NULL)') AS nothing_given;
SELECT failed_logins, locked_until IS NULL AS not_locked FROM realty.user_credentials WHERE user_id = :user_id;

-- A success forgets failures; more of them in a row than allowed lock, longer each time
SELECT api.login('meera@session.example', 'correct horse') ? 'token' AS in_again;
SELECT failed_logins FROM realty.user_credentials WHERE user_id = :user_id;
SET realty.login_failures_allowed = 2;
SELECT api.login('meera@session.example', 'wrong horse')->>'code' AS first;
SELECT api.login('meera@session.example', 'wrong horse')->>'code' AS second;
SELECT failed_logins, locked_until IS NULL AS not_locked FROM realty.user_credentials WHERE user_id = :user_id;
SELECT api.login('meera@session.example', 'wrong horse')->>'code' AS third;
SELECT failed_logins, locked_until > clock_timestamp() - interval '1 minute' AS locked FROM realty.user_credentials WHERE user_id = :user_id;
UPDATE realty.user_credentials SET locked_until = clock_timestamp() + interval '1 hour' WHERE user_id = :user_id;
SELECT api.login('meera@session.example', 'correct horse')->>'code' AS right_one_while_locked;
SELECT failed_logins FROM realty.user_credentials WHERE user_id = :user_id;
UPDATE realty.user_credentials SET failed_logins = 40, locked_until = clock_timestamp() - interval '1 second' WHERE user_id = :user_id;
SELECT api.login('meera@session.example', 'wrong horse')->>'code' AS after_the_lock;
SELECT locked_until - clock_timestamp() BETWEEN interval '14 minutes' AND interval '15 minutes' AS a_quarter_of_an_hour_at_most
FROM realty.user_credentials WHERE user_id = :user_id;
UPDATE realty.user_credentials SET locked_until = NULL WHERE user_id = :user_id;
RESET realty.login_failures_allowed;

-- A login rehashes what is below today's settings, and leaves the rest alone
UPDATE realty.user_credentials SET password_hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' WHERE user_id = :user_id;
SELECT api.login('meera@session.example', 'U*U') ? 'token' AS old_hash_opens;
SELECT password_hash AS rehashed, password_hash ~ '^\$argon2id\$v=19\$m=64,t=1,' AS is_of_today FROM realty.user_credentials WHERE user_id = :user_id \gset
SELECT :'is_of_today' AS is_of_today;
SELECT api.login('meera@session.example', 'U*U') ? 'token' AS opens_again;
SELECT password_hash = :'rehashed' AS untouched FROM realty.user_credentials WHERE user_id = :user_id;

-- Refresh: a new pair each time, the old access token stays what it was
SELECT api.login('meera@session.example', 'U*U') AS login \gset
SET ROLE realty_anon;
SELECT api.refresh(:'login'::jsonb->>'refresh_token') AS second \gset
SELECT api.refresh(:'second'::jsonb->>'refresh_token') AS third \gset
RESET ROLE;
SELECT array_agg(k ORDER BY k) AS keys FROM jsonb_object_keys(:'second'::jsonb) k;
SELECT :'login'::jsonb->'refresh_token' <> :'second'::jsonb->'refresh_token' AS rotated,
       realty.jwt_verify(:'login'::jsonb->>'token')->'sid' = realty.jwt_verify(:'third'::jsonb->>'token')->'sid' AS same_session;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS first, pg_temp.opens(:'third'::jsonb->>'token') AS third;
-- A used one comes again at once: another tab of the same browser
SELECT api.refresh(:'second'::jsonb->>'refresh_token') AS tab \gset
SELECT realty.jwt_verify(:'tab'::jsonb->>'token')->'sid' = realty.jwt_verify(:'third'::jsonb->>'token')->'sid' AS same_session,
       :'tab'::jsonb->'refresh_token' <> :'third'::jsonb->'refresh_token' AS a_pair_of_its_own;
SELECT pg_temp.opens(:'third'::jsonb->>'token') AS third, pg_temp.opens(:'tab'::jsonb->>'token') AS tab;
-- A used one is sent again, later: it was copied, and the session ends, committed
UPDATE realty.refresh_tokens SET used_at = used_at - interval '11 s' WHERE used_at IS NOT NULL;
BEGIN;
SELECT api.refresh(:'second'::jsonb->>'refresh_token')->>'code' AS reuse;
SHOW response.status;
COMMIT;
SELECT revoked_at IS NOT NULL AS revoked, revoked_reason FROM realty.sessions
WHERE id = (realty.jwt_verify(:'login'::jsonb->>'token')->>'sid')::bigint;
SELECT pg_temp.opens(:'third'::jsonb->>'token') AS its_access_token,
       pg_temp.refusal(format('SELECT api.refresh(%L)', :'third'::jsonb->>'refresh_token')) AS its_newest_refresh_token,
       pg_temp.refusal(format('SELECT api.refresh(%L)', :'tab'::jsonb->>'refresh_token')) AS the_other_tab,
       pg_temp.opens(:'first'::jsonb->>'token') AS another_session;
-- What is no refresh token of ours
SELECT pg_temp.refusal(format('SELECT api.refresh(%L)', token)) FROM (VALUES
    (1, NULL), (2, ''), (3, 'x'), (4, repeat('x', 100000)), (5, :'first'::jsonb->>'token'),
    (6, upper(:'first'::jsonb->>'refresh_token')), (7, (:'first'::jsonb->>'refresh_token') || ' ')) t(n, token) ORDER BY n;
-- One that has expired
UPDATE realty.refresh_tokens SET expires_at = now() - interval '1 second' WHERE token_hash = sha256(convert_to(:'first'::jsonb->>'refresh_token', 'UTF8'));
SELECT pg_temp.refusal(format('SELECT api.refresh(%L)', :'first'::jsonb->>'refresh_token')) AS expired;
-- A session that has expired ends its access tokens too
SELECT api.login('meera@session.example', 'U*U') AS login \gset
UPDATE realty.sessions SET expires_at = now() - interval '1 second' WHERE id = (realty.jwt_verify(:'login'::jsonb->>'token')->>'sid')::bigint;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS token, pg_temp.refusal(format('SELECT api.refresh(%L)', :'login'::jsonb->>'refresh_token')) AS refresh;

-- me, and what one may change of oneself
SELECT api.login('meera@session.example', 'U*U') AS login \gset
SELECT api.login('meera@session.example', 'U*U') AS other \gset
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT api.me()->'user' = :'other'::jsonb->'user' AS me;
SELECT u->>'full_name' AS full_name, u->>'phone' AS phone FROM (SELECT api.update_me('Meera Nair', '080 2345 6789')->'user' AS u) s;
SELECT u->>'full_name' AS full_name, u->>'phone' AS phone FROM (SELECT api.update_me()->'user' AS u) s;
SELECT u->>'full_name' AS full_name, u->>'phone' AS phone FROM (SELECT api.update_me(phone => '')->'user' AS u) s;
COMMIT;
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT api.update_me(' ', 'x');
ROLLBACK;

-- Another password: the current one is asked for, the other sessions end
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
\set VERBOSITY default
SELECT api.change_password('wrong', 'battery staple');
SELECT api.change_password('wrong', 'short');
\set VERBOSITY sqlstate
ROLLBACK;
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT (api.change_password('U*U', 'battery staple')->>'ended_sessions')::int > 0 AS others_ended;
COMMIT;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS mine, pg_temp.opens(:'other'::jsonb->>'token') AS other;
SELECT api.login('meera@session.example', 'U*U')->>'code' AS old_password;
SELECT api.login('meera@session.example', 'battery staple') AS login \gset

-- Logout, of one session and of all
SELECT api.login('meera@session.example', 'battery staple') AS other \gset
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT api.logout();
SELECT api.logout() AS again;
COMMIT;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS mine,
       pg_temp.refusal(format('SELECT api.refresh(%L)', :'login'::jsonb->>'refresh_token')) AS refresh,
       pg_temp.opens(:'other'::jsonb->>'token') AS other;
BEGIN;
SELECT realty.authenticate(:'other'::jsonb->>'token');
SELECT (api.logout_all()->>'ended_sessions')::int > 0 AS ended;
COMMIT;
SELECT pg_temp.opens(:'other'::jsonb->>'token') AS other;
SELECT count(*) AS open_sessions FROM realty.sessions WHERE user_id = :user_id AND revoked_at IS NULL;

-- An inactive account: no login (with the right password the error says why), no refresh, no request
SELECT api.login('meera@session.example', 'battery staple') AS login \gset
UPDATE realty.users SET is_active = false WHERE id = :user_id;
SELECT pg_temp.refusal($$SELECT api.login('meera@session.example', 'battery staple')$$) AS login,
       api.login('meera@session.example', 'wrong horse')->>'code' AS wrong_password,
       pg_temp.refusal(format('SELECT api.refresh(%L)', :'login'::jsonb->>'refresh_token')) AS refresh,
       pg_temp.opens(:'login'::jsonb->>'token') AS token,
       pg_temp.refusal(format('SELECT realty.issue_token(%s)', :user_id)) AS issue_token;
-- Active again: it starts with nothing. No earlier session, and no e-mail, opens anything.
UPDATE realty.users SET is_active = true WHERE id = :user_id;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS token, pg_temp.refusal(format('SELECT api.refresh(%L)', :'login'::jsonb->>'refresh_token')) AS refresh;
SELECT revoked_reason FROM realty.sessions WHERE id = (realty.jwt_verify(:'login'::jsonb->>'token')->>'sid')::bigint;

-- What else makes an account another's ends all that it held, on every surface: another address, another password, by
-- whomever; a trigger of the site's as well. (Its type never changes.)
CREATE FUNCTION pg_temp.held(token text, refresh_token text, reset text) RETURNS TABLE (token text, refresh text, reset text, letters bigint) LANGUAGE sql AS $$
    SELECT pg_temp.opens($1), pg_temp.refusal(format('SELECT api.refresh(%L)', $2)),
           pg_temp.refusal(format('SELECT api.reset_password(%L, %L)', $3, 'never heard of it')),
           (SELECT count(*) FROM realty.outbox WHERE data ? 'token' AND delivered_at IS NULL)
        + (SELECT count(*) FROM realty.outbox_take(100) WHERE kind = 'password_reset') $$;
SELECT realty.create_admin('chief@session.example', 'battery staple') AS chief_id \gset
DELETE FROM realty.outbox;
SELECT api.login('meera@session.example', 'battery staple') AS login, api.forgot_password('meera@session.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE kind = 'password_reset' \gset
BEGIN;
SELECT realty.authenticate(realty.issue_token(:chief_id));
UPDATE api.users SET email = 'meera.nair@session.example' WHERE id = :user_id;
COMMIT;
SELECT * FROM pg_temp.held(:'login'::jsonb->>'token', :'login'::jsonb->>'refresh_token', :'reset');
SELECT api.login('meera.nair@session.example', 'battery staple') AS login, api.forgot_password('meera.nair@session.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE data ? 'token' \gset
UPDATE realty.users SET email = 'meera@session.example' WHERE id = :user_id;
SELECT * FROM pg_temp.held(:'login'::jsonb->>'token', :'login'::jsonb->>'refresh_token', :'reset');
SELECT api.login('meera@session.example', 'battery staple') AS login, api.forgot_password('meera@session.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE data ? 'token' \gset
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT api.change_password('battery staple', 'staple battery');
COMMIT;
SELECT * FROM pg_temp.held(:'login'::jsonb->>'token', '', :'reset');
SELECT api.forgot_password('meera@session.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE data ? 'token' \gset
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
SELECT api.logout_all();
COMMIT;
SELECT * FROM pg_temp.held(:'login'::jsonb->>'token', :'login'::jsonb->>'refresh_token', :'reset');
CREATE FUNCTION pg_temp.shut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.is_active = false; RETURN NEW; END $$;
CREATE TRIGGER users_300_site BEFORE UPDATE OF extra ON realty.users FOR EACH ROW EXECUTE FUNCTION pg_temp.shut();
SELECT api.login('meera@session.example', 'staple battery') AS login, api.forgot_password('meera@session.example') \gset
SELECT data->>'token' AS reset FROM realty.outbox WHERE data ? 'token' \gset
UPDATE realty.users SET extra = '{"shut": true}' WHERE id = :user_id;
DROP TRIGGER users_300_site ON realty.users;
UPDATE realty.users SET is_active = true WHERE id = :user_id;
SELECT * FROM pg_temp.held(:'login'::jsonb->>'token', :'login'::jsonb->>'refresh_token', :'reset');

-- A session that has ended stays so, for its user and for the owner
SELECT api.login('meera@session.example', 'staple battery') AS login \gset
BEGIN;
SELECT realty.authenticate(:'login'::jsonb->>'token');
UPDATE api.sessions SET revoked_at = NULL WHERE revoked_at IS NOT NULL;
ROLLBACK;
UPDATE realty.sessions SET revoked_at = NULL WHERE user_id = :user_id;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS the_one_that_stands;

-- A deleted account has no password any more
DELETE FROM realty.users WHERE id = :user_id;
SELECT api.login('meera@session.example', 'staple battery')->>'code' AS deleted;
SELECT pg_temp.opens(:'login'::jsonb->>'token') AS token_of_deleted_account;

-- issue_token: a session of its own; an unknown user's is an error
SELECT realty.create_admin('root@session.example', 'battery staple') AS admin_id \gset
SELECT pg_temp.opens(realty.issue_token(:admin_id)) AS admin;
SELECT realty.jwt_verify(realty.issue_token(:admin_id))->'profile_id' AS profile_of_admin;
SELECT pg_temp.refusal('SELECT realty.issue_token(-1)') AS nobody;
