-- Identity and authentication. The C is in src/auth.

-- Read by policies: no table access, no errors, one answer for a whole statement.
-- RESTRICTED, because a parallel worker has no session of PostgREST to ask.
CREATE FUNCTION realty.user_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_user_id';
COMMENT ON FUNCTION realty.user_id() IS
    'id of the signed-in user; null without one';

CREATE FUNCTION realty.profile_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_profile_id';
COMMENT ON FUNCTION realty.profile_id() IS
    'id of the signed-in user''s builder or customer profile; null when there is none';

CREATE FUNCTION realty.user_type() RETURNS text
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_user_type';
COMMENT ON FUNCTION realty.user_type() IS
    'builder, customer or admin; null without a signed-in user';

CREATE FUNCTION realty.session_id() RETURNS bigint
    LANGUAGE c STABLE LEAKPROOF PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_session_id';
COMMENT ON FUNCTION realty.session_id() IS
    'id of the session that the access token belongs to; null without a signed-in user';

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

CREATE FUNCTION realty.authenticate(token text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_authenticate';
COMMENT ON FUNCTION realty.authenticate(text) IS
    'assumes the identity and the role of an access token until the transaction ends; PT401 otherwise';

CREATE FUNCTION realty.pre_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_pre_request';
COMMENT ON FUNCTION realty.pre_request() IS
    'for PostgREST''s db-pre-request: checks the bearer again, and that its session has not ended';

-- They run their statements as the owner, in C; none is SECURITY DEFINER.
CREATE FUNCTION realty.anon_token(days integer DEFAULT 365) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_anon_token';
COMMENT ON FUNCTION realty.anon_token(integer) IS
    'an anonymous token, for clients that have to send one (supabase-js): it grants no more than no token does; for the owner alone';

CREATE FUNCTION realty.issue_token(user_id bigint) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_issue_token';
COMMENT ON FUNCTION realty.issue_token(bigint) IS
    'an access token for any user, with a session of its own; for the owner alone';

CREATE FUNCTION realty.database_replace() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_database_replace';
COMMENT ON FUNCTION realty.database_replace() IS
    'Trigger: a new identity, by a restore too, replaces the existing one';

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
    'gives the database another identity and returns it: every earlier token, session and e-mail with a token is void. For a copy beside its original; for the owner alone';

CREATE FUNCTION realty.customer_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_type() = 'customer' THEN realty.profile_id() END;
COMMENT ON FUNCTION realty.customer_id() IS 'The caller''s customers.id; null when the caller is no customer.';

CREATE FUNCTION realty.builder_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_type() = 'builder' THEN realty.profile_id() END;
COMMENT ON FUNCTION realty.builder_id() IS 'The caller''s builders.id; null when the caller is no builder.';
