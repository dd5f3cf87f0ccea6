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
    'creates the account and the profile of a builder or a customer and logs in; PT422 with all violations, PT409 for a known e-mail';

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

CREATE FUNCTION api.delete_me(password text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_delete_me';
COMMENT ON FUNCTION api.delete_me(text) IS
    'erases the signed-in user: docs/erasure.md lists what is removed. A wrong password is a returned error, with response.status 403, so that it is counted; PT409 when open bookings or payments prevent it';

CREATE FUNCTION api.export_me() RETURNS json
    LANGUAGE c STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_export_me';
COMMENT ON FUNCTION api.export_me() IS
    'the signed-in user''s own rows of every list, the newest 1,000 of each; cut names the lists that have more';

-- The statement counts no row, because the guard anonymises instead; so the answer is read after.
CREATE FUNCTION api.delete_user(user_id bigint) RETURNS SETOF api.users
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.found((SELECT u.id FROM api.users u WHERE u.id = user_id));
    DELETE FROM api.users u WHERE u.id = user_id;
    SELECT v.* FROM api.users v WHERE v.id = user_id;
END;
COMMENT ON FUNCTION api.delete_user(bigint) IS
'Deactivates an account and removes the person from it; bookings and audit entries keep referring to it. Administrators only. Errors PT404, PT409 (an open booking or payment).';
