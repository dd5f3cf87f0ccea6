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

CREATE FUNCTION api.change_password(current_password text, new_password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_change_password';
COMMENT ON FUNCTION api.change_password(text, text) IS
    'sets a new password and ends the user''s other sessions; a wrong current one is answered, with response.status 422, so that it is counted, and PT422 when the new one is not accepted';

CREATE FUNCTION api.forgot_password(email text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_forgot_password';
COMMENT ON FUNCTION api.forgot_password(text) IS
    'sends a token for a new password to the address, if it has an account: the answer is the same';

CREATE FUNCTION api.reset_password(token text, new_password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_reset_password';
COMMENT ON FUNCTION api.reset_password(text, text) IS
    'sets a new password by the token of an e-mail, once, and ends all sessions; PT422 for an invalid token';
