-- Who is calling, and how they prove it. The C is in src/auth.
--
-- Nobody but the owner may call any of this until 81_grants_auth.sql says so.

-- Identity ----------------------------------------------------------------------------
-- Read by policies: no table access, no errors, one answer for a whole statement.
-- RESTRICTED, because a parallel worker has no session of PostgREST to ask.

CREATE FUNCTION realty.user_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_user_id';
COMMENT ON FUNCTION realty.user_id() IS
    'id of the signed-in user; null when nobody is';

CREATE FUNCTION realty.profile_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_profile_id';
COMMENT ON FUNCTION realty.profile_id() IS
    'id of the signed-in user''s builder or customer profile; null when there is none';

CREATE FUNCTION realty.user_type() RETURNS text
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_user_type';
COMMENT ON FUNCTION realty.user_type() IS
    'builder, customer or admin; null when nobody is signed in';

CREATE FUNCTION realty.session_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_session_id';
COMMENT ON FUNCTION realty.session_id() IS
    'id of the session that the access token belongs to; null when nobody is signed in';

CREATE FUNCTION realty.request_id() RETURNS text
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_request_id';
COMMENT ON FUNCTION realty.request_id() IS
    'X-Request-Id of the request that is being answered; null outside a request';

CREATE FUNCTION realty.require_builder() RETURNS bigint
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_require_builder';
COMMENT ON FUNCTION realty.require_builder() IS
    'id of the caller''s builder profile; PT401 or PT403 when the caller is no builder';

CREATE FUNCTION realty.require_customer() RETURNS bigint
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_require_customer';
COMMENT ON FUNCTION realty.require_customer() IS
    'id of the caller''s customer profile; PT401 or PT403 when the caller is no customer';

-- Tokens ------------------------------------------------------------------------------

CREATE FUNCTION realty.jwt_verify(token text) RETURNS jsonb
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_jwt_verify';
COMMENT ON FUNCTION realty.jwt_verify(text) IS
    'claims of an access token of ours, after every check; else an error that says which failed';

