CREATE FUNCTION realty.create_admin(email text, password text) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_create_admin';
COMMENT ON FUNCTION realty.create_admin(text, text) IS
    'makes an administrator and returns the user''s id; for the owner alone';

CREATE FUNCTION realty.users_access() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_users_access';
COMMENT ON FUNCTION realty.users_access() IS
    'Trigger: ends the account''s sessions and its tokens for a new password, in e-mails too; its argument is the reason';

CREATE FUNCTION realty.users_contact() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_contact';
COMMENT ON FUNCTION realty.users_contact() IS 'Trigger: trims blanks around an e-mail address, maintains phone_e164.';

CREATE FUNCTION realty.builders_relist() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_builders_relist';
COMMENT ON FUNCTION realty.builders_relist() IS
'Trigger: the projects of a company whose account or verification changes leave the market, or return to it.';

CREATE FUNCTION realty.builders_unverify() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_builders_unverify';
COMMENT ON FUNCTION realty.builders_unverify() IS
'Trigger: a company that changes its name or licence is no longer verified, and the administrators are notified.';

CREATE FUNCTION realty.users_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_guard';
COMMENT ON FUNCTION realty.users_guard() IS 'Trigger: DELETE erases the person instead (realty.erase_user); user_type never changes (PT422).';

CREATE FUNCTION realty.users_delete_begins() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_delete_begins';
COMMENT ON FUNCTION realty.users_delete_begins() IS 'Trigger: one DELETE erases one account (PT400).';

CREATE FUNCTION realty.erase_user(user_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_erase_user';
COMMENT ON FUNCTION realty.erase_user(bigint) IS
'Removes the person from an account and from everything that refers to it, as DELETE of the account does; docs/erasure.md lists what is removed. For the owner alone. Errors PT404, PT409.';

CREATE FUNCTION realty.users_last_admin() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_last_admin';
COMMENT ON FUNCTION realty.users_last_admin() IS 'Trigger: the last active administrator stays one (PT409).';

CREATE FUNCTION realty.profiles_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_profiles_guard';
COMMENT ON FUNCTION realty.profiles_guard() IS
'Trigger: a profile belongs to an account of its kind, which is the argument (PT422).';
