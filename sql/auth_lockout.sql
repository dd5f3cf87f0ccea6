-- Failed logins lock unknown addresses out, for a while; not for ever, and not those that the account knows.
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
SET client_min_messages = error;
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;
SET realty.login_failures_allowed = 2;
CREATE FUNCTION pg_temp.login(client text, password text) RETURNS text LANGUAGE sql AS $$
	SELECT set_config('realty.client', client, false);
	SELECT coalesce(a->>'code', 'in') FROM api.login('asha@lockout.example', password) a $$;
-- Time goes by, for the account and for the addresses that it knows.
CREATE FUNCTION pg_temp.later(by interval) RETURNS void LANGUAGE sql AS $$
	UPDATE realty.user_credentials SET failures_halved_at = failures_halved_at - by, locked_until = locked_until - by WHERE user_id = (SELECT id FROM realty.users WHERE email = 'asha@lockout.example');
	UPDATE realty.sessions SET failures_halved_at = failures_halved_at - by, locked_until = locked_until - by WHERE user_id = (SELECT id FROM realty.users WHERE email = 'asha@lockout.example') $$;
CREATE VIEW pg_temp.account AS SELECT failed_logins, locked_until > clock_timestamp() AS locked
	FROM realty.user_credentials WHERE user_id = (SELECT id FROM realty.users WHERE email = 'asha@lockout.example');

SELECT a->'user'->>'id' AS user_id FROM api.register('asha@lockout.example', 'correct horse', 'customer', 'Asha') a \gset

-- Failures decay: half of them are gone each hour, by whole hours, whatever comes in between
SELECT pg_temp.login('203.0.113.1', 'wrong') FROM generate_series(1, 2);
SELECT * FROM pg_temp.account;
SELECT pg_temp.later('59 minutes');
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT failed_logins, locked_until IS NOT NULL AS was_locked FROM realty.user_credentials WHERE user_id = :user_id;
SELECT pg_temp.later('2 minutes');
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT * FROM pg_temp.account;
SELECT pg_temp.later('3 hours');
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT * FROM pg_temp.account;
-- One a quarter of an hour never locks for longer than moments, whenever one looks
SET realty.login_failures_allowed = 5;
CREATE FUNCTION pg_temp.longest_lock(times int) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
	longest interval := '0';
BEGIN
	FOR i IN 1 .. times LOOP
		PERFORM pg_temp.later('15 minutes'), pg_temp.login('203.0.113.1', 'wrong');
		SELECT greatest(longest, locked_until - clock_timestamp()) INTO longest
		FROM realty.user_credentials WHERE user_id = (SELECT id FROM realty.users WHERE email = 'asha@lockout.example');
	END LOOP;
	RETURN longest;
END $$;
SELECT pg_temp.longest_lock(96) < '5 seconds' AS a_day_of_that_locks_for_moments;
-- which it did, when they stayed
UPDATE realty.user_credentials SET failed_logins = 100, failures_halved_at = clock_timestamp() WHERE user_id = :user_id;
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT locked_until - clock_timestamp() > interval '14 minutes' AS locked FROM realty.user_credentials WHERE user_id = :user_id;
-- A clock that was set back takes nothing away, and adds nothing
UPDATE realty.user_credentials SET failed_logins = 4, failures_halved_at = clock_timestamp() + interval '10 days', locked_until = NULL WHERE user_id = :user_id;
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT failed_logins, locked_until, failures_halved_at <= clock_timestamp() AS is_past FROM realty.user_credentials WHERE user_id = :user_id;

-- While unknown addresses keep it locked, the right password gets in from where it got in before
UPDATE realty.user_credentials SET failed_logins = 0, locked_until = NULL WHERE user_id = :user_id;
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS at_home, pg_temp.login('2001:db8:7:7::1', 'correct horse') AS on_the_phone;
UPDATE realty.user_credentials SET failed_logins = 40, failures_halved_at = clock_timestamp(), locked_until = clock_timestamp() + interval '1 hour' WHERE user_id = :user_id;
SELECT client, pg_temp.login(client, 'correct horse') FROM unnest('{203.0.113.1,198.51.100.8,2001:db8:7:8::1,"",198.51.100.7,2001:db8:7:7:ffff::9}'::text[]) client;
SELECT * FROM pg_temp.account;
-- Guesses from there are counted and locked like those of unknown addresses, by a count of its own
SELECT pg_temp.login('198.51.100.7', 'wrong') FROM generate_series(1, 2);
UPDATE realty.sessions SET failed_logins = failed_logins + 10 WHERE failed_logins > 0;
SELECT pg_temp.login('198.51.100.7', 'wrong');
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS locked, pg_temp.login('2001:db8:7:7::1', 'correct horse') AS another_of_hers;
SELECT * FROM pg_temp.account;
SELECT client, failed_logins, locked_until > clock_timestamp() AS locked FROM realty.sessions WHERE user_id = :user_id AND failed_logins > 0;
SELECT pg_temp.later('20 minutes');
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS in_again;
SELECT failed_logins FROM realty.sessions WHERE user_id = :user_id ORDER BY id DESC LIMIT 1;
-- An address counts as known since the password was last changed, and no longer than its session is kept
UPDATE realty.user_credentials SET locked_until = clock_timestamp() + interval '1 hour', password_changed_at = clock_timestamp() WHERE user_id = :user_id;
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS before_the_change;
UPDATE realty.user_credentials SET password_changed_at = clock_timestamp() - interval '1 day' WHERE user_id = :user_id;
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS since;
DELETE FROM realty.refresh_tokens WHERE session_id IN (SELECT id FROM realty.sessions WHERE user_id = :user_id);
DELETE FROM realty.sessions WHERE user_id = :user_id;
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS forgotten;
-- Another account's address is none of hers
SELECT api.register('dev@lockout.example', 'correct horse', 'customer', 'Dev') ? 'token' AS registered, api.login('dev@lockout.example', 'correct horse') ? 'token' AS logged_in;
SELECT client FROM realty.sessions JOIN realty.users u ON u.id = user_id WHERE email = 'dev@lockout.example';
SELECT pg_temp.login('198.51.100.7', 'correct horse') AS another_account;

