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

CREATE FUNCTION realty.sessions_guard() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_sessions_guard';
COMMENT ON FUNCTION realty.sessions_guard() IS
    'Trigger: a session that has ended cannot be reopened (PT409)';

CREATE FUNCTION realty.sessions_ended() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_sessions_ended';
COMMENT ON FUNCTION realty.sessions_ended() IS
    'Trigger: once committed, the streams of the session''s user repeat their request, and are rejected';