CREATE FUNCTION realty.jws_verify(token text, key bytea, algorithm text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_jws_verify';
COMMENT ON FUNCTION realty.jws_verify(text, bytea, text) IS
    'is it a compact JWS of this very algorithm, signed with this key? Strict, in constant time';

-- pgjwt's, under its names ------------------------------------------------------------

CREATE FUNCTION realty.url_encode(data bytea) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_url_encode';
COMMENT ON FUNCTION realty.url_encode(bytea) IS 'base64url without padding (as pgjwt)';

CREATE FUNCTION realty.url_decode(data text) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_url_decode';
COMMENT ON FUNCTION realty.url_decode(text) IS
    'the bytes of base64url or base64, leniently (as pgjwt)';

CREATE FUNCTION realty.algorithm_sign(signables text, secret text, algorithm text)
    RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_algorithm_sign';
COMMENT ON FUNCTION realty.algorithm_sign(text, text, text) IS
    'HMAC of a text, base64url: HS256, HS384 or HS512 (as pgjwt)';

CREATE FUNCTION realty.sign(payload json, secret text, algorithm text DEFAULT 'HS256')
    RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_sign';
COMMENT ON FUNCTION realty.sign(json, text, text) IS
    'a signed token of this payload (as pgjwt)';

CREATE FUNCTION realty.try_cast_double(inp text) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_try_cast_double';
COMMENT ON FUNCTION realty.try_cast_double(text) IS
    'the text as a number, null when it is none (as pgjwt)';

CREATE FUNCTION realty.verify(token text, secret text, algorithm text DEFAULT 'HS256')
    RETURNS TABLE (header json, payload json, valid boolean)
    LANGUAGE c STABLE PARALLEL SAFE ROWS 1
    AS 'MODULE_PATHNAME', 'realty_verify';
COMMENT ON FUNCTION realty.verify(text, text, text) IS
    'parts of a token and whether signature, nbf and exp hold (as pgjwt); for our own tokens use jwt_verify';

-- Passwords ---------------------------------------------------------------------------

CREATE FUNCTION realty.password_hash(password text) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_password_hash';
COMMENT ON FUNCTION realty.password_hash(text) IS
    'a new hash: argon2id, or bcrypt, as realty.password_algorithm says';

CREATE FUNCTION realty.password_verify(password text, hash text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_password_verify';
COMMENT ON FUNCTION realty.password_verify(text, text) IS
    'does the password match a hash of argon2id or bcrypt ($2a$, $2b$, $2y$)?';

CREATE FUNCTION realty.password_needs_rehash(hash text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_password_needs_rehash';
COMMENT ON FUNCTION realty.password_needs_rehash(text) IS
    'is the hash weaker than a new one would be?';

-- Doors -------------------------------------------------------------------------------

CREATE FUNCTION realty.authenticate(token text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_authenticate';
COMMENT ON FUNCTION realty.authenticate(text) IS
    'takes the identity and the role of an access token until the transaction ends; PT401 otherwise';

CREATE FUNCTION realty.pre_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_pre_request';
COMMENT ON FUNCTION realty.pre_request() IS
    'for PostgREST''s db-pre-request: checks the bearer again, and that its session has not ended';

CREATE FUNCTION api.pre_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_pre_request';
COMMENT ON FUNCTION api.pre_request() IS
    'what PostgREST calls before each request (db-pre-request), as realty.pre_request; a client need not';

-- Accounts ----------------------------------------------------------------------------
-- They run their statements as the owner, in C; none is SECURITY DEFINER.

CREATE FUNCTION realty.anon_token(days integer DEFAULT 365) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_anon_token';
COMMENT ON FUNCTION realty.anon_token(integer) IS
    'a token of nobody, for clients that have to send one (supabase-js): what it opens is open without; for the owner alone';

CREATE FUNCTION realty.issue_token(user_id bigint) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_issue_token';
COMMENT ON FUNCTION realty.issue_token(bigint) IS
    'an access token for any user, with a session of its own; for the owner alone';

CREATE FUNCTION realty.database_replace() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_database_replace';
COMMENT ON FUNCTION realty.database_replace() IS
    'Trigger: the identity that comes, by a restore too, takes the place of the one that is there';

CREATE FUNCTION realty.database_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_database_changed';
COMMENT ON FUNCTION realty.database_changed() IS
    'Trigger: every backend reads the database''s identity anew';

CREATE FUNCTION realty.renew_identity() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    UPDATE realty.sessions SET revoked_at = clock_timestamp(), revoked_reason = 'identity of the database renewed'
    WHERE revoked_at IS NULL;
    UPDATE realty.password_resets SET used_at = clock_timestamp() WHERE used_at IS NULL;
    UPDATE realty.outbox SET data = data - 'token', expires_at = least(expires_at, clock_timestamp())
    WHERE delivered_at IS NULL AND data ? 'token';
    INSERT INTO realty.database_identity DEFAULT VALUES RETURNING id;
END;
COMMENT ON FUNCTION realty.renew_identity() IS
    'gives the database another identity and returns it: every token, session and letter with a token of before is void. For a copy beside its original; for the owner alone';

CREATE FUNCTION realty.create_admin(email text, password text) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_create_admin';
COMMENT ON FUNCTION realty.create_admin(text, text) IS
    'makes an administrator and returns the user''s id; for the owner alone';

CREATE FUNCTION api.register(
    email text, password text, user_type text,
    full_name text DEFAULT NULL, phone text DEFAULT NULL,
    company_name text DEFAULT NULL, license_number text DEFAULT NULL,
    address text DEFAULT NULL, city text DEFAULT NULL, state text DEFAULT NULL,
    website text DEFAULT NULL, description text DEFAULT NULL, logo_url text DEFAULT NULL,
    budget_min numeric DEFAULT NULL, budget_max numeric DEFAULT NULL,
    preferences jsonb DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_register';
COMMENT ON FUNCTION api.register(text, text, text, text, text, text, text, text, text, text,
    text, text, text, numeric, numeric, jsonb) IS
    'makes the account and the profile of a builder or a customer and logs in; PT422 with all faults, PT409 for a known e-mail';

CREATE FUNCTION api.login(email text, password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_login';
COMMENT ON FUNCTION api.login(text, text) IS
    'user and tokens; a wrong password is answered, with response.status 401, so that it is counted';

CREATE FUNCTION api.refresh(refresh_token text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_refresh';
COMMENT ON FUNCTION api.refresh(text) IS
    'new tokens for a refresh token, which works once; a second use ends the session';

CREATE FUNCTION api.logout() RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_logout';
COMMENT ON FUNCTION api.logout() IS 'ends the session of the access token';

CREATE FUNCTION api.logout_all() RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_logout_all';
COMMENT ON FUNCTION api.logout_all() IS 'ends all sessions of the signed-in user';

CREATE FUNCTION api.me() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_me';
COMMENT ON FUNCTION api.me() IS 'the signed-in user with the profile';

CREATE FUNCTION api.update_me(full_name text DEFAULT NULL, phone text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_update_me';
COMMENT ON FUNCTION api.update_me(text, text) IS
    'changes name and phone of the signed-in user; null leaves a value as it is';

CREATE FUNCTION api.change_password(current_password text, new_password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_change_password';
COMMENT ON FUNCTION api.change_password(text, text) IS
    'sets a new password and ends the user''s other sessions; a wrong current one is answered, with response.status 422, so that it is counted, and PT422 when the new one is not accepted';

CREATE FUNCTION api.delete_me(password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_delete_me';
COMMENT ON FUNCTION api.delete_me(text) IS
    'erases the signed-in user: docs/erasure.md says what goes. A wrong password is answered, with response.status 403, so that it is counted; PT409 when something stands in the way';

CREATE FUNCTION api.export_me() RETURNS json
    LANGUAGE c STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_export_me';
COMMENT ON FUNCTION api.export_me() IS
    'the signed-in user''s own rows of every list, the newest 1,000 of each; cut names the lists that have more';

CREATE FUNCTION api.forgot_password(email text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_forgot_password';
COMMENT ON FUNCTION api.forgot_password(text) IS
    'sends a token for a new password to the address, if it has an account: the answer is the same';

CREATE FUNCTION api.reset_password(token text, new_password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_reset_password';
COMMENT ON FUNCTION api.reset_password(text, text) IS
    'sets a new password by the token of a letter, once, and ends all sessions; PT422 for a token that does not count';

CREATE FUNCTION realty.outbox_take(max_letters integer DEFAULT 10)
    RETURNS TABLE (id bigint, kind text, recipient text, data jsonb, created_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
    AS 'MODULE_PATHNAME', 'realty_outbox_take';
COMMENT ON FUNCTION realty.outbox_take(integer) IS
    'letters to send now, the oldest first; one not reported by realty.outbox_done within five minutes is given out again. For a mailer''s login that was granted it';

CREATE FUNCTION realty.outbox_done(letter_id bigint) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_outbox_done';
COMMENT ON FUNCTION realty.outbox_done(bigint) IS
    'the letter is sent: its secret is forgotten; PT404 when none of that id is waiting';

CREATE FUNCTION realty.users_access() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_users_access';
COMMENT ON FUNCTION realty.users_access() IS
    'Trigger: ends the account''s sessions and its tokens for a new password, in letters too; its argument is the reason';

CREATE FUNCTION realty.sessions_guard() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_sessions_guard';
COMMENT ON FUNCTION realty.sessions_guard() IS
    'Trigger: a session that has ended stays so (PT409)';

CREATE FUNCTION realty.sessions_ended() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_sessions_ended';
COMMENT ON FUNCTION realty.sessions_ended() IS
    'Trigger: once committed, the streams of the session''s user ask again, and are refused';

CREATE FUNCTION realty.outbox_came() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_outbox_came';
COMMENT ON FUNCTION realty.outbox_came() IS
    'Trigger: once committed, a worker wakes who LISTENs on realty_outbox';