-- A signed-in user that is asked for the password again guesses no more freely: to set another, or to leave
SELECT set_config('realty.client', '', false) \gset
UPDATE realty.user_credentials SET failed_logins = 0, failures_halved_at = NULL, locked_until = NULL WHERE user_id = :user_id;
SELECT realty.issue_token(:user_id) AS token \gset
CREATE FUNCTION pg_temp.asked(password text, new_password text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer jsonb;
BEGIN
	PERFORM realty.authenticate(current_setting('story.token'));
	answer := CASE WHEN new_password IS NULL THEN api.delete_me(password) ELSE api.change_password(password, new_password) END;
	RETURN coalesce(nullif(concat_ws(' ', answer->>'code', answer->>'details'), ''), 'done');
END $$;
SET story.token = :'token';
SET realty.login_failures_allowed = 2;
BEGIN;
SELECT pg_temp.asked('wrong', 'battery staple');
SELECT current_setting('response.status') AS status;
COMMIT;
SELECT * FROM pg_temp.account;
BEGIN;
SELECT pg_temp.asked('wrong');
COMMIT;
SELECT * FROM pg_temp.account;
BEGIN;
SELECT pg_temp.asked('wrong', 'battery staple');
COMMIT;
SELECT * FROM pg_temp.account;
-- locked: the right one opens nothing more, and tells nothing more than a wrong one
BEGIN;
SELECT pg_temp.asked('correct horse', 'battery staple');
COMMIT;
SELECT pg_temp.login('203.0.113.1', 'correct horse') AS nor_logs_in;
SELECT set_config('realty.client', '', false) \gset
SELECT pg_temp.later('1 hour');
-- a new password that is refused tries no current one
BEGIN;
SELECT pg_temp.asked('wrong', 'short');
COMMIT;
SELECT * FROM pg_temp.account;
BEGIN;
SELECT pg_temp.asked('correct horse', 'battery staple');
COMMIT;
SELECT * FROM pg_temp.account;
BEGIN;
SELECT pg_temp.asked('battery staple', 'correct horse');
COMMIT;
-- as a request, from an address that she knows: counted there
SELECT realty.issue_token(:user_id) AS token, pg_temp.login('198.51.100.7', 'correct horse') AS at_home \gset
SELECT r.status, convert_from(r.body, 'UTF8')::jsonb -> 'error' AS error FROM unnest('{wrong,wrong,wrong,correct horse}'::text[]) password,
	realty.request_raw('POST', '/api/auth/change-password', E'Content-Type: application/json\r\nAuthorization: Bearer ' || :'token',
	convert_to(jsonb_build_object('current_password', password, 'new_password', 'battery staple')::text, 'UTF8'), '198.51.100.7') r;
SELECT client, failed_logins, locked_until > clock_timestamp() AS locked FROM realty.sessions WHERE user_id = :user_id AND failed_logins > 0;
SELECT * FROM pg_temp.account;
SELECT set_config('realty.client', '', false) \gset
SET realty.login_failures_allowed = 5;

-- The time of a refusal: a cancellation ends the wait, and the failure is counted all the same
SET realty.login_floor = 250;
UPDATE realty.user_credentials SET failed_logins = 0, locked_until = NULL WHERE user_id = :user_id;
SELECT clock_timestamp() AS began \gset
SELECT pg_temp.login('203.0.113.1', 'wrong');
SELECT clock_timestamp() - :'began' >= interval '250 milliseconds' AS waited;
SET realty.login_floor = '60 s';
SET statement_timeout = '100 ms';
SELECT pg_temp.login('203.0.113.1', 'wrong');
RESET statement_timeout;
SELECT clock_timestamp() - :'began' < interval '50 seconds' AS did_not_wait, failed_logins AS counted FROM realty.user_credentials WHERE user_id = :user_id;
-- and who gets in does not wait
SELECT clock_timestamp() AS began \gset
SELECT api.login('dev@lockout.example', 'correct horse') ? 'token' AS gets_in;
SELECT clock_timestamp() - :'began' < interval '50 seconds' AS did_not_wait;
-- nor does a wrong current password fail any sooner
SET realty.login_floor = 250;
SELECT clock_timestamp() AS began \gset
BEGIN;
SELECT pg_temp.asked('wrong', 'battery staple');
COMMIT;
SELECT clock_timestamp() - :'began' >= interval '250 milliseconds' AS waited;
RESET realty.login_floor;
