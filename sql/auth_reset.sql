-- A lost password: an e-mail, a token that works once, and what a new password may be.
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;
SET client_min_messages = error;
DELETE FROM realty.outbox; -- of other stories
-- The violations that a statement meets, or that it meets none.
CREATE FUNCTION pg_temp.faults(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    detail text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', state, detail);
END $$;

SELECT a->'user'->>'id' AS user_id, a->>'refresh_token' AS old_session
FROM api.register('asha.patil@reset.example', 'correct horse', 'customer', 'Asha Patil') a \gset

-- The response does not reveal whether there is an account
SET ROLE realty_anon;
SELECT api.forgot_password('ASHA.patil@reset.example') AS known \gset
SELECT api.forgot_password('nobody@reset.example') AS unknown \gset
RESET ROLE;
SELECT :'known' = :'unknown' AS same_answer, :'known'::jsonb;
SELECT kind, recipient, data ? 'token' AS has_token, expires_at > now() + interval '59 minutes' AS in_time
FROM realty.outbox ORDER BY id;

-- The e-mail is for the mailer, once; what is stored of the token is its hash
SELECT id AS letter, data->>'token' AS token FROM realty.outbox_take() \gset
SELECT count(*) AS to_the_next_mailer FROM realty.outbox_take(5);
SELECT count(*) AS found FROM realty.password_resets WHERE token_hash = sha256(convert_to(:'token', 'UTF8'));
UPDATE realty.outbox SET taken_at = now() - interval '6 minutes';
SELECT count(*) AS after_a_mailer_died FROM realty.outbox_take(5);
SELECT realty.outbox_done(:letter);
SELECT data AS left_of_it, attempts FROM realty.outbox WHERE id = :letter;
SELECT pg_temp.faults(format('SELECT realty.outbox_done(%s)', :letter));
SELECT pg_temp.faults('SELECT * FROM realty.outbox_take(0)');

-- Violations of token and password are listed together, and spoil nothing
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', 'x', 'short'));
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', :'token', word)) FROM unnest(ARRAY[
    'password123', 'PassWord123', 'Asha.Patil1990', 'asha-patil!!', '1234567', 'éééàààü', 'पासवर्']) word;
SELECT pg_temp.faults('SELECT api.reset_password(NULL, NULL)');

-- The token works once; all sessions are over; the account hears of it
SET ROLE realty_anon;
SELECT api.reset_password(:'token', 'another horse entirely');
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', :'token', 'a third horse'));
SELECT pg_temp.faults(format('SELECT api.refresh(%L)', :'old_session'));
SELECT api.login('asha.patil@reset.example', 'correct horse')->>'code' AS old_password;
SELECT api.login('asha.patil@reset.example', 'another horse entirely') ? 'token' AS new_password;
RESET ROLE;
SELECT kind, recipient, data FROM realty.outbox_take();

-- A new password invalidates the account's other e-mails
SELECT api.forgot_password('asha.patil@reset.example') IS NULL AS a, api.forgot_password('asha.patil@reset.example') IS NULL AS b;
SELECT min(data->>'token') AS one, max(data->>'token') AS other FROM realty.outbox WHERE delivered_at IS NULL AND kind = 'password_reset' \gset
SELECT api.reset_password(:'one', 'yet another horse');
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', :'other', 'a fifth horse'));

-- No mailbox is filled: three e-mails at a time
SELECT count(api.forgot_password('asha.patil@reset.example')) AS asked FROM generate_series(1, 10);
SELECT count(*) AS sent FROM realty.password_resets WHERE user_id = :user_id AND used_at IS NULL;
-- Nor does the time reveal one, for any address, also where no gateway delays the response; and two of one address take turns
SET realty.login_floor = 250;
CREATE FUNCTION pg_temp.took(address text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    PERFORM api.forgot_password(address);
    RETURN CASE WHEN clock_timestamp() - began >= interval '250 ms' THEN 'the floor' ELSE 'less' END;
END $$;
BEGIN;
SELECT address, pg_temp.took(address || '@reset.example') FROM unnest(ARRAY['asha.patil', 'nobody']) address;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid > 2;
COMMIT;
RESET realty.login_floor;

-- Late, or of an account that was shut meanwhile
SELECT data->>'token' AS late FROM realty.outbox WHERE delivered_at IS NULL AND kind = 'password_reset' ORDER BY id DESC LIMIT 1 \gset
UPDATE realty.password_resets SET expires_at = now() - interval '1 second' WHERE used_at IS NULL;
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', :'late', 'a sixth horse'));
UPDATE realty.password_resets SET expires_at = now() + interval '1 hour' WHERE used_at IS NULL;
UPDATE realty.users SET is_active = false WHERE id = :user_id;
SELECT pg_temp.faults(format('SELECT api.reset_password(%L, %L)', :'late', 'a sixth horse'));
SELECT count(*) AS before FROM realty.outbox \gset
SELECT api.forgot_password('asha.patil@reset.example') IS NULL AS inactive;
SELECT count(*) - :before AS letters FROM realty.outbox;

-- An expired e-mail is not sent any more
UPDATE realty.outbox SET expires_at = now() - interval '1 second', taken_at = NULL WHERE kind = 'password_reset';
SELECT count(*) FROM realty.outbox_take(100) WHERE kind = 'password_reset';

-- The same policy wherever a password is set; a site's own words count
INSERT INTO realty.common_passwords (password) VALUES ('acme towers 2026');
SELECT pg_temp.faults(format('SELECT api.register(%L, %L, %L, %L)', mail, word, 'customer', name)) FROM (VALUES
    ('vikram@reset.example', 'Acme Towers 2026', 'Vikram'), ('vikram@reset.example', 'Vikram@2026', 'V. Rao'),
    ('vr@reset.example', 'vikram-rao-77', 'Vikram Rao'), ('vr@reset.example', 'vr@reset.example', 'V'),
    ('vr@reset.example', 'vr12345678', 'V')) v(mail, word, name);
SELECT pg_temp.faults($$SELECT realty.create_admin('root@reset.example', 'administrator')$$);
SELECT pg_temp.faults($$INSERT INTO realty.common_passwords VALUES ('UPPER CASE')$$);

-- None of it is the API roles' to look at
SET ROLE realty_admin;
SELECT pg_temp.faults('SELECT * FROM realty.outbox');
SELECT pg_temp.faults('SELECT * FROM realty.outbox_take()');
RESET ROLE;

-- Over the API
\i sql/include/api_start.sql
SELECT status, body FROM realty.request('POST', '/api/auth/forgot-password', '{"email": "nobody@reset.example"}');
SELECT status, body::jsonb->'error'->'details' AS details
FROM realty.request('POST', '/api/auth/reset-password', '{"token": "x", "new_password": "password1"}');
SELECT status, body::jsonb->'error'->'details' AS details FROM realty.request('POST', '/api/auth/forgot-password', '{}');
\i sql/include/api_end.sql
