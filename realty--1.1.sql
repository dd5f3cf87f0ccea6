\echo Use "CREATE EXTENSION realty" to load this file. \quit

-- schema/10_roles/schemas.sql
-- Schemas and roles. Roles are cluster-wide: created when absent, never with a
-- password, never dropped. A role of that name that could climb is refused.

CREATE SCHEMA realty;

CREATE SCHEMA api;

CREATE SCHEMA analytics;

COMMENT ON SCHEMA realty IS 'Tables, rules and functions of realty. No API role has USAGE here.';

-- PostgREST makes the first line the title of its OpenAPI document
COMMENT ON SCHEMA api IS 'realty: projects, units and their bookings
The surface: views and functions that PostgREST, /api and SQL clients use.';

COMMENT ON SCHEMA analytics IS 'Documented views for analysts; personal data is masked.';

CREATE FUNCTION realty.install() RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_install';

COMMENT ON FUNCTION realty.install() IS
'Used once by CREATE EXTENSION: rejects a database that is not UTF8, creates the seven roles.
Errors: 0A000 for another encoding, 42710 for an existing role with superuser or BYPASSRLS.';

CREATE FUNCTION realty.complete_views() RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'realty_complete_views';

COMMENT ON FUNCTION realty.complete_views() IS
'Used by the install and upgrade scripts: gives the views of api the defaults and the comments of their tables'' columns. A view''s own stay.';

SELECT realty.install();

-- schema/15_checks/texts.sql
-- What texts may hold and when two of them are one. Pure functions, for the tables' CHECKs and generated columns.

CREATE FUNCTION realty.identity_key(what text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_identity_key';
COMMENT ON FUNCTION realty.identity_key(text) IS
'The text as names are compared: NFKC, without case and zero-width characters, dashes and quotes of all kinds as - and '' and ",
single blanks between words and none around.';

CREATE FUNCTION realty.unit_key(tower text, unit_number text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_unit_key';
COMMENT ON FUNCTION realty.unit_key(text, text) IS
'The identity_key of both with a line break between them: the same for every way to write one flat.';

CREATE FUNCTION realty.has_text(what text, most integer) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_has_text';
COMMENT ON FUNCTION realty.has_text(text, integer) IS 'Has it at most that many characters, and one among them that shows?';

CREATE FUNCTION realty.is_line(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_line';
COMMENT ON FUNCTION realty.is_line(text) IS
'Is it one line: without control, direction and zero-width characters, except joiners between letters and in emoji?';

CREATE FUNCTION realty.is_line_or_empty(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_line_or_empty';
COMMENT ON FUNCTION realty.is_line_or_empty(text) IS 'Is it empty, or a line that shows something?';

CREATE FUNCTION realty.is_prose(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_prose';
COMMENT ON FUNCTION realty.is_prose(text) IS 'As is_line, with line breaks and tabs.';

CREATE FUNCTION realty.has_known_characters(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_has_known_characters';
COMMENT ON FUNCTION realty.has_known_characters(text) IS
'Is each of its characters assigned by Unicode, and not for private use? Identifying columns accept no others.';

CREATE FUNCTION realty.is_mailbox(address text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_mailbox';
COMMENT ON FUNCTION realty.is_mailbox(text) IS
'Is it one mailbox (RFC 5321), with a dotted local part and a domain of at least two labels, in letters of any alphabet?';

CREATE FUNCTION realty.is_phone(phone text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_phone';
COMMENT ON FUNCTION realty.is_phone(text) IS
'Is it a number of 7 to 15 digits, a + before the first of them, and blanks, dots, hyphens and brackets in between?';

CREATE FUNCTION realty.phone_e164(phone text, country text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_phone_e164';
COMMENT ON FUNCTION realty.phone_e164(text, text) IS
'The number in E.164 form (+919845012345), a number without a country code as one of that country (ISO 3166); null when it cannot be determined.';

-- schema/15_checks/values.sql
-- The checks of sizes and shapes. Each reads only its own argument, at a cost proportional to its
-- size, and runs with the rights of the role that writes the row.

CREATE FUNCTION realty.jsonb_text_size_within(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_jsonb_text_size_within';
COMMENT ON FUNCTION realty.jsonb_text_size_within(jsonb, integer) IS
'Has the document at most that many bytes as text, and 32 levels? Computed without printing it, since 1e131071 is short only until then.';

CREATE FUNCTION realty.is_bounded_json(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_bounded_json';
COMMENT ON FUNCTION realty.is_bounded_json(jsonb, integer) IS
'Has the document at most that many bytes as text, 30 levels, and numbers of at most 40 digits and an exponent within 40?';

CREATE FUNCTION realty.is_bounded_object(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_bounded_object';
COMMENT ON FUNCTION realty.is_bounded_object(jsonb, integer) IS
'Is it a JSON object, and bounded as realty.is_bounded_json says?';

CREATE FUNCTION realty.is_in_hundredths(value numeric, digits integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_in_hundredths';
COMMENT ON FUNCTION realty.is_in_hundredths(numeric, integer) IS
'Has it at most 2 significant decimals, and at most that many digits before them, with either sign?';

CREATE FUNCTION realty.is_room_count(rooms numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_room_count';
COMMENT ON FUNCTION realty.is_room_count(numeric) IS
'Is it 0 to 50, in steps of a half?';

CREATE FUNCTION realty.is_web_address(address text, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_web_address';
COMMENT ON FUNCTION realty.is_web_address(text, integer) IS
'Is it an http or https address or a path of this site, of at most that many characters, without a user''s name, blanks, controls and backslashes?';

CREATE FUNCTION realty.are_short_texts(texts text[], most_texts integer, most_characters integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_are_short_texts';
COMMENT ON FUNCTION realty.are_short_texts(text[], integer, integer) IS
'Are there at most that many, each with 1 to that many characters, in one dimension and none of them null?';

CREATE FUNCTION realty.is_media_list(list jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_media_list';
COMMENT ON FUNCTION realty.is_media_list(jsonb) IS
'Is it a list of at most 100 web addresses, or objects with url and what is known of it (thumbnail_url, name, title, caption, alt,
kind, type, media_type, size_bytes, width, height, duration, position, is_cover), of at most 64 kB?';

CREATE FUNCTION realty.is_feature_list(list jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_feature_list';
COMMENT ON FUNCTION realty.is_feature_list(jsonb) IS
'Is it a list of at most 100 texts or objects {name, value, unit, count}, or an object of at most 100 texts, numbers, booleans and
nulls, of at most 64 kB?';

-- schema/15_checks/search.sql
-- Search: what a row is found by, and who finds it.
--
-- Under row security an index serves only leakproof operators, which @@ is not. So the
-- hits are found as the owner, by functions that say themselves which rows the caller may know of, and the
-- caller's own query joins them to a view, where the policies judge each row again.

CREATE FUNCTION realty.search_text(what text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_search_text';
COMMENT ON FUNCTION realty.search_text(text) IS
'Its words in lower case, without accents and punctuation.';

CREATE FUNCTION realty.search_query(q text, any_word boolean DEFAULT false) RETURNS tsquery
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_search_query';
COMMENT ON FUNCTION realty.search_query(text, boolean) IS
'All words of q, or any of them, matched as prefixes; null when there is none. Error PT422 for more than 200 bytes or 10 words.';

CREATE FUNCTION realty.search_words(what text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.setweight(pg_catalog.to_tsvector('pg_catalog.simple'::regconfig, coalesce(realty.search_text(what), '')), weight);
COMMENT ON FUNCTION realty.search_words(text, "char") IS 'A part of a document: its words with a weight, A to D.';

CREATE FUNCTION realty.project_document(name text, city text, state text, address text, rera_number text, description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(name, 'A') || realty.search_words(city || ' ' || coalesce(state, ''), 'B')
       || realty.search_words(coalesce(address, '') || ' ' || coalesce(rera_number, ''), 'C') || realty.search_words(description, 'D');
COMMENT ON FUNCTION realty.project_document(text, text, text, text, text, text) IS 'What a project is found by.';

CREATE FUNCTION realty.builder_document(company_name text, city text, state text, description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(company_name, 'A') || realty.search_words(coalesce(city, '') || ' ' || coalesce(state, ''), 'B')
       || realty.search_words(description, 'D');
COMMENT ON FUNCTION realty.builder_document(text, text, text, text) IS 'What a builder is found by.';

CREATE FUNCTION realty.unit_document(tower text, unit_number text, unit_type text, facing text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(coalesce(tower, '') || ' ' || unit_number, 'B')
       || realty.search_words(coalesce(unit_type, '') || ' ' || coalesce(facing, ''), 'C');
COMMENT ON FUNCTION realty.unit_document(text, text, text, text) IS 'The document by which a unit is found, apart from its project''s.';

-- schema/20_tables/identity.sql
-- In every token; see src/auth/database_identity.c for how it is replaced and kept.
CREATE TABLE realty.database_identity (
    is_current boolean PRIMARY KEY DEFAULT true
        CONSTRAINT database_identity_is_current_is_true CHECK (is_current),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE realty.database_identity IS 'Which database this is: one row. Tokens name it and are believed nowhere else. An insert replaces it.';
COMMENT ON COLUMN realty.database_identity.id IS 'Made by CREATE EXTENSION, preserved by dump and restore, replaced by realty.renew_identity().';
COMMENT ON CONSTRAINT database_identity_is_current_is_true ON realty.database_identity IS 'must be true';

INSERT INTO realty.database_identity DEFAULT VALUES;

-- schema/20_tables/accounts.sql
-- Accounts: who there is. Secrets live apart from what any API role can read.

CREATE TABLE realty.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL
        CONSTRAINT users_email_is_well_formed CHECK (realty.is_mailbox(email)),
    user_type text NOT NULL
        CONSTRAINT users_user_type_is_known CHECK (user_type IN ('builder', 'customer', 'admin')),
    full_name text NOT NULL
        CONSTRAINT users_full_name_has_text CHECK (realty.has_text(full_name, 200)),
    phone text
        CONSTRAINT users_phone_is_a_number CHECK (length(phone) <= 50 AND realty.is_phone(phone)),
    phone_e164 text CONSTRAINT users_phone_e164_is_a_number CHECK (phone_e164 ~ '^\+[1-9][0-9]{7,14}$'),
    is_active boolean NOT NULL DEFAULT true,
    is_verified boolean NOT NULL DEFAULT false,
    last_login_at timestamptz,
    anonymised_at timestamptz,
    email_key text COLLATE "C" GENERATED ALWAYS AS (realty.identity_key(email)) STORED,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT users_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_full_name_is_one_line CHECK (realty.is_line(full_name)),
    -- otherwise an account could take the address that another one's deletion needs
    CONSTRAINT users_email_is_not_of_the_deleted CHECK (anonymised_at IS NOT NULL OR realty.identity_key(email) NOT LIKE '%@anonymised.invalid'),
    CONSTRAINT users_is_active_ends_with_deletion CHECK (anonymised_at IS NULL OR NOT is_active)
);
COMMENT ON TABLE realty.users IS 'Accounts. The password hash is in user_credentials, which no API role can read.';
COMMENT ON COLUMN realty.users.is_active IS 'False: neither login nor token is accepted.';
COMMENT ON COLUMN realty.users.anonymised_at IS 'When the account was deleted: personal data is removed from it, its bookings and entries remain.';
COMMENT ON COLUMN realty.users.phone IS 'As it was typed.';
COMMENT ON COLUMN realty.users.phone_e164 IS
'phone in E.164 form, +919845012345, by the setting country where it has no country code; null when it cannot be determined. Maintained by a trigger.';
COMMENT ON COLUMN realty.users.email_key IS 'The address as people compare it: one account each.';
COMMENT ON CONSTRAINT users_email_is_well_formed ON realty.users IS 'must be an e-mail address';
COMMENT ON CONSTRAINT users_user_type_is_known ON realty.users IS 'must be one of builder, customer, admin';
COMMENT ON CONSTRAINT users_full_name_has_text ON realty.users IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT users_phone_is_a_number ON realty.users IS 'must be a phone number of 7 to 15 digits, with spaces, dots, hyphens and brackets as you like';
COMMENT ON CONSTRAINT users_phone_e164_is_a_number ON realty.users IS 'must be a number in E.164';
COMMENT ON CONSTRAINT users_extra_is_an_object ON realty.users IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT users_full_name_is_one_line ON realty.users IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT users_email_is_not_of_the_deleted ON realty.users IS 'must not be an address of deleted accounts';
COMMENT ON CONSTRAINT users_is_active_ends_with_deletion ON realty.users IS 'must be false once the account is deleted';
CREATE UNIQUE INDEX users_one_per_email ON realty.users (email_key);
CREATE INDEX users_of_phone ON realty.users (phone_e164);
CREATE INDEX users_newest ON realty.users (created_at DESC, id DESC);
CREATE INDEX users_admins ON realty.users (id) WHERE user_type = 'admin';

CREATE TABLE realty.user_credentials (
    user_id bigint PRIMARY KEY REFERENCES realty.users ON DELETE RESTRICT,
    password_hash text NOT NULL
        CONSTRAINT user_credentials_password_hash_is_short CHECK (length(password_hash) <= 300),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    failed_logins integer NOT NULL DEFAULT 0,
    failures_halved_at timestamptz,
    locked_until timestamptz
);
COMMENT ON TABLE realty.user_credentials IS 'Password hashes (argon2id or bcrypt), one row an account. No API role reads it.';
COMMENT ON CONSTRAINT user_credentials_password_hash_is_short ON realty.user_credentials IS 'must have at most 300 characters';

CREATE TABLE realty.builders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL UNIQUE REFERENCES realty.users ON DELETE RESTRICT,
    company_name text NOT NULL
        CONSTRAINT builders_company_name_has_text CHECK (realty.has_text(company_name, 200)),
    license_number text
        CONSTRAINT builders_license_number_has_text CHECK (realty.has_text(license_number, 100)),
    address text CONSTRAINT builders_address_is_short CHECK (length(address) <= 500),
    city text CONSTRAINT builders_city_is_short CHECK (length(city) <= 100),
    state text CONSTRAINT builders_state_is_short CHECK (length(state) <= 100),
    website text CONSTRAINT builders_website_is_a_url CHECK (realty.is_web_address(website, 500) AND website !~ '^/'),
    description text CONSTRAINT builders_description_is_short CHECK (length(description) <= 10000),
    logo_url text CONSTRAINT builders_logo_url_is_a_url CHECK (realty.is_web_address(logo_url, 500)),
    time_zone text NOT NULL, -- default and check: 30_functions/settings
    is_verified boolean NOT NULL DEFAULT false,
    total_projects integer NOT NULL DEFAULT 0,
    license_key text COLLATE "C" GENERATED ALWAYS AS (realty.identity_key(license_number)) STORED,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT builders_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT builders_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT builders_company_name_is_one_line CHECK (realty.is_line(company_name)),
    CONSTRAINT builders_license_number_is_one_line CHECK (realty.is_line(license_number) AND realty.has_known_characters(license_number)),
    CONSTRAINT builders_city_is_one_line CHECK (realty.is_line_or_empty(city)),
    CONSTRAINT builders_state_is_one_line CHECK (realty.is_line_or_empty(state)),
    CONSTRAINT builders_address_is_plain_text CHECK (realty.is_prose(address)),
    CONSTRAINT builders_description_is_plain_text CHECK (realty.is_prose(description))
);
COMMENT ON TABLE realty.builders IS 'Profiles of builders, one an account. total_projects is maintained by a trigger on projects.';
COMMENT ON COLUMN realty.builders.license_number IS 'Registration with the real estate regulator (RERA).';
COMMENT ON COLUMN realty.builders.license_key IS 'license_number as people compare it: one builder each.';
COMMENT ON COLUMN realty.builders.time_zone IS 'The builder''s time zone: every day, month and year of its business is in it. Initially the site''s (setting time_zone).';
COMMENT ON COLUMN realty.builders.is_verified IS 'An administrator has checked the licence; apart from users.is_verified (e-mail).';
COMMENT ON CONSTRAINT builders_company_name_has_text ON realty.builders IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT builders_license_number_has_text ON realty.builders IS 'must have 1 to 100 characters';
COMMENT ON CONSTRAINT builders_address_is_short ON realty.builders IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT builders_city_is_short ON realty.builders IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT builders_state_is_short ON realty.builders IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT builders_website_is_a_url ON realty.builders IS 'must be an http or https address';
COMMENT ON CONSTRAINT builders_description_is_short ON realty.builders IS 'must have at most 10000 characters';
COMMENT ON CONSTRAINT builders_logo_url_is_a_url ON realty.builders IS 'must be an http or https address, or a path of this site that begins with one slash';
COMMENT ON CONSTRAINT builders_extra_is_an_object ON realty.builders IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.builders.private IS 'What a site adds for the company and the administrators only; see api.private_builders.';
COMMENT ON CONSTRAINT builders_private_is_an_object ON realty.builders IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT builders_company_name_is_one_line ON realty.builders IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT builders_license_number_is_one_line ON realty.builders IS 'must be one line without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT builders_city_is_one_line ON realty.builders IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT builders_state_is_one_line ON realty.builders IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT builders_address_is_plain_text ON realty.builders IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT builders_description_is_plain_text ON realty.builders IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE UNIQUE INDEX builders_one_per_license ON realty.builders (license_key);
CREATE INDEX builders_newest ON realty.builders (created_at DESC, id DESC);

-- Numeric limits are written 0.0 and not 0: a CHECK is parsed again and again, and would cast each time.
-- Money is numeric without a limit: numeric(14,2) would round a third decimal before any CHECK could refuse it. Its form
-- is kept by realty.keep_decimals. What triggers add up from such columns may have the limit.
CREATE TABLE realty.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL UNIQUE REFERENCES realty.users ON DELETE RESTRICT,
    address text CONSTRAINT customers_address_is_short CHECK (length(address) <= 500),
    city text CONSTRAINT customers_city_is_short CHECK (length(city) <= 100),
    state text CONSTRAINT customers_state_is_short CHECK (length(state) <= 100),
    budget_min numeric CONSTRAINT customers_budget_min_is_not_negative CHECK (budget_min >= 0.0)
        CONSTRAINT customers_budget_min_is_in_cents CHECK (realty.is_in_hundredths(budget_min, 12)),
    budget_max numeric CONSTRAINT customers_budget_max_is_not_negative CHECK (budget_max >= 0.0)
        CONSTRAINT customers_budget_max_is_in_cents CHECK (realty.is_in_hundredths(budget_max, 12)),
    preferences jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT customers_preferences_is_an_object CHECK (realty.is_bounded_object(preferences, 65536)),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT customers_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT customers_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_budget_is_a_range CHECK (budget_max >= budget_min),
    CONSTRAINT customers_city_is_one_line CHECK (realty.is_line_or_empty(city)),
    CONSTRAINT customers_state_is_one_line CHECK (realty.is_line_or_empty(state)),
    CONSTRAINT customers_address_is_plain_text CHECK (realty.is_prose(address))
);
COMMENT ON TABLE realty.customers IS 'Profiles of customers, one an account.';
COMMENT ON CONSTRAINT customers_address_is_short ON realty.customers IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT customers_city_is_short ON realty.customers IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT customers_state_is_short ON realty.customers IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT customers_budget_min_is_not_negative ON realty.customers IS 'must not be negative';
COMMENT ON CONSTRAINT customers_budget_max_is_not_negative ON realty.customers IS 'must not be negative';
COMMENT ON CONSTRAINT customers_budget_min_is_in_cents ON realty.customers IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT customers_budget_max_is_in_cents ON realty.customers IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT customers_preferences_is_an_object ON realty.customers IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT customers_extra_is_an_object ON realty.customers IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.customers.private IS 'What a site adds for the administrators only; see api.private_customers.';
COMMENT ON CONSTRAINT customers_private_is_an_object ON realty.customers IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT customers_budget_is_a_range ON realty.customers IS 'must not be below budget_min';
COMMENT ON CONSTRAINT customers_city_is_one_line ON realty.customers IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT customers_state_is_one_line ON realty.customers IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT customers_address_is_plain_text ON realty.customers IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX customers_newest ON realty.customers (created_at DESC, id DESC);

-- schema/20_tables/sessions.sql
CREATE TABLE realty.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
        CONSTRAINT sessions_revoked_at_is_a_time CHECK (revoked_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    revoked_reason text CONSTRAINT sessions_revoked_reason_is_short CHECK (length(revoked_reason) <= 200),
    user_agent text CONSTRAINT sessions_user_agent_is_short CHECK (length(user_agent) <= 300),
    client inet,
    failed_logins integer NOT NULL DEFAULT 0, -- of logins from the same address since
    failures_halved_at timestamptz,
    locked_until timestamptz
);
COMMENT ON TABLE realty.sessions IS 'Sign-ins. An access token names its session (claim sid); revoking the row ends it.';
COMMENT ON CONSTRAINT sessions_revoked_at_is_a_time ON realty.sessions IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT sessions_revoked_reason_is_short ON realty.sessions IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT sessions_user_agent_is_short ON realty.sessions IS 'must have at most 300 characters';
CREATE INDEX sessions_of_user ON realty.sessions (user_id, created_at DESC, id DESC);
CREATE INDEX sessions_ending ON realty.sessions (expires_at); -- for realty.sweep

CREATE TABLE realty.refresh_tokens (
    token_hash bytea PRIMARY KEY
        CONSTRAINT refresh_tokens_token_hash_is_short CHECK (length(token_hash) <= 64),
    session_id bigint NOT NULL REFERENCES realty.sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE realty.refresh_tokens IS 'SHA-256 of every refresh token that has not expired. A used one that is sent again revokes its session.';
COMMENT ON CONSTRAINT refresh_tokens_token_hash_is_short ON realty.refresh_tokens IS 'must have at most 64 bytes';
CREATE INDEX refresh_tokens_of_session ON realty.refresh_tokens (session_id);

CREATE TABLE realty.password_resets (
    token_hash bytea PRIMARY KEY
        CONSTRAINT password_resets_token_hash_is_short CHECK (length(token_hash) <= 64),
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE realty.password_resets IS 'SHA-256 of one-time tokens that allow a new password.';
COMMENT ON CONSTRAINT password_resets_token_hash_is_short ON realty.password_resets IS 'must have at most 64 bytes';
CREATE INDEX password_resets_of_user ON realty.password_resets (user_id);
CREATE INDEX password_resets_ending ON realty.password_resets (expires_at); -- for realty.sweep

CREATE TABLE realty.common_passwords (
    password text PRIMARY KEY
        CONSTRAINT common_passwords_password_is_lower_case CHECK (password = lower(password))
        CONSTRAINT common_passwords_password_is_short CHECK (length(password) <= 200),
    builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE realty.common_passwords IS 'Passwords that are rejected, in lower case. A site adds its own.';
COMMENT ON COLUMN realty.common_passwords.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT common_passwords_password_is_lower_case ON realty.common_passwords IS 'must be in lower case';
COMMENT ON CONSTRAINT common_passwords_password_is_short ON realty.common_passwords IS 'must have at most 200 characters';

-- Of the lists that were published after breaches, what is long enough to be set.
INSERT INTO realty.common_passwords (password, builtin)
SELECT word, true FROM regexp_split_to_table(
'00000000 000000000 0000000000 01012011 01234567 0123456789 0987654321 10101010 11111111
111111111 1111111111 111222333 11223344 1122334455 112233445566 11235813 12121212 121212121
123123123 123123abc 123321123 12341234 12344321 1234512345 1234554321 12345678 123456780
123456788 123456789 1234567890 12345678900 12345678910 1234567899 123456789a 123456789q
1234567a 1234567q 123456aa 123456abc 123456as 123456qw 123456qwerty 12345abc 12345qwert
1234qwer 123654789 123698745 123abc123 123abcabc 123qwe123 123qweasd 123qweasdzxc 13131313
13579246 135792468 1357924680 142536789 14725836 147258369 147852369 159357456 159753456
1a2b3c4d 1g2w3e4r 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc 1qazxsw2
20002000 20202020 21212121 22222222 22334455 23232323 246813579 25252525 25802580 27272727
31415926 314159265 33333333 3rjs1la7qe 44444444 456456456 4815162342 55555555 55667788
56565656 654321654321 66666666 74108520 741852963 77777777 78945612 789456123 85208520
87654321 88888888 963852741 987456321 98765432 987654321 9876543210 99999999 999999999
a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456 aa12345678 aaaaaaaa abc12345
abc123456 abc123abc abcabcabc abcd1234 abcd12345 abcdefg1 abcdefgh abcdefghi access14
adgjmptw admin123 admin1234 admin12345 admin@123 administrator alexander alexandra amsterdam
anderson angelina anything asasasas asd123456 asdasdasd asdf1234 asdf12345 asdfasdf asdfghjk
asdfghjkl asdfghjkl1 asdfjkl; asdfqwer babygirl babygirl1 barcelona baseball baseball1
basketball beautiful benjamin bigdaddy blink182 bluebird bollywood brooklyn budlight
bullshit butterfly butterfly1 cambiame caroline catherine changeme changeme1 changeme123
charlie1 charlotte cheese123 chelsea1 chicken1 chocolate chocolate1 christian christine
christmas christopher cinderella cocacola computer computer1 contrasena corvette courtney
creative cricket1 crystal1 danielle database december diamond1 dolphin1 dolphins dragon123
dragonball drowssap einstein elephant elizabeth emmanuel estrella everything evolution
fashion1 fernando fireball firebird flower123 football football1 footballs forever1 freedom1
friends1 friendship fuckoff1 fuckyou1 fuckyou123 fuckyou2 ganesh123 gangster garfield
geronimo goldfish goodluck goodmorning greenday guinness hallo123 happy123 hardcore
harrypotter hello123 hello1234 hello12345 hellokitty helloworld himanshu hotmail1 humtum123
iceman123 iloveindia iloveme1 iloveu123 iloveyou iloveyou! iloveyou1 iloveyou2 india123
india@123 infinity internet internet1 ironman1 isabella jackass1 jaihanuman jaimatadi
jaishriram january1 jasmine1 jennifer jennifer1 jessica1 jonathan jordan123 jordan23
justinbieber kimberly klaster1 krishna1 krishna123 lakshmi123 lalalala laxmi123 leonardo
letmein1 letmein123 letmeinnow lifehack liverpool liverpool1 lollipop lovelove lovely123
loveme123 loveyou1 loveyou123 macdaddy madison1 manchester manchester1 margaret marlboro
marseille martinez mercedes metallica michael1 michelle michelle1 microsoft midnight
mindfuck minecraft minecraft1 monkey123 montreal motorola mountain mustang1 myspace1
naruto123 nathalie newyork1 nicholas nicole123 nintendo nothing1 november octopus1 omsairam
p@$$w0rd p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword pa$$word pa55word pakistan pakistan1
pass1234 pass12345 pass@123 pass@1234 passport passw0rd passw0rd1 password password!
password0 password01 password1 password1! password11 password12 password123 password123!
password1234 password12345 password2 password3 password4 password5 password7 password8
password9 password@1 password@123 password_1 passwordpassword patricia patrick1 perfect1
phoenix1 pineapple playboy1 player123 poohbear popcorn1 porsche911 portugal power123
prashant precious princess princess1 princess123 priyanka professional purple123 q1w2e3r4
q1w2e3r4t5 q1w2e3r4t5y6 qazwsx12 qazwsx123 qazwsxedc qazwsxedcrfv qazxswedc qq123456
qqqqqqqq qwaszx12 qwe12345 qwe123456 qwe123qwe qweasd123 qweasdzx qweasdzxc qweqweqwe
qwer1234 qwer12345 qwerasdf qwert123 qwert12345 qwerty12 qwerty123 qwerty1234 qwerty12345
qwerty123456 qwerty321 qwertyqwerty qwertyui qwertyuiop qwertyuiop1 raiders1 rajesh123
rangers1 realmadrid rebecca1 redskins remember robert123 rockstar1 rockyou1 rosebud1
rush2112 saibaba1 salasana samantha samantha1 samsung1 samsung123 sandiego santiago sargent1
scorpion sebastian secret123 septembe september serenity shadow123 shannon1 sherlock
shivani1 shopping simpsons skateboard slipknot snickers snoopy123 snowball soccer12
soccer123 softball software somethin something spiderman spiderman1 spongebob srinivas
startrek starwars starwars1 steelers stephanie strawberry student1 sunflower sunshine
sunshine1 superman superman1 superstar superuser sweetheart sweetpea swordfish taylor123
teamo123 tennis123 test1234 test12345 test123456 testing1 testing123 testtest theman123
thomas123 thunder1 thunderbird tigger123 tinkerbell titanic1 tottenham trinity1 trustno1
tweety123 twilight undertaker universe unknown1 valentina vanessa1 veronica victoria
victoria1 vikings1 virginia wachtwoord waterloo welcome1 welcome12 welcome123 welcome1234
welcome@123 westside whatever whatever1 william1 windows1 winston1 winter123 wolverine
wordpass writing1 xavier123 xxxxxxxx yankees1 yellow123 zaq12wsx zaq1xsw2 zaq1zaq1 zaqwsxcde
zxcasdqwe zxcv1234 zxcvbnm1 zxcvbnm123 zxcvzxcv zzzzzzzz', '\s+') word;

-- schema/20_tables/settings.sql
CREATE TABLE realty.system_settings (
    key text PRIMARY KEY
        CONSTRAINT system_settings_key_is_a_name CHECK (key ~ '^[a-z][a-z0-9_.]{0,99}$'),
    value jsonb NOT NULL
        CONSTRAINT system_settings_value_is_small CHECK (realty.is_bounded_json(value, 65536)),
    description text CONSTRAINT system_settings_description_is_short CHECK (length(description) <= 1000),
    is_public boolean NOT NULL DEFAULT false,
    updated_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT system_settings_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT system_settings_description_is_plain_text CHECK (realty.is_prose(description))
);
COMMENT ON TABLE realty.system_settings IS 'Named settings of the site.';
COMMENT ON COLUMN realty.system_settings.is_public IS 'Readable by every client; otherwise by administrators only.';
COMMENT ON CONSTRAINT system_settings_key_is_a_name ON realty.system_settings IS 'must be a lower case name of at most 100 letters, digits, dots and underscores';
COMMENT ON CONSTRAINT system_settings_value_is_small ON realty.system_settings IS 'must be JSON of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT system_settings_description_is_short ON realty.system_settings IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT system_settings_extra_is_an_object ON realty.system_settings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT system_settings_description_is_plain_text ON realty.system_settings IS 'must be without control and invisible characters, line breaks and tabs aside';

-- schema/20_tables/transitions.sql
CREATE TABLE realty.transitions (
    entity text NOT NULL CONSTRAINT transitions_entity_is_short CHECK (length(entity) <= 63),
    from_status text NOT NULL CONSTRAINT transitions_from_status_is_short CHECK (length(from_status) <= 63),
    to_status text NOT NULL CONSTRAINT transitions_to_status_is_short CHECK (length(to_status) <= 63),
    actors text[] NOT NULL CONSTRAINT transitions_actors_are_few CHECK (realty.are_short_texts(actors, 10, 63)),
    unit_status text CONSTRAINT transitions_unit_status_is_short CHECK (length(unit_status) <= 63),
    stamp text CONSTRAINT transitions_stamp_is_short CHECK (length(stamp) <= 63),
    notify text CONSTRAINT transitions_notify_is_short CHECK (length(notify) <= 63),
    PRIMARY KEY (entity, from_status, to_status)
);
COMMENT ON TABLE realty.transitions IS 'The state machines: permitted changes of status, the permitted actors, and the consequences.';
COMMENT ON CONSTRAINT transitions_entity_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_from_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_to_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_unit_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_stamp_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_notify_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_actors_are_few ON realty.transitions IS 'must be at most 10 texts of 1 to 63 characters';
COMMENT ON COLUMN realty.transitions.entity IS 'The table that has the status; refunds are the payments of that kind.';
COMMENT ON COLUMN realty.transitions.actors IS 'user_types that may do it; owner and superuser may do each.';
COMMENT ON COLUMN realty.transitions.unit_status IS 'What the booked unit becomes.';
COMMENT ON COLUMN realty.transitions.stamp IS 'The column that gets the time.';
COMMENT ON COLUMN realty.transitions.notify IS 'The kind of notification that is sent (notification_templates).';

INSERT INTO realty.transitions (entity, from_status, to_status, actors, unit_status, stamp, notify) VALUES
    ('bookings', 'pending',   'confirmed', '{builder,admin}',          'booked',    'confirmed_at', 'booking_confirmed'),
    ('bookings', 'pending',   'cancelled', '{customer,builder,admin}', 'available', 'cancelled_at', 'booking_cancelled'),
    ('bookings', 'pending',   'expired',   '{}',                       'available', NULL,           'booking_expired'),
    ('bookings', 'confirmed', 'completed', '{builder,admin}',          'sold',      'completed_at', 'booking_completed'),
    ('bookings', 'confirmed', 'cancelled', '{customer,builder,admin}', 'available', 'cancelled_at', 'booking_cancelled'),
    ('bookings', 'completed', 'confirmed', '{builder,admin}',          'booked',    NULL,           'booking_reopened'),
    ('appointments', 'requested', 'confirmed', '{builder,admin}',          NULL, NULL, 'appointment_confirmed'),
    ('appointments', 'requested', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
    ('appointments', 'confirmed', 'completed', '{builder,admin}',          NULL, NULL, 'appointment_completed'),
    ('appointments', 'confirmed', 'no_show',   '{builder,admin}',          NULL, NULL, 'appointment_no_show'),
    ('appointments', 'confirmed', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
    ('payments', 'due',       'submitted', '{customer,builder,admin}', NULL, NULL,      'payment_submitted'),
    ('payments', 'due',       'paid',      '{builder,admin}',          NULL, 'paid_at', 'payment_paid'),
    ('payments', 'due',       'failed',    '{}',                       NULL, NULL,      NULL),
    ('payments', 'submitted', 'paid',      '{builder,admin}',          NULL, 'paid_at', 'payment_paid'),
    ('payments', 'submitted', 'failed',    '{builder,admin}',          NULL, NULL,      'payment_failed'),
    ('payments', 'failed',    'submitted', '{customer,builder,admin}', NULL, NULL,      'payment_submitted'),
    ('payments', 'paid',      'refunded',  '{}',                       NULL, NULL,      NULL),
    ('refunds',  'due',       'submitted', '{builder,admin}',          NULL, NULL,      'refund_submitted'),
    ('refunds',  'due',       'paid',      '{builder,admin}',          NULL, 'paid_at', 'refund_paid'),
    ('refunds',  'submitted', 'paid',      '{builder,admin}',          NULL, 'paid_at', 'refund_paid'),
    ('refunds',  'submitted', 'failed',    '{builder,admin}',          NULL, NULL,      'refund_failed'),
    ('refunds',  'failed',    'submitted', '{builder,admin}',          NULL, NULL,      'refund_submitted'),
    ('change_requests', 'submitted',    'under_review', '{builder,admin}',  NULL, NULL,         'change_under_review'),
    ('change_requests', 'submitted',    'approved',     '{builder,admin}',  NULL, 'decided_at', 'change_approved'),
    ('change_requests', 'submitted',    'rejected',     '{builder,admin}',  NULL, 'decided_at', 'change_rejected'),
    ('change_requests', 'submitted',    'withdrawn',    '{customer,admin}', NULL, NULL,         'change_withdrawn'),
    ('change_requests', 'under_review', 'under_review', '{builder,admin}',  NULL, NULL,         NULL),
    ('change_requests', 'under_review', 'approved',     '{builder,admin}',  NULL, 'decided_at', 'change_approved'),
    ('change_requests', 'under_review', 'rejected',     '{builder,admin}',  NULL, 'decided_at', 'change_rejected'),
    ('change_requests', 'under_review', 'withdrawn',    '{customer,admin}', NULL, NULL,         'change_withdrawn'),
    ('change_requests', 'approved',     'completed',    '{builder,admin}',  NULL, NULL,         'change_completed'),
    ('projects', 'planning',     'launched',     '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'planning',     'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'planning',     'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'on_hold',      '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'completed',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'on_hold',      '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'launched',     '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('units',    'available', 'blocked',   '{builder,admin}',          NULL,        NULL,           NULL),
    ('units',    'blocked',   'available', '{builder,admin}',          NULL,        NULL,           NULL);

-- schema/20_tables/projects.sql
-- A column copied by trigger (units.builder_id, bookings.project_id …) has no
-- foreign key of its own: the key it was copied through holds already, and a
-- second one would make every booking of a project lock the same two rows.

CREATE TABLE realty.projects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    name text NOT NULL
        CONSTRAINT projects_name_has_text CHECK (realty.has_text(name, 200)),
    description text CONSTRAINT projects_description_is_short CHECK (length(description) <= 20000),
    project_type text NOT NULL DEFAULT 'residential'
        CONSTRAINT projects_project_type_is_known
        CHECK (project_type IN ('residential', 'commercial', 'mixed', 'plotted')),
    status text NOT NULL DEFAULT 'planning'
        CONSTRAINT projects_status_is_known
        CHECK (status IN ('planning', 'launched', 'construction', 'completed', 'on_hold', 'cancelled')),
    address text CONSTRAINT projects_address_is_short CHECK (length(address) <= 500),
    city text NOT NULL CONSTRAINT projects_city_has_text CHECK (realty.has_text(city, 100)),
    state text CONSTRAINT projects_state_is_short CHECK (length(state) <= 100),
    postal_code text CONSTRAINT projects_postal_code_is_short CHECK (length(postal_code) <= 20),
    latitude numeric CONSTRAINT projects_latitude_is_on_earth CHECK (latitude BETWEEN -90 AND 90 AND min_scale(latitude) <= 6),
    longitude numeric CONSTRAINT projects_longitude_is_on_earth CHECK (longitude BETWEEN -180 AND 180 AND min_scale(longitude) <= 6),
    launch_date date CONSTRAINT projects_launch_date_is_a_day CHECK (launch_date BETWEEN '1900-01-01' AND '2199-12-31'),
    expected_completion date CONSTRAINT projects_expected_completion_is_a_day CHECK (expected_completion BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_completion date CONSTRAINT projects_actual_completion_is_a_day CHECK (actual_completion BETWEEN '1900-01-01' AND '2199-12-31'),
    price_min numeric CONSTRAINT projects_price_min_is_not_negative CHECK (price_min >= 0.0)
        CONSTRAINT projects_price_min_is_in_cents CHECK (realty.is_in_hundredths(price_min, 12)),
    price_max numeric CONSTRAINT projects_price_max_is_not_negative CHECK (price_max >= 0.0)
        CONSTRAINT projects_price_max_is_in_cents CHECK (realty.is_in_hundredths(price_max, 12)),
    amenities text[] NOT NULL DEFAULT '{}'
        CONSTRAINT projects_amenities_are_few CHECK (realty.are_short_texts(amenities, 100, 100)),
    images jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT projects_images_is_a_media_list CHECK (realty.is_media_list(images)),
    rera_number text CONSTRAINT projects_rera_number_is_short CHECK (length(rera_number) <= 100),
    builder_sells boolean NOT NULL DEFAULT true,
    is_listed boolean GENERATED ALWAYS AS (builder_sells AND status IN ('launched', 'construction', 'completed')) STORED,
    progress_percent numeric(5,2) NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0),
    progress_weight numeric NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_weight_is_a_sum CHECK (progress_weight >= 0.0 AND realty.is_in_hundredths(progress_weight, 15)),
    progress_points numeric NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_points_is_a_sum CHECK (progress_points BETWEEN 0.0 AND 100000000000000000.0 AND min_scale(progress_points) <= 4),
    price_min_minor bigint GENERATED ALWAYS AS ((price_min * 100)::bigint) STORED,
    price_max_minor bigint GENERATED ALWAYS AS ((price_max * 100)::bigint) STORED,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT projects_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT projects_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT projects_latitude_goes_with_longitude CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT projects_price_is_a_range CHECK (price_max >= price_min),
    CONSTRAINT projects_expected_completion_is_after_launch CHECK (expected_completion >= launch_date),
    CONSTRAINT projects_actual_completion_is_after_launch CHECK (actual_completion >= launch_date),
    CONSTRAINT projects_name_is_one_line CHECK (realty.is_line(name)),
    CONSTRAINT projects_city_is_one_line CHECK (realty.is_line(city)),
    CONSTRAINT projects_state_is_one_line CHECK (realty.is_line_or_empty(state)),
    CONSTRAINT projects_postal_code_is_one_line CHECK (realty.is_line_or_empty(postal_code)),
    CONSTRAINT projects_rera_number_is_one_line CHECK (realty.is_line_or_empty(rera_number)),
    CONSTRAINT projects_description_is_plain_text CHECK (realty.is_prose(description)),
    CONSTRAINT projects_address_is_plain_text CHECK (realty.is_prose(address))
);
COMMENT ON TABLE realty.projects IS 'Developments. total_units and available_units are computed in api.projects from the inventory ledger.';
COMMENT ON COLUMN realty.projects.latitude IS 'Degrees, rounded to six decimals (0.1 m).';
COMMENT ON COLUMN realty.projects.longitude IS 'Degrees, rounded to six decimals.';
COMMENT ON COLUMN realty.projects.price_min IS 'Lowest list price, in the currency of the site.';
COMMENT ON COLUMN realty.projects.price_min_minor IS 'price_min in minor units (1/100): leakproof to compare, so filters can use an index under row security.';
COMMENT ON COLUMN realty.projects.price_max_minor IS 'price_max in minor units (1/100).';
COMMENT ON COLUMN realty.projects.builder_sells IS
'The builder''s account is active, and the company verified where the site asks for that; copied by trigger.';
COMMENT ON COLUMN realty.projects.is_listed IS 'Publicly visible and open for booking: the project is on sale, and its builder sells.';
COMMENT ON COLUMN realty.projects.progress_percent IS
'The weighted mean of its project-level phases and its units'' progress, where a unit weighs as much as its phases together: so, of
all its phases, sum(weight * percent) / sum(weight), rounded to two decimals, and 0 without phases.';
COMMENT ON COLUMN realty.projects.progress_weight IS 'sum(weight) of all phases of the project and its units.';
COMMENT ON COLUMN realty.projects.progress_points IS 'sum(weight * percent) of all phases of the project and its units.';
COMMENT ON CONSTRAINT projects_launch_date_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_expected_completion_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_actual_completion_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_name_has_text ON realty.projects IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT projects_description_is_short ON realty.projects IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT projects_project_type_is_known ON realty.projects IS 'must be one of residential, commercial, mixed, plotted';
COMMENT ON CONSTRAINT projects_status_is_known ON realty.projects IS 'must be one of planning, launched, construction, completed, on_hold, cancelled';
COMMENT ON CONSTRAINT projects_address_is_short ON realty.projects IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT projects_city_has_text ON realty.projects IS 'must have 1 to 100 characters';
COMMENT ON CONSTRAINT projects_state_is_short ON realty.projects IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT projects_postal_code_is_short ON realty.projects IS 'must have at most 20 characters';
COMMENT ON CONSTRAINT projects_latitude_is_on_earth ON realty.projects IS 'must be between -90 and 90';
COMMENT ON CONSTRAINT projects_longitude_is_on_earth ON realty.projects IS 'must be between -180 and 180';
COMMENT ON CONSTRAINT projects_latitude_goes_with_longitude ON realty.projects IS 'must be given together with longitude';
COMMENT ON CONSTRAINT projects_price_min_is_not_negative ON realty.projects IS 'must not be negative';
COMMENT ON CONSTRAINT projects_price_max_is_not_negative ON realty.projects IS 'must not be negative';
COMMENT ON CONSTRAINT projects_price_min_is_in_cents ON realty.projects IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT projects_price_max_is_in_cents ON realty.projects IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT projects_amenities_are_few ON realty.projects IS 'must be at most 100 texts of 1 to 100 characters';
COMMENT ON CONSTRAINT projects_images_is_a_media_list ON realty.projects IS 'must be a list of at most 100 web addresses or objects with a url and what is known of it, in 64 kB';
COMMENT ON CONSTRAINT projects_rera_number_is_short ON realty.projects IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT projects_progress_weight_is_a_sum ON realty.projects IS 'must have at most 2 decimals, be below 1000000000000000 and not be negative';
COMMENT ON CONSTRAINT projects_progress_points_is_a_sum ON realty.projects IS 'must have at most 4 decimals, be at most 100000000000000000 and not be negative';
COMMENT ON CONSTRAINT projects_progress_percent_is_a_percentage ON realty.projects IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT projects_extra_is_an_object ON realty.projects IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.projects.private IS 'What a site adds for the company and the administrators only; see api.private_projects.';
COMMENT ON CONSTRAINT projects_private_is_an_object ON realty.projects IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT projects_price_is_a_range ON realty.projects IS 'must not be below price_min';
COMMENT ON CONSTRAINT projects_expected_completion_is_after_launch ON realty.projects IS 'must not be before launch_date';
COMMENT ON CONSTRAINT projects_actual_completion_is_after_launch ON realty.projects IS 'must not be before launch_date';
COMMENT ON CONSTRAINT projects_name_is_one_line ON realty.projects IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT projects_city_is_one_line ON realty.projects IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT projects_state_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_postal_code_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_rera_number_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_description_is_plain_text ON realty.projects IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT projects_address_is_plain_text ON realty.projects IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX projects_of_builder ON realty.projects (builder_id, created_at DESC, id DESC);
CREATE INDEX projects_newest ON realty.projects (created_at DESC, id DESC);

-- Few, among which the sweeper looks for those that may come back.
CREATE INDEX projects_withdrawn ON realty.projects (builder_id) WHERE NOT builder_sells;
CREATE INDEX projects_newest_by_status ON realty.projects (status, created_at DESC, id DESC);
CREATE INDEX projects_of_city ON realty.projects (city, created_at DESC, id DESC) INCLUDE (status, builder_id);

-- With a status, too; and from city to city (domain/project/city.c), where drafts come after what is public.
CREATE INDEX projects_of_city_by_status ON realty.projects (city, status, created_at DESC, id DESC);

-- schema/20_tables/units.sql
CREATE TABLE realty.units (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    builder_id bigint NOT NULL DEFAULT 0,
    is_listed boolean NOT NULL DEFAULT false,
    tower text NOT NULL DEFAULT ''
        CONSTRAINT units_tower_is_short CHECK (length(tower) <= 50),
    floor integer CONSTRAINT units_floor_is_in_a_building CHECK (floor BETWEEN -10 AND 300),
    unit_number text NOT NULL
        CONSTRAINT units_unit_number_has_text CHECK (realty.has_text(unit_number, 50)),
    unit_key text COLLATE "C" GENERATED ALWAYS AS (realty.unit_key(tower, unit_number)) STORED,
    unit_type text CONSTRAINT units_unit_type_is_short CHECK (length(unit_type) BETWEEN 1 AND 50),
    bedrooms numeric CONSTRAINT units_bedrooms_is_a_count CHECK (realty.is_room_count(bedrooms)),
    bathrooms numeric CONSTRAINT units_bathrooms_is_a_count CHECK (realty.is_room_count(bathrooms)),
    bedrooms_minor bigint GENERATED ALWAYS AS ((bedrooms * 100)::bigint) STORED,
    carpet_area numeric CONSTRAINT units_carpet_area_is_positive CHECK (carpet_area > 0.0)
        CONSTRAINT units_carpet_area_is_in_hundredths CHECK (realty.is_in_hundredths(carpet_area, 8)),
    built_up_area numeric CONSTRAINT units_built_up_area_is_positive CHECK (built_up_area > 0.0)
        CONSTRAINT units_built_up_area_is_in_hundredths CHECK (realty.is_in_hundredths(built_up_area, 8)),
    facing text CONSTRAINT units_facing_is_known
        CHECK (facing IN ('north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west')),
    price numeric NOT NULL CONSTRAINT units_price_is_positive CHECK (price > 0.0)
        CONSTRAINT units_price_is_in_cents CHECK (realty.is_in_hundredths(price, 12)),
    price_minor bigint GENERATED ALWAYS AS ((price * 100)::bigint) STORED,
    status text NOT NULL DEFAULT 'available'
        CONSTRAINT units_status_is_known CHECK (status IN ('available', 'held', 'booked', 'sold', 'blocked')),
    held_until timestamptz,
    unsold boolean GENERATED ALWAYS AS (status <> 'sold') STORED,
    shown boolean GENERATED ALWAYS AS (is_listed OR status IN ('held', 'booked', 'sold')) STORED,
    progress_percent numeric(5,2) NOT NULL DEFAULT 0
        CONSTRAINT units_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0),
    progress_weight numeric NOT NULL DEFAULT 0
        CONSTRAINT units_progress_weight_is_a_sum CHECK (progress_weight >= 0.0 AND realty.is_in_hundredths(progress_weight, 15)),
    progress_points numeric NOT NULL DEFAULT 0
        CONSTRAINT units_progress_points_is_a_sum CHECK (progress_points BETWEEN 0.0 AND 100000000000000000.0 AND min_scale(progress_points) <= 4),
    features jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT units_features_is_a_feature_list CHECK (realty.is_feature_list(features)),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT units_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT units_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- The first stands for the upsert of a price list, which names these columns; the second is the rule.
    CONSTRAINT units_unit_number_is_unique_in_tower UNIQUE (project_id, tower, unit_number),
    CONSTRAINT units_unit_key_is_unique_in_project UNIQUE (project_id, unit_key),
    CONSTRAINT units_held_until_goes_with_held CHECK ((status = 'held') = (held_until IS NOT NULL)),
    CONSTRAINT units_built_up_area_covers_carpet_area CHECK (built_up_area >= carpet_area),
    CONSTRAINT units_unit_number_is_one_line CHECK (realty.is_line(unit_number) AND realty.has_known_characters(unit_number)),
    CONSTRAINT units_tower_is_one_line CHECK (realty.is_line_or_empty(tower) AND realty.has_known_characters(tower)),
    CONSTRAINT units_unit_type_is_one_line CHECK (realty.is_line_or_empty(unit_type))
) WITH (fillfactor = 90); -- a booking changes no indexed column, so its new row can stay on the page
COMMENT ON TABLE realty.units IS 'Sellable units. status is stored state; api.units shows a lapsed hold as available.';
COMMENT ON COLUMN realty.units.project_id IS 'A unit stays in its project.';
COMMENT ON COLUMN realty.units.builder_id IS 'Copied from the project by trigger, for policies.';
COMMENT ON COLUMN realty.units.is_listed IS 'Its project is listed; copied by trigger, so that a policy need not visit projects.';
COMMENT ON COLUMN realty.units.unit_key IS 'Tower and unit_number as people compare them: one unit each in a project.';
COMMENT ON COLUMN realty.units.carpet_area IS 'Square feet.';
COMMENT ON COLUMN realty.units.built_up_area IS 'Square feet.';
COMMENT ON COLUMN realty.units.bedrooms IS 'A study or a store is half a bedroom: 2.5 BHK.';
COMMENT ON COLUMN realty.units.bathrooms IS 'One without a bath or shower is half a bathroom.';
COMMENT ON COLUMN realty.units.bedrooms_minor IS 'bedrooms in 1/100, as price_minor: leakproof to compare.';
COMMENT ON COLUMN realty.units.price_minor IS 'price in minor units (1/100): leakproof to compare, so filters can use an index under row security.';
COMMENT ON COLUMN realty.units.unsold IS 'What indexes may know of the status: a booking does not change it, only its completion, once.';
COMMENT ON COLUMN realty.units.shown IS 'Visible to others than its builder: publicly, or to its buyer. The common condition of policies and an index; a booking of a listed unit does not change it.';
COMMENT ON COLUMN realty.units.held_until IS 'Copied from the booking that holds the unit; from this instant readers see the unit as available.';
COMMENT ON COLUMN realty.units.progress_percent IS
'Of the unit''s own phases, sum(weight * percent) / sum(weight), rounded to two decimals; 0 without phases.';
COMMENT ON COLUMN realty.units.progress_weight IS 'sum(weight) of the unit''s phases.';
COMMENT ON COLUMN realty.units.progress_points IS 'sum(weight * percent) of the unit''s phases.';
COMMENT ON CONSTRAINT units_tower_is_short ON realty.units IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT units_floor_is_in_a_building ON realty.units IS 'must be between -10 and 300';
COMMENT ON CONSTRAINT units_unit_number_has_text ON realty.units IS 'must have 1 to 50 characters';
COMMENT ON CONSTRAINT units_unit_type_is_short ON realty.units IS 'must have 1 to 50 characters';
COMMENT ON CONSTRAINT units_bedrooms_is_a_count ON realty.units IS 'must be between 0 and 50, in steps of 0.5';
COMMENT ON CONSTRAINT units_bathrooms_is_a_count ON realty.units IS 'must be between 0 and 50, in steps of 0.5';
COMMENT ON CONSTRAINT units_carpet_area_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_built_up_area_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_carpet_area_is_in_hundredths ON realty.units IS 'must have at most 2 decimals and be below 100000000';
COMMENT ON CONSTRAINT units_built_up_area_is_in_hundredths ON realty.units IS 'must have at most 2 decimals and be below 100000000';
COMMENT ON CONSTRAINT units_facing_is_known ON realty.units IS 'must be one of north, north_east, east, south_east, south, south_west, west, north_west';
COMMENT ON CONSTRAINT units_price_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_price_is_in_cents ON realty.units IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT units_status_is_known ON realty.units IS 'must be one of available, held, booked, sold, blocked';
COMMENT ON CONSTRAINT units_progress_weight_is_a_sum ON realty.units IS 'must have at most 2 decimals, be below 1000000000000000 and not be negative';
COMMENT ON CONSTRAINT units_progress_points_is_a_sum ON realty.units IS 'must have at most 4 decimals, be at most 100000000000000000 and not be negative';
COMMENT ON CONSTRAINT units_progress_percent_is_a_percentage ON realty.units IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT units_features_is_a_feature_list ON realty.units IS 'must be a list of at most 100 texts or {name, value, unit, count}, or an object of texts, numbers and booleans, in 64 kB';
COMMENT ON CONSTRAINT units_extra_is_an_object ON realty.units IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.units.private IS 'What a site adds for the company and the administrators only; see api.private_units.';
COMMENT ON CONSTRAINT units_private_is_an_object ON realty.units IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT units_unit_number_is_unique_in_tower ON realty.units IS 'is already used in this tower';
COMMENT ON CONSTRAINT units_unit_key_is_unique_in_project ON realty.units IS 'is already used in this tower';
COMMENT ON CONSTRAINT units_held_until_goes_with_held ON realty.units IS 'must be set while the status is held, and only then';
COMMENT ON CONSTRAINT units_built_up_area_covers_carpet_area ON realty.units IS 'must not be below carpet_area';
COMMENT ON CONSTRAINT units_unit_number_is_one_line ON realty.units IS 'must be one line without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT units_tower_is_one_line ON realty.units IS 'must be empty, or one line that shows something, without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT units_unit_type_is_one_line ON realty.units IS 'must be one line that shows something, without control or invisible characters';
CREATE INDEX units_of_project ON realty.units (project_id, created_at DESC, id DESC);
CREATE INDEX units_of_builder ON realty.units (builder_id, created_at DESC, id DESC);
CREATE INDEX units_newest ON realty.units (created_at DESC, id DESC);

-- The newest project is mostly one in planning: its units come before all public ones.
CREATE INDEX units_newest_shown ON realty.units (created_at DESC, id DESC) WHERE shown;
CREATE INDEX units_by_price ON realty.units (price_minor, id);

-- The cheapest flats are the smallest: those with three bedrooms stand behind a quarter of the market.
CREATE INDEX units_by_bedrooms_and_price ON realty.units (bedrooms_minor, price_minor, id);

-- Prices rise: in an old market the cheapest units were all sold years ago.
CREATE INDEX units_unsold_by_price ON realty.units (price_minor, id) WHERE unsold;
CREATE INDEX units_unsold_by_bedrooms_and_price ON realty.units (bedrooms_minor, price_minor, id) WHERE unsold;

-- What api.units shows as status is computed: without this the planner takes any of its values for one row in
-- two hundred, and reads and sorts all units for the cheapest ten. With unsold: it says nothing new of what is available.
CREATE STATISTICS realty.units_shown_status (mcv)
    ON unsold, (CASE WHEN status = 'held' AND held_until <= statement_timestamp() THEN 'available' ELSE status END) FROM realty.units;

CREATE TABLE realty.inventory (
    project_id bigint NOT NULL,
    total integer NOT NULL,
    available integer NOT NULL,
    blocked integer NOT NULL DEFAULT 0,
    available_from timestamptz
);

-- Without a key a publication FOR ALL TABLES would prevent folding.
ALTER TABLE realty.inventory REPLICA IDENTITY FULL;
COMMENT ON TABLE realty.inventory IS
'The inventory ledger: every statement that changes units adds its difference as a row, so bookings of one project never
wait for each other. The sum per project is its stored count; a statement now and then folds unlocked rows.';
COMMENT ON COLUMN realty.inventory.total IS 'Difference in the number of units.';
COMMENT ON COLUMN realty.inventory.available IS 'Difference in the number of units that can be booked, from available_from on.';
COMMENT ON COLUMN realty.inventory.blocked IS 'Difference in the number of blocked units: only their builder counts them.';
COMMENT ON COLUMN realty.inventory.available_from IS 'When the hold of these units runs out; empty where nothing holds them.';
CREATE INDEX inventory_of_project ON realty.inventory (project_id) INCLUDE (total, available, blocked, available_from);

CREATE TABLE realty.unit_changes (
    project_id bigint NOT NULL,
    unit_id bigint,
    xact bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT statement_timestamp()
);

ALTER TABLE realty.unit_changes REPLICA IDENTITY FULL;
COMMENT ON TABLE realty.unit_changes IS
'Publicly visible changes of units, for the streams of their projects. Kept for an hour, and not included in dumps.';
COMMENT ON COLUMN realty.unit_changes.unit_id IS
'Empty for a change of too many units, or in place of older rows: a reader that has not received it reads all units.';
COMMENT ON COLUMN realty.unit_changes.xact IS 'The transaction that changed it.';
CREATE INDEX unit_changes_of_project ON realty.unit_changes (project_id, xact);

CREATE TABLE realty.unit_price_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id bigint NOT NULL REFERENCES realty.units ON DELETE CASCADE,
    builder_id bigint NOT NULL,
    old_price numeric(14,2) CONSTRAINT unit_price_history_old_price_is_positive CHECK (old_price > 0.0 AND old_price <> 'NaN'),
    new_price numeric(14,2) NOT NULL CONSTRAINT unit_price_history_new_price_is_positive CHECK (new_price > 0.0 AND new_price <> 'NaN'),
    changed_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON CONSTRAINT unit_price_history_old_price_is_positive ON realty.unit_price_history IS 'must be greater than 0';
COMMENT ON CONSTRAINT unit_price_history_new_price_is_positive ON realty.unit_price_history IS 'must be greater than 0';
COMMENT ON TABLE realty.unit_price_history IS 'Each change of a unit''s price.';
CREATE INDEX unit_price_history_of_unit ON realty.unit_price_history (unit_id, created_at DESC, id DESC);

-- schema/20_tables/bookings.sql
CREATE SEQUENCE realty.booking_numbers START 100001;
COMMENT ON SEQUENCE realty.booking_numbers IS 'Numbers of bookings; gaps are allowed, repeats are not.';

CREATE TABLE realty.bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_number text NOT NULL UNIQUE
        CONSTRAINT bookings_booking_number_is_short CHECK (length(booking_number) <= 50)
        DEFAULT '#' || nextval('realty.booking_numbers'),
    unit_id bigint NOT NULL REFERENCES realty.units ON DELETE RESTRICT,
    customer_id bigint NOT NULL REFERENCES realty.customers ON DELETE RESTRICT,
    project_id bigint NOT NULL DEFAULT 0,
    builder_id bigint NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT bookings_status_is_known
        CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled', 'expired')),
    unit_price numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_unit_price_is_not_negative CHECK (unit_price >= 0.0),
    changes_amount numeric(14,2) NOT NULL DEFAULT 0,
    total_amount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_total_amount_is_positive CHECK (total_amount > 0.0)
        CONSTRAINT bookings_total_amount_is_in_cents CHECK (realty.is_in_hundredths(total_amount, 12)),
    booking_amount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_booking_amount_is_not_negative CHECK (booking_amount >= 0.0)
        CONSTRAINT bookings_booking_amount_is_in_cents CHECK (realty.is_in_hundredths(booking_amount, 12)),
    discount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_discount_is_not_negative CHECK (discount >= 0.0)
        CONSTRAINT bookings_discount_is_in_cents CHECK (realty.is_in_hundredths(discount, 12)),
    paid_amount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_paid_amount_is_not_negative CHECK (paid_amount >= 0.0 AND paid_amount <> 'NaN'),
    scheduled_amount numeric(14,2) NOT NULL DEFAULT 0,
    refunding_amount numeric(14,2) NOT NULL DEFAULT 0,
    hold_expires_at timestamptz,
    hold_seconds_left integer,
    confirmed_at timestamptz,
    completed_at timestamptz,
    cancelled_at timestamptz,
    cancellation_reason text
        CONSTRAINT bookings_cancellation_reason_is_short CHECK (length(cancellation_reason) <= 1000),
    override_reason text
        CONSTRAINT bookings_override_reason_has_text CHECK (realty.has_text(override_reason, 1000)),
    internal_note text CONSTRAINT bookings_internal_note_is_short CHECK (length(internal_note) <= 5000),
    notes text CONSTRAINT bookings_notes_is_short CHECK (length(notes) <= 5000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT bookings_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT bookings_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bookings_discount_is_within_total CHECK (discount <= total_amount),
    CONSTRAINT bookings_booking_amount_is_within_total CHECK (booking_amount <= total_amount),
    CONSTRAINT bookings_total_amount_is_price_and_changes CHECK (total_amount = unit_price + changes_amount),
    CONSTRAINT bookings_discount_leaves_the_payments
        CHECK (discount > total_amount OR paid_amount + scheduled_amount <= total_amount - discount),
    CONSTRAINT bookings_refunding_amount_is_within_paid CHECK (refunding_amount <= paid_amount),
    CONSTRAINT bookings_cancellation_reason_is_plain_text CHECK (realty.is_prose(cancellation_reason)),
    CONSTRAINT bookings_override_reason_is_plain_text CHECK (realty.is_prose(override_reason)),
    CONSTRAINT bookings_notes_is_plain_text CHECK (realty.is_prose(notes)),
    CONSTRAINT bookings_internal_note_is_plain_text CHECK (realty.is_prose(internal_note))
);
COMMENT ON TABLE realty.bookings IS 'Customers'' claims on units. At most one active booking a unit.';
COMMENT ON COLUMN realty.bookings.booking_number IS 'BK, the year of the booking in the builder''s time zone, a number: set by a trigger, from the default of # and a number.';
COMMENT ON COLUMN realty.bookings.project_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.builder_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.unit_price IS 'The unit''s price at booking time, in the currency of the site.';
COMMENT ON COLUMN realty.bookings.changes_amount IS 'Approved costs of change requests, rolled up.';
COMMENT ON COLUMN realty.bookings.total_amount IS 'unit_price + changes_amount; what is owed is total_amount - discount.';
COMMENT ON COLUMN realty.bookings.booking_amount IS 'Token to be paid on booking.';
COMMENT ON COLUMN realty.bookings.paid_amount IS 'Tokens and instalments that were paid, less the refunds that were paid. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.scheduled_amount IS 'Tokens and instalments that are due or submitted. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.refunding_amount IS 'Refunds that are due or submitted. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.hold_expires_at IS 'A pending booking with this set holds the unit until then; empty while money of it is submitted or paid.';
COMMENT ON COLUMN realty.bookings.hold_seconds_left IS 'How much of the hold was left when a payment came in; the hold resumes with it when the payment is rejected or refunded.';
COMMENT ON COLUMN realty.bookings.override_reason IS 'Why a rule was last waived for it, such as booking past the limit of open bookings; both parties read it.';
COMMENT ON CONSTRAINT bookings_override_reason_has_text ON realty.bookings IS 'must have 1 to 1000 characters';
COMMENT ON CONSTRAINT bookings_status_is_known ON realty.bookings IS 'must be one of pending, confirmed, completed, cancelled, expired';
COMMENT ON CONSTRAINT bookings_booking_number_is_short ON realty.bookings IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT bookings_total_amount_is_positive ON realty.bookings IS 'must be greater than 0';
COMMENT ON CONSTRAINT bookings_booking_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_discount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_paid_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_total_amount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_booking_amount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_discount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_cancellation_reason_is_short ON realty.bookings IS 'must have at most 1000 characters';
COMMENT ON COLUMN realty.bookings.notes IS 'Shared by the customer and the company.';
COMMENT ON COLUMN realty.bookings.internal_note IS 'The company''s own; see api.private_bookings.';
COMMENT ON CONSTRAINT bookings_internal_note_is_short ON realty.bookings IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT bookings_notes_is_short ON realty.bookings IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT bookings_extra_is_an_object ON realty.bookings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.bookings.private IS 'What a site adds for the company and the administrators only; see api.private_bookings.';
COMMENT ON CONSTRAINT bookings_private_is_an_object ON realty.bookings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT bookings_discount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
COMMENT ON CONSTRAINT bookings_booking_amount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
COMMENT ON CONSTRAINT bookings_unit_price_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_total_amount_is_price_and_changes ON realty.bookings IS 'must be unit_price and changes_amount together';
COMMENT ON CONSTRAINT bookings_discount_leaves_the_payments ON realty.bookings IS 'must leave room for what is paid and scheduled';
COMMENT ON CONSTRAINT bookings_refunding_amount_is_within_paid ON realty.bookings IS 'must not exceed paid_amount';
COMMENT ON CONSTRAINT bookings_cancellation_reason_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_override_reason_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_notes_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_internal_note_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE UNIQUE INDEX bookings_one_active_per_unit ON realty.bookings (unit_id)
    WHERE status IN ('pending', 'confirmed', 'completed');
CREATE INDEX bookings_newest ON realty.bookings (created_at DESC, id DESC);
CREATE INDEX bookings_of_unit ON realty.bookings (unit_id);
CREATE INDEX bookings_of_customer ON realty.bookings (customer_id, created_at DESC, id DESC);
CREATE INDEX bookings_of_builder ON realty.bookings (builder_id, created_at DESC, id DESC);
CREATE INDEX bookings_of_project ON realty.bookings (project_id, created_at DESC, id DESC);
CREATE INDEX bookings_on_hold ON realty.bookings (hold_expires_at)
    WHERE status = 'pending' AND hold_expires_at IS NOT NULL;

-- schema/20_tables/payments.sql
CREATE TABLE realty.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id bigint NOT NULL REFERENCES realty.bookings ON DELETE RESTRICT,
    kind text NOT NULL DEFAULT 'instalment'
        CONSTRAINT payments_kind_is_known CHECK (kind IN ('token', 'instalment', 'refund')),
    milestone text CONSTRAINT payments_milestone_is_short CHECK (length(milestone) <= 200),
    amount numeric NOT NULL CONSTRAINT payments_amount_is_positive CHECK (amount > 0.0)
        CONSTRAINT payments_amount_is_in_cents CHECK (realty.is_in_hundredths(amount, 12)),
    due_date date CONSTRAINT payments_due_date_is_a_day CHECK (due_date BETWEEN '1900-01-01' AND '2199-12-31'),
    status text NOT NULL DEFAULT 'due'
        CONSTRAINT payments_status_is_known CHECK (status IN ('due', 'submitted', 'paid', 'failed', 'refunded')),
    method text CONSTRAINT payments_method_is_known
        CHECK (method IN ('cash', 'cheque', 'bank_transfer', 'upi', 'card', 'online', 'loan')),
    transaction_reference text
        CONSTRAINT payments_transaction_reference_has_text CHECK (realty.has_text(transaction_reference, 200)),
    reference_key text COLLATE "C" GENERATED ALWAYS AS (replace(realty.identity_key(transaction_reference), ' ', '')) STORED,
    receipt_number text UNIQUE CONSTRAINT payments_receipt_number_is_short CHECK (length(receipt_number) <= 50),
    paid_at timestamptz,
    refund_of bigint REFERENCES realty.payments ON DELETE RESTRICT,
    note text CONSTRAINT payments_note_is_short CHECK (length(note) <= 1000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT payments_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_refund_of_is_for_refunds CHECK (refund_of IS NULL OR kind = 'refund'),
    CONSTRAINT payments_transaction_reference_is_one_line CHECK (realty.is_line(transaction_reference) AND realty.has_known_characters(transaction_reference)),
    CONSTRAINT payments_milestone_is_one_line CHECK (realty.is_line_or_empty(milestone)),
    CONSTRAINT payments_note_is_plain_text CHECK (realty.is_prose(note))
);
COMMENT ON TABLE realty.payments IS 'Instalments, tokens, receipts and refunds of bookings.';
COMMENT ON COLUMN realty.payments.amount IS 'In the currency of the site.';
COMMENT ON COLUMN realty.payments.reference_key IS 'transaction_reference without case and blanks: see payment_references.';
COMMENT ON COLUMN realty.payments.receipt_number IS 'Of a token or instalment once it is paid: R, the builder''s id, the financial year, a number without gaps.';
COMMENT ON COLUMN realty.payments.refund_of IS 'The payment that this refund gives back; empty when it is of the booking as a whole.';
COMMENT ON COLUMN realty.payments.note IS 'Why it was rejected or refunded.';
COMMENT ON CONSTRAINT payments_due_date_is_a_day ON realty.payments IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT payments_kind_is_known ON realty.payments IS 'must be one of token, instalment, refund';
COMMENT ON CONSTRAINT payments_milestone_is_short ON realty.payments IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT payments_amount_is_positive ON realty.payments IS 'must be greater than 0';
COMMENT ON CONSTRAINT payments_amount_is_in_cents ON realty.payments IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT payments_status_is_known ON realty.payments IS 'must be one of due, submitted, paid, failed, refunded';
COMMENT ON CONSTRAINT payments_receipt_number_is_short ON realty.payments IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT payments_method_is_known ON realty.payments IS 'must be one of cash, cheque, bank_transfer, upi, card, online, loan';
COMMENT ON CONSTRAINT payments_transaction_reference_has_text ON realty.payments IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT payments_extra_is_an_object ON realty.payments IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT payments_note_is_short ON realty.payments IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT payments_refund_of_is_for_refunds ON realty.payments IS 'belongs to refunds only';
COMMENT ON CONSTRAINT payments_transaction_reference_is_one_line ON realty.payments IS 'must be one line without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT payments_milestone_is_one_line ON realty.payments IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT payments_note_is_plain_text ON realty.payments IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX payments_of_booking ON realty.payments (booking_id, created_at DESC, id DESC);
CREATE INDEX payments_newest ON realty.payments (created_at DESC, id DESC);
CREATE INDEX payments_refunds ON realty.payments (refund_of) WHERE refund_of IS NOT NULL;

-- No foreign key: its lock on the booking would be a second one, and its builder is the booking's.
CREATE TABLE realty.payment_references (
    builder_id bigint NOT NULL,
    method text COLLATE "C" NOT NULL CONSTRAINT payment_references_method_is_short CHECK (length(method) <= 50),
    reference_key text COLLATE "C" NOT NULL CONSTRAINT payment_references_reference_key_is_short CHECK (length(reference_key) <= 1000),
    booking_id bigint NOT NULL,
    PRIMARY KEY (builder_id, method, reference_key)
);
COMMENT ON TABLE realty.payment_references IS
'The references in use: each transfer to a builder belongs to one booking, whose payments may share it. Those of rejected payments are
free again. Written by triggers only.';
COMMENT ON COLUMN realty.payment_references.method IS 'Empty for a payment without a method so far.';
COMMENT ON COLUMN realty.payment_references.reference_key IS 'payments.reference_key.';
COMMENT ON CONSTRAINT payment_references_method_is_short ON realty.payment_references IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT payment_references_reference_key_is_short ON realty.payment_references IS 'must have at most 1000 characters';

-- One row is what serialises a builder's receipts; nothing else can promise that
-- there is no gap. It is locked at the end of a statement's work.
CREATE TABLE realty.receipt_counters (
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    financial_year text NOT NULL CONSTRAINT receipt_counters_financial_year_is_short CHECK (length(financial_year) <= 20),
    last_number bigint NOT NULL,
    PRIMARY KEY (builder_id, financial_year)
);
COMMENT ON TABLE realty.receipt_counters IS 'The last receipt number of each builder and financial year. Written by triggers only.';
COMMENT ON CONSTRAINT receipt_counters_financial_year_is_short ON realty.receipt_counters IS 'must have at most 20 characters';

-- schema/20_tables/change_requests.sql
CREATE TABLE realty.change_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id bigint NOT NULL REFERENCES realty.bookings ON DELETE RESTRICT,
    unit_id bigint NOT NULL DEFAULT 0 REFERENCES realty.units ON DELETE RESTRICT,
    customer_id bigint NOT NULL DEFAULT 0 REFERENCES realty.customers ON DELETE RESTRICT,
    title text NOT NULL CONSTRAINT change_requests_title_has_text CHECK (realty.has_text(title, 200)),
    description text CONSTRAINT change_requests_description_is_short CHECK (length(description) <= 20000),
    category text CONSTRAINT change_requests_category_is_known
        CHECK (category IN ('layout', 'fixtures', 'finishes', 'electrical', 'plumbing', 'other')),
    status text NOT NULL DEFAULT 'submitted'
        CONSTRAINT change_requests_status_is_known
        CHECK (status IN ('submitted', 'under_review', 'approved', 'rejected', 'completed', 'withdrawn')),
    estimated_cost numeric
        CONSTRAINT change_requests_estimated_cost_is_in_cents CHECK (realty.is_in_hundredths(estimated_cost, 12)),
    approved_cost numeric
        CONSTRAINT change_requests_approved_cost_is_in_cents CHECK (realty.is_in_hundredths(approved_cost, 12)),
    accepted_cost numeric
        CONSTRAINT change_requests_accepted_cost_is_in_cents CHECK (realty.is_in_hundredths(accepted_cost, 12)),
    decision_note text CONSTRAINT change_requests_decision_note_is_short CHECK (length(decision_note) <= 5000),
    decided_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    decided_at timestamptz,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT change_requests_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT change_requests_title_is_one_line CHECK (realty.is_line(title)),
    CONSTRAINT change_requests_description_is_plain_text CHECK (realty.is_prose(description)),
    CONSTRAINT change_requests_decision_note_is_plain_text CHECK (realty.is_prose(decision_note))
);
COMMENT ON TABLE realty.change_requests IS 'A customer''s requests to alter a booked unit.';
COMMENT ON COLUMN realty.change_requests.unit_id IS 'Copied from the booking by trigger.';
COMMENT ON COLUMN realty.change_requests.customer_id IS 'Copied from the booking by trigger.';
COMMENT ON COLUMN realty.change_requests.estimated_cost IS 'Given with the review; the customer is notified of it, and it cannot rise. Without one only a change that costs nothing can be approved.';
COMMENT ON COLUMN realty.change_requests.approved_cost IS 'Given with the approval; added to the booking''s total then. A negative one is a credit.';
COMMENT ON CONSTRAINT change_requests_title_has_text ON realty.change_requests IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT change_requests_description_is_short ON realty.change_requests IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT change_requests_category_is_known ON realty.change_requests IS 'must be one of layout, fixtures, finishes, electrical, plumbing, other';
COMMENT ON CONSTRAINT change_requests_status_is_known ON realty.change_requests IS 'must be one of submitted, under_review, approved, rejected, completed, withdrawn';
COMMENT ON COLUMN realty.change_requests.accepted_cost IS 'What the customer has agreed to pay above the estimate.';
COMMENT ON CONSTRAINT change_requests_accepted_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_estimated_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_approved_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_decision_note_is_short ON realty.change_requests IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT change_requests_extra_is_an_object ON realty.change_requests IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT change_requests_title_is_one_line ON realty.change_requests IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT change_requests_description_is_plain_text ON realty.change_requests IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT change_requests_decision_note_is_plain_text ON realty.change_requests IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX change_requests_of_booking ON realty.change_requests (booking_id, created_at DESC, id DESC);
CREATE INDEX change_requests_of_customer ON realty.change_requests (customer_id, created_at DESC, id DESC);
CREATE INDEX change_requests_of_unit ON realty.change_requests (unit_id);

-- schema/20_tables/appointments.sql
-- Visits and calls, and when a builder receives them.

CREATE TABLE realty.appointments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES realty.customers ON DELETE RESTRICT,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    period tstzrange GENERATED ALWAYS AS
        (CASE WHEN starts_at < ends_at THEN tstzrange(starts_at, ends_at, '[)') END) STORED,
    location text CONSTRAINT appointments_location_is_short CHECK (length(location) <= 500),
    kind text NOT NULL DEFAULT 'site_visit'
        CONSTRAINT appointments_kind_is_known CHECK (kind IN ('site_visit', 'virtual_tour', 'office', 'call')),
    status text NOT NULL DEFAULT 'requested'
        CONSTRAINT appointments_status_is_known
        CHECK (status IN ('requested', 'confirmed', 'completed', 'cancelled', 'no_show')),
    cancellation_reason text CONSTRAINT appointments_cancellation_reason_is_short CHECK (length(cancellation_reason) <= 1000),
    notes text CONSTRAINT appointments_notes_is_short CHECK (length(notes) <= 5000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT appointments_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT appointments_starts_at_is_near
        CHECK (starts_at BETWEEN '2000-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    CONSTRAINT appointments_ends_at_is_after_start CHECK (starts_at < ends_at),
    -- as seconds, which neither overflow nor stumble over infinity
    CONSTRAINT appointments_ends_at_is_soon_after_start
        CHECK (starts_at >= ends_at OR extract(epoch FROM ends_at) - extract(epoch FROM starts_at) BETWEEN 900 AND 28800),
    CONSTRAINT appointments_of_builder_do_not_overlap
        EXCLUDE USING gist (int8range(builder_id, builder_id, '[]') WITH &&, period WITH &&)
        WHERE (status IN ('requested', 'confirmed')),
    CONSTRAINT appointments_of_customer_do_not_overlap
        EXCLUDE USING gist (int8range(customer_id, customer_id, '[]') WITH &&, period WITH &&)
        WHERE (status IN ('requested', 'confirmed')),
    CONSTRAINT appointments_location_is_plain_text CHECK (realty.is_prose(location)),
    CONSTRAINT appointments_cancellation_reason_is_plain_text CHECK (realty.is_prose(cancellation_reason)),
    CONSTRAINT appointments_notes_is_plain_text CHECK (realty.is_prose(notes))
);
COMMENT ON TABLE realty.appointments IS 'Visits and calls. Active ones of one builder, and of one customer, do not overlap.';
COMMENT ON CONSTRAINT appointments_location_is_short ON realty.appointments IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT appointments_kind_is_known ON realty.appointments IS 'must be one of site_visit, virtual_tour, office, call';
COMMENT ON CONSTRAINT appointments_status_is_known ON realty.appointments IS 'must be one of requested, confirmed, completed, cancelled, no_show';
COMMENT ON CONSTRAINT appointments_cancellation_reason_is_short ON realty.appointments IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT appointments_notes_is_short ON realty.appointments IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT appointments_extra_is_an_object ON realty.appointments IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT appointments_starts_at_is_near ON realty.appointments IS 'must be between the years 2000 and 2200';
COMMENT ON CONSTRAINT appointments_ends_at_is_after_start ON realty.appointments IS 'must be after starts_at';
COMMENT ON CONSTRAINT appointments_ends_at_is_soon_after_start ON realty.appointments IS 'must be 15 minutes to 8 hours after starts_at';
COMMENT ON CONSTRAINT appointments_of_builder_do_not_overlap ON realty.appointments IS 'overlaps another appointment of the builder';
COMMENT ON CONSTRAINT appointments_of_customer_do_not_overlap ON realty.appointments IS 'overlaps another appointment of the customer';
COMMENT ON CONSTRAINT appointments_location_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT appointments_cancellation_reason_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT appointments_notes_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX appointments_of_customer ON realty.appointments (customer_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_builder ON realty.appointments (builder_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_project ON realty.appointments (project_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_unit ON realty.appointments (unit_id);

CREATE TABLE realty.builder_availability (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    weekday integer CONSTRAINT builder_availability_weekday_is_iso CHECK (weekday BETWEEN 1 AND 7),
    exception_date date CONSTRAINT builder_availability_exception_date_is_a_day CHECK (exception_date BETWEEN '1900-01-01' AND '2199-12-31'),
    opens time,
    closes time,
    is_open boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT builder_availability_is_weekly_or_exception CHECK ((weekday IS NULL) <> (exception_date IS NULL)),
    CONSTRAINT builder_availability_window_is_open CHECK (is_open = (opens IS NOT NULL AND closes IS NOT NULL)),
    CONSTRAINT builder_availability_closes_after_opening CHECK (opens < closes)
);
COMMENT ON TABLE realty.builder_availability IS
'When a builder receives visitors, in builders.time_zone: weekly windows, and exceptions by date. The exceptions of a
date replace that day''s weekly windows. A builder without any weekly window receives Monday to Saturday from 10:00 to 18:00.';
COMMENT ON COLUMN realty.builder_availability.weekday IS 'ISO: 1 is Monday, 7 is Sunday.';
COMMENT ON CONSTRAINT builder_availability_exception_date_is_a_day ON realty.builder_availability IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT builder_availability_weekday_is_iso ON realty.builder_availability IS 'must be between 1 (Monday) and 7 (Sunday)';
COMMENT ON CONSTRAINT builder_availability_is_weekly_or_exception ON realty.builder_availability IS 'must have a weekday or an exception_date, and not both';
COMMENT ON CONSTRAINT builder_availability_window_is_open ON realty.builder_availability IS 'must have opens and closes, or be closed and have neither';
COMMENT ON CONSTRAINT builder_availability_closes_after_opening ON realty.builder_availability IS 'must be after opens';
CREATE INDEX builder_availability_of_builder ON realty.builder_availability (builder_id, weekday, exception_date);

-- schema/20_tables/construction.sql
CREATE TABLE realty.project_progress (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    phase text NOT NULL
        CONSTRAINT project_progress_phase_has_text CHECK (realty.has_text(phase, 200)),
    sequence integer NOT NULL DEFAULT 1
        CONSTRAINT project_progress_sequence_is_positive CHECK (sequence > 0),
    weight numeric NOT NULL DEFAULT 1.00
        CONSTRAINT project_progress_weight_is_positive CHECK (weight > 0.0)
        CONSTRAINT project_progress_weight_is_in_hundredths CHECK (realty.is_in_hundredths(weight, 6)),
    percent numeric NOT NULL DEFAULT 0.00
        CONSTRAINT project_progress_percent_is_a_percentage CHECK (percent BETWEEN 0.0 AND 100.0)
        CONSTRAINT project_progress_percent_is_in_hundredths CHECK (min_scale(percent) <= 2),
    planned_start date CONSTRAINT project_progress_planned_start_is_a_day CHECK (planned_start BETWEEN '1900-01-01' AND '2199-12-31'),
    planned_end date CONSTRAINT project_progress_planned_end_is_a_day CHECK (planned_end BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_start date CONSTRAINT project_progress_actual_start_is_a_day CHECK (actual_start BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_end date CONSTRAINT project_progress_actual_end_is_a_day CHECK (actual_end BETWEEN '1900-01-01' AND '2199-12-31'),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT project_progress_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_progress_planned_end_is_after_start CHECK (planned_end >= planned_start),
    CONSTRAINT project_progress_actual_end_is_after_start CHECK (actual_end >= actual_start),
    CONSTRAINT project_progress_phase_is_one_line CHECK (realty.is_line(phase))
);
COMMENT ON TABLE realty.project_progress IS 'Phases of a project, or of one of its units.';
COMMENT ON COLUMN realty.project_progress.weight IS 'Share in the progress of the unit and of the project, relative to the other phases.';
COMMENT ON CONSTRAINT project_progress_planned_start_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_planned_end_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_actual_start_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_actual_end_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_phase_has_text ON realty.project_progress IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT project_progress_sequence_is_positive ON realty.project_progress IS 'must be greater than 0';
COMMENT ON CONSTRAINT project_progress_weight_is_positive ON realty.project_progress IS 'must be greater than 0';
COMMENT ON CONSTRAINT project_progress_percent_is_a_percentage ON realty.project_progress IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT project_progress_weight_is_in_hundredths ON realty.project_progress IS 'must have at most 2 decimals and be below 1000000';
COMMENT ON CONSTRAINT project_progress_percent_is_in_hundredths ON realty.project_progress IS 'must have at most 2 decimals';
COMMENT ON CONSTRAINT project_progress_extra_is_an_object ON realty.project_progress IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT project_progress_planned_end_is_after_start ON realty.project_progress IS 'must not be before planned_start';
COMMENT ON CONSTRAINT project_progress_actual_end_is_after_start ON realty.project_progress IS 'must not be before actual_start';
COMMENT ON CONSTRAINT project_progress_phase_is_one_line ON realty.project_progress IS 'must be one line without control or invisible characters';
CREATE INDEX project_progress_of_project ON realty.project_progress (project_id, sequence, id);
CREATE INDEX project_progress_of_unit ON realty.project_progress (unit_id);

CREATE TABLE realty.construction_updates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    title text NOT NULL
        CONSTRAINT construction_updates_title_has_text CHECK (realty.has_text(title, 200)),
    description text CONSTRAINT construction_updates_description_is_short CHECK (length(description) <= 20000),
    media jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT construction_updates_media_is_a_media_list CHECK (realty.is_media_list(media)),
    progress_percent numeric
        CONSTRAINT construction_updates_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0)
        CONSTRAINT construction_updates_progress_percent_is_in_hundredths CHECK (min_scale(progress_percent) <= 2),
    published_at timestamptz
        CONSTRAINT construction_updates_published_at_is_a_time CHECK (published_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    created_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT construction_updates_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT construction_updates_title_is_one_line CHECK (realty.is_line(title)),
    CONSTRAINT construction_updates_description_is_plain_text CHECK (realty.is_prose(description))
);
COMMENT ON TABLE realty.construction_updates IS 'Dated reports. published_at empty means a draft.';
COMMENT ON COLUMN realty.construction_updates.progress_percent IS 'Progress of the unit, or else of the project, when it was published.';
COMMENT ON CONSTRAINT construction_updates_title_has_text ON realty.construction_updates IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT construction_updates_description_is_short ON realty.construction_updates IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT construction_updates_media_is_a_media_list ON realty.construction_updates IS 'must be a list of at most 100 web addresses or objects with a url and what is known of it, in 64 kB';
COMMENT ON CONSTRAINT construction_updates_published_at_is_a_time ON realty.construction_updates IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT construction_updates_progress_percent_is_a_percentage ON realty.construction_updates IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT construction_updates_progress_percent_is_in_hundredths ON realty.construction_updates IS 'must have at most 2 decimals';
COMMENT ON CONSTRAINT construction_updates_extra_is_an_object ON realty.construction_updates IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT construction_updates_title_is_one_line ON realty.construction_updates IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT construction_updates_description_is_plain_text ON realty.construction_updates IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX construction_updates_of_project ON realty.construction_updates (project_id, created_at DESC, id DESC);
CREATE INDEX construction_updates_of_unit ON realty.construction_updates (unit_id);

CREATE TABLE realty.models_3d (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    name text NOT NULL CONSTRAINT models_3d_name_has_text CHECK (realty.has_text(name, 200)),
    file_url text NOT NULL
        CONSTRAINT models_3d_file_url_is_a_url CHECK (realty.is_web_address(file_url, 1000)),
    format text NOT NULL
        CONSTRAINT models_3d_format_is_known CHECK (format IN ('glb', 'gltf', 'obj', 'fbx', 'usdz')),
    size_bytes bigint CONSTRAINT models_3d_size_bytes_is_positive CHECK (size_bytes > 0),
    thumbnail_url text
        CONSTRAINT models_3d_thumbnail_url_is_a_url CHECK (realty.is_web_address(thumbnail_url, 1000)),
    version integer NOT NULL DEFAULT 1 CONSTRAINT models_3d_version_is_positive CHECK (version > 0),
    name_key text COLLATE "C" GENERATED ALWAYS AS (realty.identity_key(name)) STORED,
    is_active boolean NOT NULL DEFAULT true,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT models_3d_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT models_3d_name_is_one_line CHECK (realty.is_line(name))
);
COMMENT ON TABLE realty.models_3d IS '3D assets of projects and units; the files live elsewhere.';
COMMENT ON COLUMN realty.models_3d.name_key IS 'The name as people compare it: what has one is a model in its versions.';
COMMENT ON COLUMN realty.models_3d.version IS 'Counts the uploads under one name of the project or unit; a new one retires the earlier.';
COMMENT ON CONSTRAINT models_3d_name_has_text ON realty.models_3d IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT models_3d_file_url_is_a_url ON realty.models_3d IS 'must be an http or https address, or a path of this site that begins with one slash';
COMMENT ON CONSTRAINT models_3d_format_is_known ON realty.models_3d IS 'must be one of glb, gltf, obj, fbx, usdz';
COMMENT ON CONSTRAINT models_3d_size_bytes_is_positive ON realty.models_3d IS 'must be greater than 0';
COMMENT ON CONSTRAINT models_3d_thumbnail_url_is_a_url ON realty.models_3d IS 'must be an http or https address, or a path of this site that begins with one slash';
COMMENT ON CONSTRAINT models_3d_version_is_positive ON realty.models_3d IS 'must be greater than 0';
COMMENT ON CONSTRAINT models_3d_extra_is_an_object ON realty.models_3d IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT models_3d_name_is_one_line ON realty.models_3d IS 'must be one line without control or invisible characters';

-- Also the guard's way to the versions of a name
CREATE UNIQUE INDEX models_3d_version_is_unique ON realty.models_3d (project_id, coalesce(unit_id, 0), name_key, version);
CREATE INDEX models_3d_of_project ON realty.models_3d (project_id, created_at DESC, id DESC);
CREATE INDEX models_3d_of_unit ON realty.models_3d (unit_id);

-- schema/20_tables/messages.sql
CREATE TABLE realty.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    recipient_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    project_id bigint REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    booking_id bigint REFERENCES realty.bookings ON DELETE RESTRICT,
    parent_id bigint REFERENCES realty.messages ON DELETE RESTRICT,
    subject text CONSTRAINT messages_subject_is_short CHECK (length(subject) <= 200),
    body text NOT NULL CONSTRAINT messages_body_has_text CHECK (realty.has_text(body, 20000)),
    attachments jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT messages_attachments_is_a_media_list CHECK (realty.is_media_list(attachments)),
    read_at timestamptz CONSTRAINT messages_read_at_is_a_time CHECK (read_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    sender_deleted_at timestamptz,
    recipient_deleted_at timestamptz,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT messages_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_recipient_is_somebody_else CHECK (recipient_id <> sender_id),
    CONSTRAINT messages_subject_is_one_line CHECK (subject <> '' AND realty.is_line_or_empty(subject)),
    CONSTRAINT messages_body_is_plain_text CHECK (realty.is_prose(body))
);
COMMENT ON TABLE realty.messages IS 'Messages between two accounts. A thread is a root message and the messages whose parent it is, between the same two.';
COMMENT ON COLUMN realty.messages.parent_id IS 'The first message of the thread; a reply to a reply is filed under it as well.';
COMMENT ON COLUMN realty.messages.sender_deleted_at IS 'From then on the sender does not see it; the recipient does.';
COMMENT ON COLUMN realty.messages.recipient_deleted_at IS 'From then on the recipient does not see it; the sender does.';
COMMENT ON CONSTRAINT messages_read_at_is_a_time ON realty.messages IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT messages_subject_is_short ON realty.messages IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT messages_body_has_text ON realty.messages IS 'must have 1 to 20000 characters';
COMMENT ON CONSTRAINT messages_attachments_is_a_media_list ON realty.messages IS 'must be a list of at most 100 web addresses or objects with a url and what is known of it, in 64 kB';
COMMENT ON CONSTRAINT messages_extra_is_an_object ON realty.messages IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT messages_recipient_is_somebody_else ON realty.messages IS 'must not be the sender';
COMMENT ON CONSTRAINT messages_subject_is_one_line ON realty.messages IS 'must be one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT messages_body_is_plain_text ON realty.messages IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX messages_of_recipient ON realty.messages (recipient_id, created_at DESC, id DESC);
CREATE INDEX messages_of_sender ON realty.messages (sender_id, created_at DESC, id DESC);
CREATE INDEX messages_unread ON realty.messages (recipient_id) WHERE read_at IS NULL;
CREATE INDEX messages_of_parent ON realty.messages (parent_id);
CREATE INDEX messages_of_booking ON realty.messages (booking_id);
CREATE INDEX messages_of_project ON realty.messages (project_id);
CREATE INDEX messages_of_unit ON realty.messages (unit_id);

-- schema/20_tables/notifications.sql
CREATE TABLE realty.notification_templates (
    kind text NOT NULL CONSTRAINT notification_templates_kind_is_short CHECK (length(kind) <= 63),
    audience text NOT NULL
        CONSTRAINT notification_templates_audience_is_known CHECK (audience IN ('customer', 'builder', 'recipient')),
    title text NOT NULL CONSTRAINT notification_templates_title_is_short CHECK (length(title) <= 500),
    body text NOT NULL CONSTRAINT notification_templates_body_is_short CHECK (length(body) <= 5000),
    PRIMARY KEY (kind, audience)
);
COMMENT ON CONSTRAINT notification_templates_audience_is_known ON realty.notification_templates IS 'must be one of customer, builder';
COMMENT ON CONSTRAINT notification_templates_kind_is_short ON realty.notification_templates IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT notification_templates_title_is_short ON realty.notification_templates IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT notification_templates_body_is_short ON realty.notification_templates IS 'must have at most 5000 characters';
COMMENT ON TABLE realty.notification_templates IS
'Texts of notifications by kind and audience. In title and body a name in braces stands for a fact of the event: {project}, {customer}.
Kinds that begin with booking_ have number, unit, project, customer, builder, until (of a hold) and reason; those with appointment_ have visit, time,
reason, project, customer and builder; those with payment_, refund_ and change_ have number, unit, project,
customer, builder, amount, title (of a payment its milestone), receipt and note, of a change also estimate and accepted; update_published has project, title and percent;
message_received has sender, subject and text; company_changed has company, license, was_company and was_license.';

INSERT INTO realty.notification_templates (kind, audience, title, body) VALUES
    ('booking_created',    'customer', 'Booking {number} received',    'Your booking of unit {unit} in {project} was received. {builder} will confirm it.'),
    ('booking_created',    'builder',  'New booking {number}',         '{customer} booked unit {unit} in {project}.'),
    ('booking_extended',   'customer', 'Booking {number} held longer',   '{builder} holds unit {unit} in {project} for you until {until}. {reason}'),
    ('booking_confirmed',  'customer', 'Booking {number} confirmed',   '{builder} confirmed your booking of unit {unit} in {project}.'),
    ('booking_confirmed',  'builder',  'Booking {number} confirmed',   'The booking of unit {unit} in {project} by {customer} is confirmed.'),
    ('booking_completed',  'customer', 'Booking {number} completed',   'Unit {unit} in {project} is yours. Congratulations!'),
    ('booking_completed',  'builder',  'Booking {number} completed',   'Unit {unit} in {project} is sold to {customer}.'),
    ('unit_amended',       'customer', 'Unit {unit} has changed',       '{builder} has corrected what is recorded of unit {unit} in {project}: {reason}'),
    ('booking_reopened',   'customer', 'Booking {number} open again',   '{builder} opened the booking of unit {unit} in {project} again. {reason}'),
    ('booking_reopened',   'builder',  'Booking {number} open again',   'The booking of unit {unit} in {project} by {customer} is open again. {reason}'),
    ('booking_cancelled',  'customer', 'Booking {number} cancelled',   'The booking of unit {unit} in {project} was cancelled.'),
    ('booking_cancelled',  'builder',  'Booking {number} cancelled',   'The booking of unit {unit} in {project} by {customer} was cancelled. The unit is available again.'),
    ('booking_expired',    'customer', 'Booking {number} expired',     'Your hold of unit {unit} in {project} ran out before it was confirmed.'),
    ('booking_expired',    'builder',  'Booking {number} expired',     'The hold of unit {unit} in {project} by {customer} ran out. The unit is available again.'),
    ('appointment_requested', 'builder',  '{customer} asks for an appointment', 'A {visit} for {project} on {time}. Please confirm it.'),
    ('appointment_requested', 'customer', 'Appointment at {project} asked for', 'A {visit} with {builder} on {time} was asked for on your behalf.'),
    ('appointment_confirmed', 'customer', 'Appointment confirmed',              '{builder} expects you for a {visit} of {project} on {time}.'),
    ('appointment_confirmed', 'builder',  'Appointment confirmed',              'The {visit} of {customer} for {project} on {time} is confirmed.'),
    ('appointment_moved',     'customer', 'Appointment moved',                  'The {visit} for {project} with {builder} is now on {time}.'),
    ('appointment_moved',     'builder',  'Appointment moved',                  'The {visit} of {customer} for {project} is now asked for on {time}. Please confirm it.'),
    ('appointment_cancelled', 'customer', 'Appointment cancelled',              'The {visit} for {project} with {builder} on {time} was cancelled.{reason}'),
    ('appointment_cancelled', 'builder',  'Appointment cancelled',              'The {visit} of {customer} for {project} on {time} was cancelled.{reason}'),
    ('appointment_completed', 'customer', 'Thank you for your visit',           'Your {visit} for {project} on {time} with {builder} is recorded as held.'),
    ('appointment_completed', 'builder',  'Appointment held',                   'The {visit} of {customer} for {project} on {time} is recorded as held.'),
    ('appointment_no_show',   'customer', 'We missed you',                      'You did not come to the {visit} for {project} on {time}. Make a new appointment when it suits you.'),
    ('appointment_no_show',   'builder',  'Appointment missed',                 '{customer} did not come to the {visit} for {project} on {time}.'),
    ('update_published',      'customer', 'News of {project}',                  '{title}'),
    ('company_changed',      'recipient', '{company} has changed',           'Its name was {was_company}, its licence {was_license}; now {company} and {license}. It is no longer verified: please look at it again.'),
    ('message_received',      'recipient', 'Message from {sender}',             '{text}'),
    ('payment_scheduled', 'customer', 'Payments of booking {number}', '{builder} scheduled {amount} for unit {unit} in {project}.'),
    ('payment_submitted', 'builder',  'Payment of {amount} to check', 'A payment of {amount} by {customer} for unit {unit} in {project} is recorded. Confirm it once you have it.'),
    ('payment_paid',      'customer', 'Payment of {amount} received', '{builder} received {amount} for unit {unit} in {project}. Your receipt is {receipt}.'),
    ('payment_failed',    'customer', 'Payment of {amount} not received', '{builder} could not confirm your payment of {amount} for unit {unit} in {project}. {note}'),
    ('refund_due',        'customer', 'Refund of {amount}', '{builder} owes you a refund of {amount} of booking {number}.'),
    ('refund_due',        'builder',  'Refund of {amount} due', 'A refund of {amount} to {customer}, of booking {number}, is due.'),
    ('refund_submitted',  'customer', 'Refund of {amount} on its way', '{builder} sent you a refund of {amount} of booking {number}.'),
    ('refund_paid',       'customer', 'Refund of {amount} paid', '{builder} paid you a refund of {amount} of booking {number}.'),
    ('refund_failed',     'customer', 'Refund of {amount} failed', 'A refund of {amount} of booking {number} did not go through. {note}'),
    ('change_submitted',    'builder',  'Change asked for: {title}',  '{customer} asks for a change of unit {unit} in {project}: {title}.'),
    ('change_under_review', 'customer', 'Change under review: {title}', '{builder} looks into your change of unit {unit} in {project}. Estimated cost: {estimate}.'),
    ('change_approved',     'customer', 'Change approved: {title}',   '{builder} approved your change of unit {unit} in {project} for {amount}. {note}'),
    ('change_rejected',     'customer', 'Change rejected: {title}',   '{builder} rejected your change of unit {unit} in {project}. {note}'),
    ('change_accepted',     'builder',  'Cost accepted: {title}',     '{customer} accepts {accepted} for a change of unit {unit} in {project}: {title}.'),
    ('change_withdrawn',    'builder',  'Change withdrawn: {title}',  '{customer} withdrew a change of unit {unit} in {project}: {title}.'),
    ('change_completed',    'customer', 'Change completed: {title}',  '{builder} completed your change of unit {unit} in {project}.');

-- The facts of a booking's notifications, and their recipients. Read by triggers, as the owner.
CREATE VIEW realty.booking_parties WITH (security_invoker = true) AS
SELECT b.id AS booking_id, b.booking_number AS number, b.unit_id, b.project_id,
       concat_ws(' ', nullif(u.tower, ''), u.unit_number) AS unit, p.name AS project,
       cu.full_name AS customer, d.company_name AS builder, c.user_id AS customer_user_id, d.user_id AS builder_user_id
FROM realty.bookings b
     JOIN realty.units u ON u.id = b.unit_id
     JOIN realty.projects p ON p.id = b.project_id
     JOIN realty.builders d ON d.id = b.builder_id
     JOIN realty.customers c ON c.id = b.customer_id
     JOIN realty.users cu ON cu.id = c.user_id;
COMMENT ON VIEW realty.booking_parties IS 'Names and accounts of the parties to each booking, for notifications.';

-- No foreign key on user_id: accounts are never deleted, only triggers write
-- here, and every booking of a builder would lock that builder's row for it.
CREATE TABLE realty.notifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    kind text NOT NULL CONSTRAINT notifications_kind_is_short CHECK (length(kind) <= 63),
    title text NOT NULL CONSTRAINT notifications_title_is_short CHECK (length(title) <= 1000),
    body text CONSTRAINT notifications_body_is_short CHECK (length(body) <= 20000),
    data jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT notifications_data_is_an_object CHECK (realty.is_bounded_object(data, 65536)),
    read_at timestamptz
        CONSTRAINT notifications_read_at_is_a_time CHECK (read_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT notifications_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    xact bigint NOT NULL
);
COMMENT ON TABLE realty.notifications IS 'What a user should see. Written by triggers only.';
COMMENT ON COLUMN realty.notifications.data IS 'Ids of what it speaks of, for links.';
COMMENT ON COLUMN realty.notifications.read_at IS 'Null until its user marks it as read.';
COMMENT ON COLUMN realty.notifications.xact IS
'The transaction that wrote it, so that a stream can resume; set by a trigger, and again by a restore.';
COMMENT ON CONSTRAINT notifications_read_at_is_a_time ON realty.notifications IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT notifications_data_is_an_object ON realty.notifications IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT notifications_kind_is_short ON realty.notifications IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT notifications_title_is_short ON realty.notifications IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT notifications_body_is_short ON realty.notifications IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT notifications_extra_is_an_object ON realty.notifications IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
CREATE INDEX notifications_of_user ON realty.notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_xact ON realty.notifications (user_id, xact);
CREATE INDEX notifications_unread ON realty.notifications (user_id) WHERE read_at IS NULL;

-- schema/20_tables/outbox.sql
CREATE TABLE realty.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL
        CONSTRAINT outbox_kind_is_a_word CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    user_id bigint REFERENCES realty.users ON DELETE CASCADE,
    recipient text NOT NULL CONSTRAINT outbox_recipient_is_short CHECK (length(recipient) <= 320),
    data jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT outbox_data_is_an_object CHECK (realty.is_bounded_object(data, 65536)),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    taken_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    delivered_at timestamptz
);
COMMENT ON TABLE realty.outbox IS 'E-mails to be sent by the site''s mailer: see realty.outbox_take. No API role reads it.';
COMMENT ON COLUMN realty.outbox.recipient IS 'The e-mail address at that time.';
COMMENT ON COLUMN realty.outbox.data IS 'The values of the e-mail. A secret in it (token) is removed when it is delivered.';
COMMENT ON COLUMN realty.outbox.expires_at IS 'After this there is no use in sending it.';
COMMENT ON COLUMN realty.outbox.taken_at IS 'When a mailer last took it; after five minutes it is offered again.';
COMMENT ON CONSTRAINT outbox_kind_is_a_word ON realty.outbox IS 'must be a lower case word';
COMMENT ON CONSTRAINT outbox_recipient_is_short ON realty.outbox IS 'must have at most 320 characters';
COMMENT ON CONSTRAINT outbox_data_is_an_object ON realty.outbox IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
CREATE INDEX outbox_waiting ON realty.outbox (id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_over ON realty.outbox (coalesce(delivered_at, expires_at)); -- for realty.sweep

-- schema/20_tables/routes.sql
-- The API as data: what a request may name (resources) and where it goes (routes).
--
-- The dispatcher reads both tables and nothing else of the API's form is written in C.
-- What a role may read or write of a resource is not said here: the column GRANTs on
-- its view and the row policies below it say that.

CREATE TABLE realty.resources (
	name text PRIMARY KEY,
	view text NOT NULL,
	singular text NOT NULL,
	key_column text NOT NULL DEFAULT 'id',
	sort text[] NOT NULL DEFAULT '{created_at,id}',
	default_sort text NOT NULL DEFAULT '-created_at',
	embeds jsonb NOT NULL DEFAULT '{}',
	search text,
	lookups jsonb NOT NULL DEFAULT '{}',
	implied jsonb NOT NULL DEFAULT '{}',
	description text,
	builtin boolean NOT NULL DEFAULT false,
	CONSTRAINT resources_name_is_a_path_word CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
	CONSTRAINT resources_key_column_is_short CHECK (length(key_column) <= 63),
	CONSTRAINT resources_view_is_short CHECK (length(view) <= 200),
	CONSTRAINT resources_search_is_short CHECK (length(search) <= 300),
	CONSTRAINT resources_description_is_short CHECK (length(description) <= 2000),
	CONSTRAINT resources_sort_are_few CHECK (realty.are_short_texts(sort, 100, 63)),
	CONSTRAINT resources_view_is_qualified CHECK (view ~ '^[^.]+\.[^.]+$'),
	CONSTRAINT resources_singular_is_a_word CHECK (singular ~ '^[a-z][a-z0-9_]{0,62}$'),
	CONSTRAINT resources_default_sort_is_listed
		CHECK (ltrim(default_sort, '-') = ANY (sort)),
	CONSTRAINT resources_embeds_is_an_object CHECK (realty.is_bounded_object(embeds, 65536)),
	CONSTRAINT resources_lookups_is_an_object CHECK (realty.is_bounded_object(lookups, 65536)),
	CONSTRAINT resources_implied_is_an_object CHECK (realty.is_bounded_object(implied, 65536))
);
COMMENT ON TABLE realty.resources IS 'what /api/* serves: one row names a view and how it is listed';
COMMENT ON COLUMN realty.resources.name IS 'plural, as in the path; with _ for - it is the key of a list';
COMMENT ON COLUMN realty.resources.view IS 'schema.view that is read and written, under the caller''s role';
COMMENT ON COLUMN realty.resources.singular IS 'key of a single row in an answer';
COMMENT ON COLUMN realty.resources.key_column IS 'column that a path names a row by; it also breaks ties of every sort';
COMMENT ON COLUMN realty.resources.sort IS 'columns that sort= accepts';
COMMENT ON COLUMN realty.resources.default_sort IS 'the default order; a leading - means descending';
COMMENT ON COLUMN realty.resources.embeds IS
	'rows shown inside each row: {"builder": {"resource": "builders", "by": "builder_id", "columns": ["id", …]}}';
COMMENT ON COLUMN realty.resources.search IS
	'function (q text) → rows of id and rank, the best first, that serves q= on its lists; empty: there is no q=';
COMMENT ON COLUMN realty.resources.lookups IS
	'{"column": "function (pattern text) → text[]"}: for a text column with few values, those that are ILIKE the pattern, so that
a filter on it becomes an equality that an index serves; null: too many, each row is checked';
COMMENT ON COLUMN realty.resources.implied IS
	'{"column": {"value": "boolean column"}}: rows with that value have the boolean column true; a filter by the value adds
it, so that an index can serve it. The boolean column is not shown';
COMMENT ON COLUMN realty.resources.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT resources_name_is_a_path_word ON realty.resources IS
	'must be lower case letters, digits and hyphens';
COMMENT ON CONSTRAINT resources_key_column_is_short ON realty.resources IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT resources_view_is_short ON realty.resources IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT resources_search_is_short ON realty.resources IS 'must have at most 300 characters';
COMMENT ON CONSTRAINT resources_description_is_short ON realty.resources IS 'must have at most 2000 characters';
COMMENT ON CONSTRAINT resources_sort_are_few ON realty.resources IS 'must be at most 100 texts of 1 to 63 characters';
COMMENT ON CONSTRAINT resources_view_is_qualified ON realty.resources IS 'must be written schema.view';
COMMENT ON CONSTRAINT resources_singular_is_a_word ON realty.resources IS
	'must be lower case letters, digits and underscores';
COMMENT ON CONSTRAINT resources_default_sort_is_listed ON realty.resources IS
	'must be one of the sort columns';
COMMENT ON CONSTRAINT resources_embeds_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT resources_lookups_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT resources_implied_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';

-- Ids below 10000 belong to the extension: a site's rows, which a dump carries, can then
-- never meet a row that a later version installs.
CREATE TABLE realty.routes (
	id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 10000) PRIMARY KEY,
	method text NOT NULL,
	path text NOT NULL,
	handler text NOT NULL,
	resource text CONSTRAINT routes_resource_exists REFERENCES realty.resources (name),
	function text,
	parent text CONSTRAINT routes_parent_exists REFERENCES realty.resources (name),
	fixed jsonb NOT NULL DEFAULT '{}',
	params jsonb NOT NULL DEFAULT '{}',
	roles text[] NOT NULL DEFAULT '{admin}',
	status int NOT NULL DEFAULT 200,
	envelope text NOT NULL DEFAULT 'seed',
	data_key text,
	rate_class text,
	media_type text,
	tag text NOT NULL DEFAULT 'site',
	summary text NOT NULL DEFAULT '',
	description text,
	answer jsonb,
	builtin boolean NOT NULL DEFAULT false,
	CONSTRAINT routes_are_unique UNIQUE (method, path, builtin),
	CONSTRAINT routes_path_is_short CHECK (length(path) <= 500),
	CONSTRAINT routes_resource_is_short CHECK (length(resource) <= 63),
	CONSTRAINT routes_function_is_short CHECK (length(function) <= 2000),
	CONSTRAINT routes_parent_is_short CHECK (length(parent) <= 63),
	CONSTRAINT routes_data_key_is_short CHECK (length(data_key) <= 63),
	CONSTRAINT routes_media_type_is_short CHECK (length(media_type) <= 100),
	CONSTRAINT routes_tag_is_short CHECK (length(tag) <= 100),
	CONSTRAINT routes_summary_is_short CHECK (length(summary) <= 500),
	CONSTRAINT routes_description_is_short CHECK (length(description) <= 5000),
	CONSTRAINT routes_roles_are_few CHECK (realty.are_short_texts(roles, 10, 20)),
	CONSTRAINT routes_method_is_known
		CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
	CONSTRAINT routes_path_is_absolute
		CHECK (path ~ '^(/([A-Za-z0-9._~-]+|\{[a-z_][a-z0-9_]*\}))+$'),
	CONSTRAINT routes_handler_is_known
		CHECK (handler IN ('list', 'get', 'create', 'create_many', 'update', 'delete', 'set', 'call')),
	CONSTRAINT routes_call_names_a_function CHECK ((handler = 'call') = (function IS NOT NULL)),
	CONSTRAINT routes_rows_need_a_resource CHECK (handler = 'call' OR resource IS NOT NULL),
	CONSTRAINT routes_set_has_values CHECK (handler <> 'set' OR fixed <> '{}'),
	CONSTRAINT routes_fixed_is_an_object CHECK (realty.is_bounded_object(fixed, 65536)),
	CONSTRAINT routes_params_is_an_object CHECK (realty.is_bounded_object(params, 65536)),
	CONSTRAINT routes_roles_are_known
		CHECK (roles <> '{}'
			AND roles <@ '{anonymous,public,user,builder,customer,admin}'::text[]),
	CONSTRAINT routes_status_is_success CHECK (status BETWEEN 200 AND 299),
	CONSTRAINT routes_envelope_is_known CHECK (envelope IN ('seed', 'bare')),
	CONSTRAINT routes_rate_class_is_known CHECK (rate_class IN ('auth', 'read', 'write')),
	CONSTRAINT routes_media_type_is_one
		CHECK (media_type IS NULL OR (media_type ~ '^[a-z]+/[a-z0-9][a-z0-9.+-]*$' AND handler = 'call')),
	CONSTRAINT routes_answer_is_an_object CHECK (realty.is_bounded_object(answer, 65536)),
	CONSTRAINT routes_id_tells_builtin CHECK (builtin = (id < 10000))
);
COMMENT ON TABLE realty.routes IS
	'one row answers one method of one path; a site adds its own by INSERT, and overrides a builtin one with the same method and path';
COMMENT ON COLUMN realty.routes.path IS 'as /api/projects/{id}; a name in braces takes one segment';
COMMENT ON COLUMN realty.routes.handler IS
	'list, get, create, update, delete: rows of the resource; set: update with fixed values; call: a function';
COMMENT ON COLUMN realty.routes.resource IS 'the resource whose rows it handles; with call, the format of the rows in the response';
COMMENT ON COLUMN realty.routes.function IS
	'schema.name or schema.name(types) of the function that call calls, with named arguments from path, query and body';
COMMENT ON COLUMN realty.routes.parent IS
	'resource named by the first path parameter of a list: an empty list below a missing parent is a 404';
COMMENT ON COLUMN realty.routes.fixed IS 'column values or arguments that the caller does not choose';
COMMENT ON COLUMN realty.routes.params IS
	'path parameter to column or argument where the names differ: {"id": "project_id"}';
COMMENT ON COLUMN realty.routes.roles IS
	'permitted callers: public (with or without a token), user (any token), builder, customer, admin (an administrator passes everywhere); anonymous: the token is ignored';
COMMENT ON COLUMN realty.routes.status IS 'status of a success';
COMMENT ON COLUMN realty.routes.envelope IS
	'seed: {"success": …, "data": …}; bare: the body is the value of data alone';
COMMENT ON COLUMN realty.routes.data_key IS
	'key of the result under data, instead of the resource''s name; empty: no key';
COMMENT ON COLUMN realty.routes.answer IS
	'JSON Schema of the result of a function that returns jsonb, for /openapi.json; other results describe themselves';
COMMENT ON COLUMN realty.routes.rate_class IS
	'which limits of realty.rate_limit_... count it: auth, read or write; empty: read for GET, else write';
COMMENT ON COLUMN realty.routes.media_type IS
	'what a call answers instead of JSON, as text/csv: the body is the function''s result as text';
COMMENT ON COLUMN realty.routes.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT routes_resource_exists ON realty.routes IS 'names no resource';
COMMENT ON CONSTRAINT routes_parent_exists ON realty.routes IS 'names no resource';
COMMENT ON CONSTRAINT routes_are_unique ON realty.routes IS 'this method and path have a route already';
COMMENT ON CONSTRAINT routes_path_is_short ON realty.routes IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT routes_resource_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_function_is_short ON realty.routes IS 'must have at most 2000 characters';
COMMENT ON CONSTRAINT routes_parent_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_data_key_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_media_type_is_short ON realty.routes IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT routes_tag_is_short ON realty.routes IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT routes_summary_is_short ON realty.routes IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT routes_description_is_short ON realty.routes IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT routes_roles_are_few ON realty.routes IS 'must be at most 10 texts of 1 to 20 characters';
COMMENT ON CONSTRAINT routes_method_is_known ON realty.routes IS
	'must be GET, POST, PUT, PATCH or DELETE';
COMMENT ON CONSTRAINT routes_path_is_absolute ON realty.routes IS
	'must look like /api/things/{id}';
COMMENT ON CONSTRAINT routes_handler_is_known ON realty.routes IS
	'must be list, get, create, create_many, update, delete, set or call';
COMMENT ON CONSTRAINT routes_call_names_a_function ON realty.routes IS
	'a call names a function, the other handlers don''t';
COMMENT ON CONSTRAINT routes_rows_need_a_resource ON realty.routes IS 'this handler needs a resource';
COMMENT ON CONSTRAINT routes_media_type_is_one ON realty.routes IS 'must look like text/csv, with the handler call';
COMMENT ON CONSTRAINT routes_set_has_values ON realty.routes IS 'set needs fixed values';
COMMENT ON CONSTRAINT routes_fixed_is_an_object ON realty.routes IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_params_is_an_object ON realty.routes IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_roles_are_known ON realty.routes IS
	'must be some of anonymous, public, user, builder, customer, admin';
COMMENT ON CONSTRAINT routes_status_is_success ON realty.routes IS 'must be from 200 to 299';
COMMENT ON CONSTRAINT routes_envelope_is_known ON realty.routes IS 'must be seed or bare';
COMMENT ON CONSTRAINT routes_rate_class_is_known ON realty.routes IS
	'must be auth, read or write';
COMMENT ON CONSTRAINT routes_answer_is_an_object ON realty.routes IS
	'must be a JSON object, a schema of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_id_tells_builtin ON realty.routes IS
	'ids below 10000 belong to the extension';

CREATE TABLE realty.idempotency_keys (
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    key text NOT NULL
        CONSTRAINT idempotency_keys_key_has_text CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL CONSTRAINT idempotency_keys_request_hash_is_short CHECK (length(request_hash) <= 64),
    status integer NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT idempotency_keys_headers_is_an_object CHECK (realty.is_bounded_object(headers, 65536)),
    body text NOT NULL CONSTRAINT idempotency_keys_body_is_short CHECK (octet_length(body) <= 4194304),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
COMMENT ON TABLE realty.idempotency_keys IS 'First responses to requests with an Idempotency-Key, kept for 24 hours.';
COMMENT ON CONSTRAINT idempotency_keys_key_has_text ON realty.idempotency_keys IS 'must have 1 to 255 characters';
COMMENT ON CONSTRAINT idempotency_keys_request_hash_is_short ON realty.idempotency_keys IS 'must have at most 64 bytes';
COMMENT ON CONSTRAINT idempotency_keys_headers_is_an_object ON realty.idempotency_keys IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT idempotency_keys_body_is_short ON realty.idempotency_keys IS 'must have at most 4 MB';
CREATE INDEX idempotency_keys_oldest ON realty.idempotency_keys (created_at);

-- schema/20_tables/audit.sql
CREATE TABLE realty.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL CONSTRAINT audit_log_table_name_is_short CHECK (length(table_name) <= 63),
    action text NOT NULL
        CONSTRAINT audit_log_action_is_known CHECK (action IN ('insert', 'update', 'delete')),
    row_id text CONSTRAINT audit_log_row_id_is_short CHECK (length(row_id) <= 200),
    booking_id bigint,
    builder_id bigint,
    user_id bigint,
    session_role text NOT NULL DEFAULT session_user CONSTRAINT audit_log_session_role_is_short CHECK (length(session_role) <= 63),
    request_id text CONSTRAINT audit_log_request_id_is_short CHECK (length(request_id) <= 100),
    old_row jsonb CONSTRAINT audit_log_old_row_is_small CHECK (realty.jsonb_text_size_within(old_row, 65536)),
    new_row jsonb CONSTRAINT audit_log_new_row_is_small CHECK (realty.jsonb_text_size_within(new_row, 65536))
);
COMMENT ON TABLE realty.audit_log IS 'The user, time and content of each change: one entry a row, and one a statement for inserts of units. Append only.';
COMMENT ON COLUMN realty.audit_log.user_id IS 'The account that did it; empty when it was not done by an account, see session_role.';
COMMENT ON COLUMN realty.audit_log.booking_id IS 'The booking it belongs to, so that its builder can read it.';
COMMENT ON COLUMN realty.audit_log.old_row IS 'Before; of more than 64 kB the largest members are cut, and its member _cut has their sizes in bytes.';
COMMENT ON COLUMN realty.audit_log.new_row IS 'After; cut as old_row is.';
COMMENT ON CONSTRAINT audit_log_action_is_known ON realty.audit_log IS 'must be one of insert, update, delete';
COMMENT ON CONSTRAINT audit_log_table_name_is_short ON realty.audit_log IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT audit_log_row_id_is_short ON realty.audit_log IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT audit_log_session_role_is_short ON realty.audit_log IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT audit_log_request_id_is_short ON realty.audit_log IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT audit_log_old_row_is_small ON realty.audit_log IS 'must be JSON of at most 64 kB';
COMMENT ON CONSTRAINT audit_log_new_row_is_small ON realty.audit_log IS 'must be JSON of at most 64 kB';
CREATE INDEX audit_log_of_row ON realty.audit_log (table_name, row_id);
CREATE INDEX audit_log_of_booking ON realty.audit_log (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX audit_log_newest ON realty.audit_log (created_at DESC, id DESC);

-- schema/20_tables/search.sql
-- Of projects and builders the document is kept: to rank a hit is then to read it, a microsecond in place of sixteen.
-- Of units, which are a hundred times as many, it lives in the index only.
ALTER TABLE realty.projects ADD COLUMN found_by tsvector
    GENERATED ALWAYS AS (realty.project_document(name, city, state, address, rera_number, description)) STORED;

ALTER TABLE realty.builders ADD COLUMN found_by tsvector
    GENERATED ALWAYS AS (realty.builder_document(company_name, city, state, description)) STORED;
COMMENT ON COLUMN realty.projects.found_by IS 'What it is found by.';
COMMENT ON COLUMN realty.builders.found_by IS 'What it is found by.';
CREATE INDEX projects_found_by ON realty.projects USING gin (found_by);
CREATE INDEX builders_found_by ON realty.builders USING gin (found_by);
CREATE INDEX units_found_by ON realty.units
    USING gin (realty.unit_document(tower, unit_number, unit_type, facing));

-- schema/20_tables/schema_objects.sql
-- What the installed version has, so that what is gone or was opened can be named.

CREATE TABLE realty.schema_objects (
    kind text CONSTRAINT schema_objects_kind_is_short CHECK (length(kind) <= 63),
    object text CONSTRAINT schema_objects_object_is_short CHECK (length(object) <= 1000),
    definition text NOT NULL CONSTRAINT schema_objects_definition_is_short CHECK (length(definition) <= 5000),
    PRIMARY KEY (kind, object)
);
COMMENT ON TABLE realty.schema_objects IS
'What the install script made: each column, constraint, index, trigger, policy, view, function, role and right, as the catalog had it then.
CREATE EXTENSION fills it, and no dump carries it.';
COMMENT ON CONSTRAINT schema_objects_kind_is_short ON realty.schema_objects IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT schema_objects_object_is_short ON realty.schema_objects IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT schema_objects_definition_is_short ON realty.schema_objects IS 'must have at most 5000 characters';

-- schema/30_functions/identity.sql
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

-- schema/30_functions/accounts.sql
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

-- schema/30_functions/sessions.sql
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

-- schema/30_functions/settings.sql
CREATE FUNCTION realty.known_settings() RETURNS TABLE (key text, kind text, value jsonb, description text)
LANGUAGE C STABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_known_settings';
COMMENT ON FUNCTION realty.known_settings() IS
'The settings that realty itself reads or a front end expects, each with its kind (text, time_zone, number, integer) and default.';

CREATE FUNCTION realty.setting_fault(key text, value jsonb) RETURNS text
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_setting_fault';
COMMENT ON FUNCTION realty.setting_fault(text, jsonb) IS
'Why this value does not fit the setting; null when it does, or when the setting is a site''s own.';

CREATE FUNCTION realty.setting(key text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN coalesce((SELECT s.value FROM realty.system_settings s
                 WHERE s.key = setting.key AND realty.setting_fault(s.key, s.value) IS NULL),
                (SELECT k.value FROM realty.known_settings() k WHERE k.key = setting.key));
COMMENT ON FUNCTION realty.setting(text) IS
'The value of a setting: the site''s, else the default; null for one that is neither set nor known.';

CREATE FUNCTION realty.time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN realty.setting('time_zone') #>> '{}';
COMMENT ON FUNCTION realty.time_zone() IS
'The site''s time zone: for builders that set none, and for lists and counts across builders.';

CREATE FUNCTION realty.caller_time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce((SELECT b.time_zone FROM realty.builders b WHERE b.id = realty.builder_id()), realty.time_zone());
COMMENT ON FUNCTION realty.caller_time_zone() IS
'The caller''s time zone: a builder''s own, the site''s for all others.';

CREATE FUNCTION realty.today() RETURNS date
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN (statement_timestamp() AT TIME ZONE realty.caller_time_zone())::date;
COMMENT ON FUNCTION realty.today() IS 'The day it is at the caller''s: realty.caller_time_zone().';

CREATE FUNCTION realty.settings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_settings_guard';
COMMENT ON FUNCTION realty.settings_guard() IS
'Trigger: a known setting has a value of its type, and is public; updated_by is the account that writes. Error PT422.';

CREATE FUNCTION realty.is_time_zone(name text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_time_zone';
COMMENT ON FUNCTION realty.is_time_zone(text) IS 'Is this a name of the time zone database, with an area, such as Asia/Kolkata; or UTC?';

ALTER TABLE realty.builders ALTER COLUMN time_zone SET DEFAULT realty.time_zone();
ALTER TABLE realty.builders ADD CONSTRAINT builders_time_zone_exists CHECK (realty.is_time_zone(time_zone));
COMMENT ON CONSTRAINT builders_time_zone_exists ON realty.builders IS 'must be a time zone such as Asia/Kolkata';

-- schema/30_functions/transitions.sql
CREATE FUNCTION realty.guard_transition() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_transition';
COMMENT ON FUNCTION realty.guard_transition() IS
'Trigger: a status changes only as realty.transitions says. Errors PT409 (no such transition), PT403 (not yours to make).';

CREATE FUNCTION realty.transitions_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_transitions_guard';
COMMENT ON FUNCTION realty.transitions_guard() IS 'Trigger: the column that gets the time can hold one (PT422).';

CREATE FUNCTION realty.begin_transition(entity text, id bigint, to_status text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_transition';
COMMENT ON FUNCTION realty.begin_transition(text, bigint, text) IS
'Takes the locks for a change of status of a payment or a change request, in their order, and rejects an illegal one (PT409) or
one that the caller may not make (PT403). The caller has already shown that the row is visible.';

-- schema/30_functions/rows.sql
CREATE FUNCTION realty.touch() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_touch';
COMMENT ON FUNCTION realty.touch() IS 'Trigger: sets updated_at.';

CREATE FUNCTION realty.keep_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_keep_decimals';
COMMENT ON FUNCTION realty.keep_decimals() IS
'Trigger: writes the columns of its arguments with the number of decimals before them (100 as 100.00), and never rounds.';

CREATE FUNCTION realty.round_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_round_decimals';
COMMENT ON FUNCTION realty.round_decimals() IS
'Trigger: rounds the columns of its arguments to the number of decimals before them.';

CREATE FUNCTION realty.validate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_validate';
COMMENT ON FUNCTION realty.validate() IS
'Trigger: rejects a row with all of its violations at once. Error PT422; DETAIL is a JSON array of {field, message}.';

CREATE FUNCTION realty.row_faults(relation regclass, record jsonb, skip text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_row_faults';
COMMENT ON FUNCTION realty.row_faults(regclass, jsonb, text[]) IS
'The violations of a row of this relation made from the record: a JSON array of {field, message}. Columns in skip are left out,
NULL in a column with a default is not a violation.';

CREATE FUNCTION realty.refer_visibly() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refer_visibly';
COMMENT ON FUNCTION realty.refer_visibly() IS
'Trigger, with arguments column, view of api and message by threes: a reference to a row that the writer cannot see is rejected like one
to an absent row. Error PT422.';

CREATE FUNCTION realty.guard_derived() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_derived';
COMMENT ON FUNCTION realty.guard_derived() IS
'Trigger: a column (its argument: PT422) or a table (PT409) that is added up changes by triggers only.';

CREATE FUNCTION realty.refuse_truncate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refuse_truncate';
COMMENT ON FUNCTION realty.refuse_truncate() IS 'Trigger: TRUNCATE is rejected (PT409).';

CREATE FUNCTION realty.found(what anyelement) RETURNS anyelement
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_found';
COMMENT ON FUNCTION realty.found(anyelement) IS 'Its argument; error PT404 when that is null.';

CREATE FUNCTION realty.guard_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_delete';
COMMENT ON FUNCTION realty.guard_delete() IS
'Trigger: a row that others refer to is not deleted; DETAIL counts them by table (PT409).';

CREATE FUNCTION realty.refuse_faults(faults jsonb) RETURNS void
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_refuse_faults';
COMMENT ON FUNCTION realty.refuse_faults(jsonb) IS
'Error PT422 with these violations, a JSON array of {field, message}; nothing when there are none.';

CREATE FUNCTION realty.refuse_field(is_faulty boolean, field text, message text) RETURNS void
LANGUAGE sql STABLE PARALLEL SAFE
RETURN realty.refuse_faults(CASE WHEN is_faulty
                                 THEN jsonb_build_array(jsonb_build_object('field', field, 'message', message))
                                 ELSE '[]' END);
COMMENT ON FUNCTION realty.refuse_field(boolean, text, text) IS 'Error PT422 that names one argument.';

-- schema/30_functions/projects.sql
CREATE FUNCTION realty.projects_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_guard';
COMMENT ON FUNCTION realty.projects_guard() IS 'Trigger: a project stays with its builder (PT422).';

CREATE FUNCTION realty.projects_publish() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_publish';
COMMENT ON FUNCTION realty.projects_publish() IS
'Trigger: whether the project''s builder sells. Error PT409: a company that is not verified and has to be publishes nothing.';

CREATE FUNCTION realty.relist_projects() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH changed AS (
        UPDATE realty.projects p SET builder_sells = NOT p.builder_sells
        FROM realty.builders d JOIN realty.users a ON a.id = d.user_id
        WHERE p.builder_id = d.id
          AND p.builder_sells <> (a.is_active AND (d.is_verified OR NOT pg_catalog.current_setting('realty.verified_builders_only')::boolean))
        RETURNING p.id
    )
    SELECT pg_catalog.count(*) FROM changed;
END;
COMMENT ON FUNCTION realty.relist_projects() IS
'Applies a change of realty.verified_builders_only at once, as the sweeper does within realty.sweep_interval: how many projects left the market, or came back. Owner only.';

CREATE FUNCTION realty.projects_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_effects';
COMMENT ON FUNCTION realty.projects_effects() IS 'Trigger: maintains builders.total_projects and the listing of units.';

-- Whose it is, when the client may not say.
ALTER TABLE realty.projects ALTER COLUMN builder_id SET DEFAULT realty.builder_id();

-- schema/30_functions/units.sql
CREATE FUNCTION realty.units_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_guard';
COMMENT ON FUNCTION realty.units_guard() IS
'Trigger: copies builder and listing from the project; a unit''s status must agree with its active booking. Errors PT409, PT422.';

CREATE FUNCTION realty.units_amended() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_amended';
COMMENT ON FUNCTION realty.units_amended() IS 'Trigger: notifies the buyer and writes the audit log of an amendment and its reason.';

CREATE FUNCTION realty.begin_amendment(unit_id bigint, reason text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_amendment';
COMMENT ON FUNCTION realty.begin_amendment(bigint, text) IS
'Until the end of the transaction the columns that identify this unit for its buyer may change; the buyer is notified of the reason.';

CREATE FUNCTION realty.units_inventory() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_inventory';
COMMENT ON FUNCTION realty.units_inventory() IS 'Trigger: adds the statement''s difference to the inventory ledger, and what the public has seen change to unit_changes.';

CREATE FUNCTION realty.fold_inventory(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_fold_inventory';
COMMENT ON FUNCTION realty.fold_inventory(integer) IS
'Folds the ledger of at most that many projects with many rows, and returns them. For realty.sweep().';

CREATE FUNCTION realty.trim_unit_changes(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_trim_unit_changes';
COMMENT ON FUNCTION realty.trim_unit_changes(integer) IS
'Removes the old changes of at most that many projects, and returns them. For realty.sweep().';

CREATE FUNCTION realty.sees_blocked(builder_id bigint) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_sees_blocked';
COMMENT ON FUNCTION realty.sees_blocked(bigint) IS
'Does the caller see blocked units of this builder: the builder, an administrator, or without identity the owner of the table.';

CREATE FUNCTION realty.units_price_history() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_price_history';
COMMENT ON FUNCTION realty.units_price_history() IS 'Trigger: writes down the prices that the statement has changed.';

-- schema/30_functions/bookings.sql
CREATE FUNCTION realty.bookings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_guard';
COMMENT ON FUNCTION realty.bookings_guard() IS
'Trigger: which bookings are possible and how a booking may change. Errors PT409 (unit taken, hold lapsed, too many bookings, transition), PT422, PT403.';

CREATE FUNCTION realty.bookings_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_effects';
COMMENT ON FUNCTION realty.bookings_effects() IS 'Trigger: marks the unit and notifies customer and builder.';

CREATE FUNCTION realty.bookings_hold_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_hold_effects';
COMMENT ON FUNCTION realty.bookings_hold_effects() IS
'Trigger: the unit is held as long as its booking, or booked while a payment keeps it; the parties are notified of an extended hold.';

CREATE FUNCTION realty.booked_projects() RETURNS bigint[]
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_booked_projects';
COMMENT ON FUNCTION realty.booked_projects() IS 'Projects in which the caller has an active booking; empty when the caller is not a customer.';

CREATE FUNCTION realty.expire_lapsed_hold(unit_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_expire_lapsed_hold';
COMMENT ON FUNCTION realty.expire_lapsed_hold(bigint) IS
'Expires the booking whose hold of this unit has lapsed, if there is one. Every role may call it: it only records what has happened by time.';

CREATE FUNCTION realty.lock_booking(booking_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_booking';
COMMENT ON FUNCTION realty.lock_booking(bigint) IS 'Locks the booking''s row: booking first, then what hangs on it.';

ALTER TABLE realty.bookings ALTER COLUMN customer_id SET DEFAULT realty.customer_id();

-- schema/30_functions/payments.sql
CREATE FUNCTION realty.payments_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_guard';
COMMENT ON FUNCTION realty.payments_guard() IS
'Trigger: what may be scheduled, paid and refunded. Errors PT409 (transition, booking ended, hold lapsed, paid), PT422, PT403.';

CREATE FUNCTION realty.payments_reference() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_reference';
COMMENT ON FUNCTION realty.payments_reference() IS
'Trigger: a transaction reference belongs to one booking among a builder''s payments by one method. Error PT409: it is another''s.';

CREATE FUNCTION realty.payments_rollup() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_rollup';
COMMENT ON FUNCTION realty.payments_rollup() IS
'Trigger: maintains the booking''s totals of payments, once a statement. Error PT422: more than is owed, or than was paid.';

CREATE FUNCTION realty.payments_receipts() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_receipts';
COMMENT ON FUNCTION realty.payments_receipts() IS 'Trigger: gives receipt numbers, without a gap per builder and financial year.';

CREATE FUNCTION realty.payments_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_effects';
COMMENT ON FUNCTION realty.payments_effects() IS 'Trigger: notifies the parties; opens the refund of what is confirmed after its booking has ended.';

CREATE FUNCTION realty.lock_payment(payment_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_payment';
COMMENT ON FUNCTION realty.lock_payment(bigint) IS 'Locks the rows of the payment''s booking and of the payment, in this order.';

CREATE FUNCTION realty.payment_plan(plan jsonb, amount_left numeric)
RETURNS TABLE (milestone text, amount numeric, due_date date)
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_payment_plan';
COMMENT ON FUNCTION realty.payment_plan(jsonb, numeric) IS
'The instalments into which a plan divides an amount, adding up to the cent. Errors PT422 (all violations of the plan), PT409 (nothing is left).';

-- schema/30_functions/change_requests.sql
CREATE FUNCTION realty.change_requests_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_guard';
COMMENT ON FUNCTION realty.change_requests_guard() IS
'Trigger: copies unit and customer from the booking; how a change request may change. Errors PT409, PT422, PT403.';

CREATE FUNCTION realty.change_requests_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_effects';
COMMENT ON FUNCTION realty.change_requests_effects() IS
'Trigger: an approval adds its cost to the booking and opens an instalment; the other party is notified.';

-- schema/30_functions/appointments.sql
CREATE FUNCTION realty.appointments_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_appointments_guard';
COMMENT ON FUNCTION realty.appointments_guard() IS
'Trigger: when an appointment may be made and how it may change; copies the builder from the project.
Errors PT409 (time taken, over, transition), PT422, PT403.';

CREATE FUNCTION realty.appointments_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_appointments_effects';
COMMENT ON FUNCTION realty.appointments_effects() IS 'Trigger: notifies customer and builder, except the acting user.';

-- Run as the owner: so it says itself what the caller may know of.
CREATE FUNCTION realty.clock_of(resource text, row_id bigint, project_id bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT b.time_zone FROM realty.appointments a JOIN realty.builders b ON b.id = a.builder_id
         WHERE clock_of.resource = 'appointments' AND a.id = clock_of.row_id
           AND (a.customer_id = realty.customer_id() OR a.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.bookings k JOIN realty.builders b ON b.id = k.builder_id
         WHERE clock_of.resource = 'bookings' AND k.id = clock_of.row_id
           AND (k.customer_id = realty.customer_id() OR k.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.construction_updates u JOIN realty.projects p ON p.id = u.project_id
                                JOIN realty.builders b ON b.id = p.builder_id
         WHERE clock_of.resource = 'updates' AND u.id = clock_of.row_id
           AND (p.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.projects p JOIN realty.builders b ON b.id = p.builder_id
         WHERE p.id = clock_of.project_id
           AND (p.status <> 'planning' OR p.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        realty.caller_time_zone());
END;
COMMENT ON FUNCTION realty.clock_of(text, bigint, bigint) IS
'The time zone for a time without an offset: that of the appointment''s, booking''s or update''s builder, of
the project''s, else the caller''s. Owner only.';

-- The builder's clock shows no 02:30 on the day it is put forward: such a window
-- begins or ends an hour later, and one that is empty then is left out. A thousand rows of a
-- day are read, however many are stored: the caller is not the builder that stored them.
CREATE FUNCTION realty.open_hours(builder_id bigint, first_day date, last_day date) RETURNS tstzmultirange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(range_agg(CASE WHEN h.opens < h.closes THEN tstzrange(h.opens, h.closes) END), '{}')
    FROM (
        SELECT (d.day + w.opens) AT TIME ZONE b.time_zone AS opens, (d.day + w.closes) AT TIME ZONE b.time_zone AS closes
        FROM realty.builders b
             CROSS JOIN LATERAL (SELECT first_day + n AS day FROM generate_series(0, last_day - first_day) n) d
             CROSS JOIN LATERAL (
                SELECT EXISTS (SELECT FROM realty.builder_availability e
                               WHERE e.builder_id = b.id AND e.weekday IS NULL AND e.exception_date = d.day) AS is_exception,
                       EXISTS (SELECT FROM realty.builder_availability e
                               WHERE e.builder_id = b.id AND e.weekday IS NOT NULL) AS has_windows
             ) k
             CROSS JOIN LATERAL (
                (SELECT a.opens, a.closes, a.is_open FROM realty.builder_availability a
                 WHERE a.builder_id = b.id AND a.weekday IS NULL AND a.exception_date = d.day LIMIT 1000)
                UNION ALL
                (SELECT a.opens, a.closes, a.is_open FROM realty.builder_availability a
                 WHERE NOT k.is_exception AND a.builder_id = b.id AND a.weekday = extract(isodow FROM d.day)::integer LIMIT 1000)
                UNION ALL
                SELECT time '10:00', time '18:00', true
                WHERE NOT k.is_exception AND NOT k.has_windows AND extract(isodow FROM d.day) <= 6
             ) w
        WHERE b.id = open_hours.builder_id AND w.is_open
    ) h;
END;
COMMENT ON FUNCTION realty.open_hours(bigint, date, date) IS
'When the builder receives visitors on these days in the builder''s time zone: the exceptions of a day, else its weekly windows; without
any, Monday to Saturday from 10:00 to 18:00.';

CREATE FUNCTION realty.busy_hours(builder_id bigint, during tstzmultirange) RETURNS tstzmultirange
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_busy_hours';
COMMENT ON FUNCTION realty.busy_hours(bigint, tstzmultirange) IS
'When the builder''s active appointments are; without the customers, so it is public.';

CREATE FUNCTION realty.window_faults(windows jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH given AS (
        SELECT n, 'windows[' || n - 1 || ']' AS place,
               CASE jsonb_typeof(e) WHEN 'object' THEN jsonb_strip_nulls(e) ELSE '{}' END AS w, jsonb_typeof(e) AS type
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(windows) <> 'array' THEN '[]' WHEN jsonb_array_length(windows) > 1000 THEN '[]'
                                       WHEN realty.is_bounded_json(windows, 262144) THEN windows ELSE '[]' END) WITH ORDINALITY x (e, n)
    ), valid AS (
        SELECT g.n, g.place, g.w, g.type,
               g.w -> 'weekday' IN ('1', '2', '3', '4', '5', '6', '7') AS weekday,
               CASE WHEN jsonb_typeof(g.w -> 'exception_date') = 'string'
                         AND g.w ->> 'exception_date' ~ '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
                    THEN right(g.w ->> 'exception_date', 2)::integer
                         <= extract(day FROM (left(g.w ->> 'exception_date', 8) || '01')::date + interval '1 month - 1 day')
                    WHEN g.w ? 'exception_date' THEN false END AS exception_date,
               jsonb_typeof(g.w -> 'opens') = 'string'
               AND g.w ->> 'opens' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' AS opens,
               jsonb_typeof(g.w -> 'closes') = 'string'
               AND g.w ->> 'closes' ~ '^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$' AS closes,
               coalesce(g.w -> 'is_open', 'true') = 'true' AS is_open
        FROM given g
    ), hours AS (
        SELECT v.n, v.place, coalesce(v.w ->> 'weekday', v.w ->> 'exception_date') AS day,
               (v.w ->> 'opens')::time AS opens, (v.w ->> 'closes')::time AS closes
        FROM valid v WHERE CASE WHEN v.opens AND v.closes THEN v.is_open END
    ), faults (n, field, message) AS (
        SELECT 0, 'windows', 'must be an array'
        WHERE jsonb_typeof(windows) IS DISTINCT FROM 'array'
      UNION ALL
        SELECT 0, 'windows', 'must be at most 1000, in 256 kB'
        WHERE jsonb_typeof(windows) = 'array'
              AND CASE WHEN jsonb_array_length(windows) > 1000 THEN true ELSE NOT realty.is_bounded_json(windows, 262144) END
      UNION ALL
        SELECT v.n, v.place, 'must be an object' FROM valid v WHERE v.type <> 'object'
      UNION ALL
        SELECT v.n, v.place || '.' || k, 'is not a known field'
        FROM valid v, jsonb_object_keys(v.w) k
        WHERE k NOT IN ('weekday', 'exception_date', 'opens', 'closes', 'is_open')
      UNION ALL
        SELECT v.n, v.place, 'must have a weekday or an exception_date, and not both'
        FROM valid v WHERE v.type = 'object' AND (v.w ? 'weekday') = (v.w ? 'exception_date')
      UNION ALL
        SELECT v.n, v.place || '.weekday', 'must be between 1 (Monday) and 7 (Sunday)' FROM valid v WHERE NOT v.weekday
      UNION ALL
        SELECT v.n, v.place || '.exception_date', 'must be a date' FROM valid v WHERE NOT v.exception_date
      UNION ALL
        SELECT v.n, v.place || '.is_open', 'must be true or false'
        FROM valid v WHERE jsonb_typeof(v.w -> 'is_open') <> 'boolean'
      UNION ALL
        SELECT v.n, v.place || '.opens', 'must be a time such as 09:30'
        FROM valid v WHERE v.type = 'object' AND v.is_open AND v.opens IS NOT TRUE
      UNION ALL
        SELECT v.n, v.place || '.closes', 'must be a time such as 17:30'
        FROM valid v WHERE v.type = 'object' AND v.is_open AND v.closes IS NOT TRUE
      UNION ALL
        SELECT v.n, v.place || '.' || k, 'goes with is_open only'
        FROM valid v, unnest(ARRAY['opens', 'closes']) k WHERE NOT v.is_open AND v.w ? k
      UNION ALL
        SELECT h.n, h.place || '.closes', 'must be after opens' FROM hours h WHERE h.opens >= h.closes
      UNION ALL
        SELECT h.n, h.place, 'overlaps ' || min(o.place)
        FROM hours h JOIN hours o ON o.n < h.n AND o.day = h.day AND o.opens < h.closes AND h.opens < o.closes
        GROUP BY h.n, h.place
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message) ORDER BY f.n, f.field, f.message), '[]')
    FROM faults f;
END;
COMMENT ON FUNCTION realty.window_faults(jsonb) IS
'All violations of opening hours as api.set_availability accepts them: a JSON array of {field, message}.';

ALTER TABLE realty.appointments ALTER COLUMN customer_id SET DEFAULT realty.customer_id();
ALTER TABLE realty.builder_availability ALTER COLUMN builder_id SET DEFAULT realty.builder_id();

-- schema/30_functions/construction.sql
CREATE FUNCTION realty.progress_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_progress_guard';
COMMENT ON FUNCTION realty.progress_guard() IS
'Trigger: a phase stays where it is, and its actual dates follow its percentage. Errors PT422.';

CREATE FUNCTION realty.progress_rollup() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_progress_rollup';
COMMENT ON FUNCTION realty.progress_rollup() IS 'Trigger: adds the statement''s difference to the progress of units and projects.';

CREATE FUNCTION realty.updates_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_updates_guard';
COMMENT ON FUNCTION realty.updates_guard() IS
'Trigger: a report names its author, is published once, and records the progress of that time. Errors PT422.';

CREATE FUNCTION realty.updates_notify() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_updates_notify';
COMMENT ON FUNCTION realty.updates_notify() IS 'Trigger: notifies the project''s buyers of what the statement has published.';

CREATE FUNCTION realty.models_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_models_guard';
COMMENT ON FUNCTION realty.models_guard() IS 'Trigger: a model of a name that exists is its next version. Errors PT422.';

CREATE FUNCTION realty.models_retire() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_models_retire';
COMMENT ON FUNCTION realty.models_retire() IS 'Trigger: a new active version makes the earlier ones inactive.';

-- schema/30_functions/messages.sql
CREATE FUNCTION realty.messages_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_messages_guard';
COMMENT ON FUNCTION realty.messages_guard() IS
'Trigger: people need a reason to write to each other; a reply joins its thread. Errors PT403, PT422.';

CREATE FUNCTION realty.messages_notify() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_messages_notify';
COMMENT ON FUNCTION realty.messages_notify() IS 'Trigger: notifies the recipients.';

CREATE FUNCTION realty.hide_message(message_id bigint) RETURNS bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_hide_message';
COMMENT ON FUNCTION realty.hide_message(bigint) IS
'Hides a message from the caller, its sender or recipient; null when there is none to hide.';

ALTER TABLE realty.messages ALTER COLUMN sender_id SET DEFAULT realty.user_id();

-- schema/30_functions/notifications.sql
CREATE FUNCTION realty.fill_template(template text, facts jsonb) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_fill_template';
COMMENT ON FUNCTION realty.fill_template(text, jsonb) IS
'The template with each {name} replaced by the fact of that name; a name without a fact stays as it is, a null fact is empty. Cut at
20000 characters.';

CREATE FUNCTION realty.notifications_stamp() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_notifications_stamp';
COMMENT ON FUNCTION realty.notifications_stamp() IS
'Trigger: records the writing transaction, and wakes its user''s streams at the commit.';

-- schema/30_functions/outbox.sql
CREATE FUNCTION realty.outbox_take(max_letters integer DEFAULT 10)
    RETURNS TABLE (id bigint, kind text, recipient text, data jsonb, created_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
    AS 'MODULE_PATHNAME', 'realty_outbox_take';
COMMENT ON FUNCTION realty.outbox_take(integer) IS
    'e-mails to send now, the oldest first; one not reported by realty.outbox_done within five minutes is handed out again. For the mailer''s login, by a GRANT';

CREATE FUNCTION realty.outbox_done(letter_id bigint) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_outbox_done';
COMMENT ON FUNCTION realty.outbox_done(bigint) IS
    'the e-mail is sent: its secret is removed; PT404 when none with that id is waiting';

CREATE FUNCTION realty.outbox_came() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_outbox_came';
COMMENT ON FUNCTION realty.outbox_came() IS
    'Trigger: once committed, a worker notifies the listeners on realty_outbox';

-- schema/30_functions/routes.sql
-- The way in for requests. The C is in src/api; what it serves is data.
-- Every answer is a row: errors too, so nothing is raised that a client could cause.

CREATE FUNCTION realty.request(method text, path text, body jsonb DEFAULT NULL,
    headers jsonb DEFAULT '{}', OUT status int, OUT headers jsonb, OUT body text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_request';
COMMENT ON FUNCTION realty.request(text, text, jsonb, jsonb) IS
    'answers one request of the API as the user of its bearer token; path with query string';

CREATE FUNCTION realty.request_raw(method text, target text, headers text, body bytea,
    client inet, OUT status int, OUT headers text, OUT body bytea, OUT route text,
    OUT user_id bigint, OUT microseconds bigint, OUT query_id bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_request_raw';
COMMENT ON FUNCTION realty.request_raw(text, text, text, bytea, inet) IS
    'the same for bytes as a gateway received them; headers are "Name: value" lines, in and out. For its log: the route''s pattern, the caller, the time it took here, and the pg_stat_statements id of the request''s last own statement';

CREATE FUNCTION realty.ready() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_ready';
COMMENT ON FUNCTION realty.ready() IS
    'would requests be served now? The error says what is missing';

CREATE FUNCTION realty.resources_guard() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_resources_guard';
COMMENT ON FUNCTION realty.resources_guard() IS
'Trigger: the functions and columns that a resource names are of the type they are used as. Error PT422.';

CREATE FUNCTION realty.routes_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_routes_changed';
COMMENT ON FUNCTION realty.routes_changed() IS
    'Trigger: every backend reads the routes and resources anew';

-- schema/30_functions/audit.sql
CREATE FUNCTION realty.audit_image(image jsonb) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_audit_image';
COMMENT ON FUNCTION realty.audit_image(jsonb) IS
'The row as the audit log stores it: of more than 64 kB the largest members are cut, and _cut has their sizes in bytes.';

CREATE FUNCTION realty.audit() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit';
COMMENT ON FUNCTION realty.audit() IS 'Trigger: one line in the audit log for each row.';

CREATE FUNCTION realty.audit_units_insert() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_insert';
COMMENT ON FUNCTION realty.audit_units_insert() IS 'Trigger: one line in the audit log for each statement that inserts units.';

CREATE FUNCTION realty.audit_units_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_delete';
COMMENT ON FUNCTION realty.audit_units_delete() IS 'Trigger: one line in the audit log for each unit that a statement deletes.';

CREATE FUNCTION realty.audit_append_only() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_append_only';
COMMENT ON FUNCTION realty.audit_append_only() IS 'Trigger: only a superuser can alter the audit log (PT403).';

-- schema/30_functions/streams.sql
-- Streams: how far a reader has come, in the C of src/stream/stream. A cursor is a text that
-- stands for a snapshot; docs/decisions/0016 says why.

CREATE FUNCTION realty.stream_since() RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_stream_since';
COMMENT ON FUNCTION realty.stream_since() IS
'The cursor in the request''s Last-Event-ID; null without one that is good here and now.';

CREATE FUNCTION realty.stream_until() RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_stream_until';
COMMENT ON FUNCTION realty.stream_until() IS
'The upper bound of this request''s events: what its statement sees, or the gateway''s X-Realty-Until.';

CREATE FUNCTION realty.stream_floor(since text) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_floor';
COMMENT ON FUNCTION realty.stream_floor(text) IS
'Changes of all transactions below this number have been delivered: where an index scan may start.';

CREATE FUNCTION realty.stream_part(since text, until text, xact bigint, row_id bigint) RETURNS integer
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_part';
COMMENT ON FUNCTION realty.stream_part(text, text, bigint, bigint) IS
'0: the row was delivered, or is not to be delivered yet; 1: it is of the batch that the reader stopped within; 2: it is new.';

CREATE FUNCTION realty.stream_cursor(since text, until text, part integer, newest bigint, row_id bigint) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_cursor';
COMMENT ON FUNCTION realty.stream_cursor(text, text, integer, bigint, bigint) IS
'The cursor behind this row; newest is the greatest xact of all that is new.';

CREATE FUNCTION realty.stream_start(until text, newest bigint) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_start';
COMMENT ON FUNCTION realty.stream_start(text, bigint) IS
'The cursor of a reader that starts now; newest is the greatest xact visible to it.';

CREATE FUNCTION realty.stream_event(cursor text, name text, data json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.format(E'id: %s\nevent: %s\ndata: %s\n\n', cursor, name,
                             pg_catalog.replace(data::text, E'\n', ' '));
END;
COMMENT ON FUNCTION realty.stream_event(text, text, json) IS 'A server-sent event.';

CREATE FUNCTION realty.stream_is_polled() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT coalesce(nullif(pg_catalog.current_setting('request.headers', true), '')::json ->> 'prefer' ~* '\mwait=0\M', false);
END;
COMMENT ON FUNCTION realty.stream_is_polled() IS
'Does the request say Prefer: wait=0 (RFC 7240)? Then it wants one batch, and the connection is not kept open.';

CREATE FUNCTION realty.stream_answer(topic text, events text, more boolean) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.set_config('response.headers', pg_catalog.json_build_array(
        pg_catalog.json_build_object('Cache-Control', 'no-store'),
        pg_catalog.json_build_object('X-Accel-Buffering', 'no'),
        CASE WHEN NOT realty.stream_is_polled() THEN pg_catalog.json_build_object('X-Realty-Stream', topic) END)::text, true);
    SELECT coalesce(events, '') || CASE WHEN more THEN E': more\n\n' ELSE '' END;
END;
COMMENT ON FUNCTION realty.stream_answer(text, text, boolean) IS
'A batch of events as the response to a request, with the headers that let the gateway keep it open: the topic that wakes it, and whether there is more already.';

CREATE FUNCTION realty.stream_poll(seen bigint, wait integer, OUT "position" bigint, OUT until text, OUT topics text[])
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_stream_poll';
COMMENT ON FUNCTION realty.stream_poll(bigint, integer) IS
'The gateway''s wait for events, for all of its streams: the topics concerned (null: any), and a cursor to read up to. Not the events themselves.';

-- schema/30_functions/analytics.sql
CREATE FUNCTION realty.analyses_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_id() IS NULL THEN pg_catalog.pg_has_role('realty_analyst', 'USAGE')
            ELSE realty.user_type() = 'admin' END;
COMMENT ON FUNCTION realty.analyses_all() IS
'May the caller see the numbers of all builders: an administrator, or without identity a member of realty_analyst.';

-- The server's own unnest(), but for its estimate.
CREATE FUNCTION realty.unnest_few(bigint[]) RETURNS SETOF bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE ROWS 1 AS 'array_unnest';
COMMENT ON FUNCTION realty.unnest_few(bigint[]) IS
'The elements as rows. The planner expects one: for lists that are mostly that short, and whose rows are then fetched by an index.';

-- schema/30_functions/maintenance.sql
CREATE FUNCTION realty.sweep(batch integer DEFAULT 1000)
    RETURNS TABLE (what text, swept bigint, failed bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
    AS 'MODULE_PATHNAME', 'realty_sweep';
COMMENT ON FUNCTION realty.sweep(integer) IS
'Expires lapsed holds, deletes old rows and applies a changed realty.verified_builders_only, at most that many of each kind, and returns how many. Nothing depends on it.
As many as the batch: call it again. Failures are logged as warnings, and retried by the next call. For the owner, or by a GRANT.';

CREATE FUNCTION realty.statistics() RETURNS TABLE (name text, value double precision)
    LANGUAGE c VOLATILE PARALLEL RESTRICTED ROWS 20
    AS 'MODULE_PATHNAME', 'realty_statistics';
COMMENT ON FUNCTION realty.statistics() IS
'What happened in this database since the server started (names that end in _total), and its present state; null where nothing is known so far.
At most 1000 e-mails and holds are counted, so it costs a millisecond. For the owner, or by a GRANT.';

CREATE FUNCTION realty.metrics() RETURNS text
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_metrics';
COMMENT ON FUNCTION realty.metrics() IS
    'the same in Prometheus'' text format, and every error by its code; the gateway adds it to its own';

CREATE FUNCTION realty.status() RETURNS TABLE (item text, value text)
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH s AS MATERIALIZED (SELECT x.name, x.value FROM realty.statistics() x),
    checked (at) AS (SELECT ', counted ' || to_char(to_timestamp(s.value), 'YYYY-MM-DD HH24:MI:SS TZ') FROM s WHERE s.name = 'check_timestamp_seconds'),
    lines (part, item, value) AS (
        SELECT 10, 'version', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'realty')
      UNION ALL SELECT 11, 'server', concat_ws(' ', current_setting('server_version'),
            CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END, 'since', to_char(pg_postmaster_start_time(), 'YYYY-MM-DD HH24:MI TZ'))
      UNION ALL SELECT 12, 'database', current_database()
            || CASE WHEN current_database() = current_setting('realty.database') THEN ', served by the gateway' ELSE '' END
      UNION ALL SELECT 20, 'supervisor', (SELECT CASE WHEN s.value = 1 THEN 'up' ELSE 'down' END FROM s WHERE s.name = 'supervisor_up')
      UNION ALL SELECT 21, 'gateway', CASE WHEN a.connections > 0 THEN 'up, ' || a.connections || CASE a.connections WHEN 1 THEN ' connection' ELSE ' connections' END ELSE 'down' END
            || CASE WHEN current_setting('realty.gateway')::boolean THEN '' ELSE ' (realty.gateway is off)' END
        FROM (SELECT count(*) AS connections FROM pg_stat_activity a WHERE a.usename = 'realty_gateway' AND a.datname = current_database()) a
      UNION ALL SELECT 22, 'swept', coalesce((SELECT to_char(to_timestamp(s.value), 'YYYY-MM-DD HH24:MI:SS TZ') FROM s WHERE s.name = 'sweep_timestamp_seconds'), 'not since the server started')
            || CASE WHEN current_setting('realty.sweep_interval') = '0' THEN ' (realty.sweep_interval is 0)' ELSE '' END
      UNION ALL SELECT 23, 'deviations', coalesce((SELECT s.value::text FROM s WHERE s.name = 'deviations'), 'not counted yet')
            || coalesce((SELECT c.at FROM checked c), '')
      UNION ALL SELECT 24, 'schema deviations', coalesce((SELECT s.value::text FROM s WHERE s.name = 'schema_deviations'), 'not counted yet')
            || coalesce((SELECT c.at FROM checked c), '')
      UNION ALL SELECT 30, replace(s.name, '_', ' '), coalesce(s.value, 0)::bigint::text FROM s
        WHERE s.name IN ('outbox_waiting', 'outbox_lag_seconds', 'holds_lapsed')
      UNION ALL SELECT 40, 'rows of ' || c.relname || ', about', greatest(c.reltuples, 0)::bigint::text FROM pg_class c
        WHERE c.relnamespace = 'realty'::regnamespace AND c.relname IN ('users', 'projects', 'units', 'bookings', 'payments', 'notifications', 'sessions')
      UNION ALL SELECT 50, replace(regexp_replace(s.name, '_total$', ''), '_', ' ') || ' since the start', s.value::bigint::text FROM s WHERE s.name LIKE '%\_total'
      UNION ALL SELECT 60, p.name, current_setting(p.name) FROM pg_settings p WHERE p.name LIKE 'realty.%' AND p.source <> 'default'
    )
    SELECT l.item, l.value FROM lines l ORDER BY l.part, l.item COLLATE "C";
END;
COMMENT ON FUNCTION realty.status() IS
'The state of this database and its workers, for an operator: SELECT * FROM realty.status(). It lists settings that differ from
their defaults, without secrets. Deviations are those of the last check: realty.check_schema() and realty.check_invariants()
count anew. For the owner, or by a GRANT.';

-- schema/30_functions/invariants.sql
-- What always holds, recounted. One branch a rule; each row is a deviation.

-- A function with a setting is never a part of its caller's plan. As a part of load_sample_data() it was planned before any
-- row was there, for empty tables, and at a million units compared each row with each. (Compiling forty branches costs more
-- than it saves in any case.)
CREATE FUNCTION realty.check_invariants()
RETURNS TABLE (rule text, key text, expected text, actual text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET jit = off
BEGIN ATOMIC
    WITH active AS (
        SELECT b.unit_id, count(*) AS bookings, min(b.hold_expires_at) AS held_until,
               min(CASE WHEN b.status = 'completed' THEN 'sold'
                        WHEN b.status = 'pending' AND b.hold_expires_at IS NOT NULL THEN 'held'
                        ELSE 'booked' END) AS unit_status
        FROM realty.bookings b
        WHERE b.status IN ('pending', 'confirmed', 'completed')
        GROUP BY b.unit_id
    ), counted AS (
        SELECT u.project_id, count(*) AS total, count(*) FILTER (WHERE u.status = 'blocked') AS blocked FROM realty.units u GROUP BY u.project_id
    ), ledger AS (
        SELECT i.project_id, sum(i.total) AS total, sum(i.blocked) AS blocked FROM realty.inventory i GROUP BY i.project_id
    ), available AS (
        SELECT d.project_id, d.available_from, sum(d.counted) AS counted, sum(d.noted) AS noted
        FROM (SELECT u.project_id, u.held_until AS available_from, 1 AS counted, 0 AS noted
              FROM realty.units u WHERE u.status IN ('available', 'held')
              UNION ALL SELECT i.project_id, i.available_from, 0, i.available FROM realty.inventory i) d
        GROUP BY d.project_id, d.available_from
    ), payments AS (
        SELECT p.booking_id,
               sum(CASE WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END)
                   FILTER (WHERE p.status = 'paid' OR p.status = 'refunded' AND p.kind <> 'refund') AS paid,
               sum(p.amount) FILTER (WHERE p.status IN ('due', 'submitted') AND p.kind <> 'refund') AS scheduled,
               sum(p.amount) FILTER (WHERE p.status IN ('due', 'submitted') AND p.kind = 'refund') AS refunding
        FROM realty.payments p GROUP BY p.booking_id
    ), sums AS (
        SELECT b.id, b.paid_amount, b.scheduled_amount, b.refunding_amount, b.total_amount - b.discount AS owed,
               coalesce(p.paid, 0)::numeric(14,2) AS paid, coalesce(p.scheduled, 0)::numeric(14,2) AS scheduled,
               coalesce(p.refunding, 0)::numeric(14,2) AS refunding
        FROM realty.bookings b LEFT JOIN payments p ON p.booking_id = b.id
    ), receipts AS (
        SELECT b.builder_id, substring(p.receipt_number FROM '^R[0-9]+-(.*)-[0-9]+$') AS financial_year,
               count(*) AS receipts, min(substring(p.receipt_number FROM '[0-9]+$')::bigint) AS first,
               max(substring(p.receipt_number FROM '[0-9]+$')::bigint) AS last
        FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id
        WHERE p.receipt_number IS NOT NULL GROUP BY 1, 2
    ), changes AS (
        SELECT c.booking_id, sum(c.approved_cost) AS amount
        FROM realty.change_requests c WHERE c.status IN ('approved', 'completed') GROUP BY c.booking_id
    ), phases AS (
        SELECT p.project_id, p.unit_id, sum(p.weight) AS weight, sum(p.weight * p.percent) AS points
        FROM realty.project_progress p GROUP BY GROUPING SETS ((p.project_id), (p.unit_id))
    )
    SELECT 'a unit has at most one active booking', 'units ' || a.unit_id, '1', a.bookings::text
    FROM active a WHERE a.bookings > 1
  UNION ALL
    SELECT 'a unit''s status follows its active booking', 'units ' || u.id,
           coalesce(a.unit_status, 'available or blocked'), u.status
    FROM realty.units u LEFT JOIN active a ON a.unit_id = u.id
    WHERE CASE WHEN a.unit_id IS NULL THEN u.status NOT IN ('available', 'blocked')
               ELSE u.status <> a.unit_status END
  UNION ALL
    SELECT 'a held unit is held as long as its booking', 'units ' || u.id,
           a.held_until::text, u.held_until::text
    FROM realty.units u JOIN active a ON a.unit_id = u.id
    WHERE u.status = 'held' AND a.unit_status = 'held' AND u.held_until IS DISTINCT FROM a.held_until
  UNION ALL
    SELECT 'money keeps a hold', 'bookings ' || b.id, 'no end', b.hold_expires_at::text
    FROM realty.bookings b
    WHERE b.status = 'pending' AND b.hold_expires_at IS NOT NULL
          AND EXISTS (SELECT FROM realty.payments p
                      WHERE p.booking_id = b.id AND p.kind <> 'refund' AND p.status IN ('submitted', 'paid'))
  UNION ALL
    SELECT 'a booking names its unit''s project and builder', 'bookings ' || b.id,
           concat_ws(' ', u.project_id, u.builder_id), concat_ws(' ', b.project_id, b.builder_id)
    FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id
    WHERE (b.project_id, b.builder_id) IS DISTINCT FROM (u.project_id, u.builder_id)
  UNION ALL
    SELECT 'a unit names its project''s builder', 'units ' || u.id, p.builder_id::text, u.builder_id::text
    FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
    WHERE u.builder_id <> p.builder_id
  UNION ALL
    SELECT 'a unit is listed with its project', 'units ' || u.id, p.is_listed::text, u.is_listed::text
    FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
    WHERE u.is_listed <> p.is_listed
  UNION ALL
    -- of a company that is not verified either may stand: the setting may have changed since
    SELECT 'a project is sold while its builder''s account is active', 'projects ' || p.id,
           a.is_active::text, p.builder_sells::text
    FROM realty.projects p JOIN realty.builders d ON d.id = p.builder_id JOIN realty.users a ON a.id = d.user_id
    WHERE p.builder_sells <> a.is_active AND (p.builder_sells OR d.is_verified)
  UNION ALL
    SELECT 'projects.total_units equals a recount', 'projects ' || coalesce(c.project_id, l.project_id),
           coalesce(c.total, 0)::text, coalesce(l.total, 0)::text
    FROM counted c FULL JOIN ledger l ON l.project_id = c.project_id
    WHERE coalesce(c.total, 0) <> coalesce(l.total, 0)
  UNION ALL
    SELECT 'blocked units equal a recount', 'projects ' || coalesce(c.project_id, l.project_id),
           coalesce(c.blocked, 0)::text, coalesce(l.blocked, 0)::text
    FROM counted c FULL JOIN ledger l ON l.project_id = c.project_id
    WHERE coalesce(c.blocked, 0) <> coalesce(l.blocked, 0)
  UNION ALL
    SELECT 'projects.available_units equals a recount',
           concat_ws(' from ', 'projects ' || a.project_id, a.available_from), a.counted::text, a.noted::text
    FROM available a WHERE a.counted <> a.noted
  UNION ALL
    SELECT 'builders.total_projects equals a recount', 'builders ' || b.id,
           n.projects::text, b.total_projects::text
    FROM realty.builders b,
         LATERAL (SELECT count(*) AS projects FROM realty.projects p WHERE p.builder_id = b.id) n
    WHERE b.total_projects <> n.projects
  UNION ALL
    SELECT 'bookings.paid_amount equals a recount', 'bookings ' || s.id, s.paid::text, s.paid_amount::text
    FROM sums s WHERE s.paid_amount <> s.paid
  UNION ALL
    SELECT 'bookings.scheduled_amount equals a recount', 'bookings ' || s.id, s.scheduled::text, s.scheduled_amount::text
    FROM sums s WHERE s.scheduled_amount <> s.scheduled
  UNION ALL
    SELECT 'bookings.refunding_amount equals a recount', 'bookings ' || s.id, s.refunding::text, s.refunding_amount::text
    FROM sums s WHERE s.refunding_amount <> s.refunding
  UNION ALL
    SELECT 'payments stay within what is owed', 'bookings ' || s.id, 'at most ' || s.owed, (s.paid + s.scheduled)::text
    FROM sums s WHERE s.paid + s.scheduled > s.owed
  UNION ALL
    SELECT 'refunds stay within what was paid', 'bookings ' || s.id, 'at most ' || s.paid, s.refunding::text
    FROM sums s WHERE s.refunding > s.paid
  UNION ALL
    SELECT 'a refund gives back a payment of its booking', 'payments ' || r.id,
           'bookings ' || p.booking_id, 'bookings ' || r.booking_id
    FROM realty.payments r JOIN realty.payments p ON p.id = r.refund_of WHERE p.booking_id <> r.booking_id
  UNION ALL
    SELECT 'a payment''s refunds stay within it', 'payments ' || p.id, 'at most ' || p.amount, sum(r.amount)::text
    FROM realty.payments p JOIN realty.payments r ON r.refund_of = p.id
    WHERE r.status <> 'failed' GROUP BY p.id HAVING sum(r.amount) > p.amount
  UNION ALL
    SELECT 'a payment has a receipt once it is paid', 'payments ' || p.id,
           CASE WHEN p.receipt_number IS NULL THEN 'a receipt' ELSE 'none' END, coalesce(p.receipt_number, 'none')
    FROM realty.payments p
    WHERE (p.receipt_number IS NOT NULL) <> (p.kind <> 'refund' AND p.status IN ('paid', 'refunded'))
  UNION ALL
    SELECT 'a transaction reference belongs to one booking',
           concat_ws(' ', 'payment_references', coalesce(p.builder_id, r.builder_id), coalesce(p.method, r.method),
                     coalesce(p.reference_key, r.reference_key)),
           coalesce('bookings ' || p.booking_id, 'none'), coalesce('bookings ' || r.booking_id, 'none')
    FROM (SELECT DISTINCT b.builder_id, coalesce(p.method, '') AS method, p.reference_key, p.booking_id
          FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id
          WHERE p.reference_key IS NOT NULL AND p.status <> 'failed') p
         FULL JOIN realty.payment_references r ON r.builder_id = p.builder_id AND r.method = p.method
              AND r.reference_key = p.reference_key AND r.booking_id = p.booking_id
    WHERE p.booking_id IS NULL OR r.booking_id IS NULL
  UNION ALL
    SELECT 'receipts have no gap', concat_ws(' ', 'receipt_counters', coalesce(r.builder_id, c.builder_id),
                                             coalesce(r.financial_year, c.financial_year)),
           '1 to ' || coalesce(c.last_number, 0), coalesce(r.receipts, 0) || ' from ' || coalesce(r.first, 0) || ' to ' || coalesce(r.last, 0)
    FROM receipts r FULL JOIN realty.receipt_counters c
         ON c.builder_id = r.builder_id AND c.financial_year = r.financial_year
    WHERE (r.receipts, r.first, r.last) IS DISTINCT FROM (c.last_number, 1::bigint, c.last_number)
  UNION ALL
    SELECT 'a booking''s total is its price and its approved changes', 'bookings ' || b.id,
           (b.unit_price + coalesce(c.amount, 0))::text, b.total_amount::text
    FROM realty.bookings b LEFT JOIN changes c ON c.booking_id = b.id
    WHERE b.total_amount <> b.unit_price + coalesce(c.amount, 0) OR b.changes_amount <> coalesce(c.amount, 0)
  UNION ALL
    SELECT 'a change request names its booking''s unit and customer', 'change_requests ' || c.id,
           concat_ws(' ', b.unit_id, b.customer_id), concat_ws(' ', c.unit_id, c.customer_id)
    FROM realty.change_requests c JOIN realty.bookings b ON b.id = c.booking_id
    WHERE (c.unit_id, c.customer_id) <> (b.unit_id, b.customer_id)
  UNION ALL
    SELECT 'units.progress_percent equals a recount', 'units ' || u.id,
           r.percent::numeric(5,2)::text, u.progress_percent::text
    FROM realty.units u LEFT JOIN phases f ON f.unit_id = u.id,
         LATERAL (SELECT coalesce(round(f.points / f.weight, 2), 0) AS percent) r
    WHERE u.progress_percent <> r.percent
  UNION ALL
    SELECT 'the progress sums of a unit equal a recount', 'units ' || u.id,
           concat_ws(' ', coalesce(f.weight, 0), coalesce(f.points, 0)), concat_ws(' ', u.progress_weight, u.progress_points)
    FROM realty.units u LEFT JOIN phases f ON f.unit_id = u.id
    WHERE u.progress_weight <> coalesce(f.weight, 0) OR u.progress_points <> coalesce(f.points, 0)
  UNION ALL
    SELECT 'projects.progress_percent equals a recount', 'projects ' || p.id,
           r.percent::numeric(5,2)::text, p.progress_percent::text
    FROM realty.projects p LEFT JOIN phases f ON f.project_id = p.id,
         LATERAL (SELECT coalesce(round(f.points / f.weight, 2), 0) AS percent) r
    WHERE p.progress_percent <> r.percent
  UNION ALL
    SELECT 'the progress sums of a project equal a recount', 'projects ' || p.id,
           concat_ws(' ', coalesce(f.weight, 0), coalesce(f.points, 0)), concat_ws(' ', p.progress_weight, p.progress_points)
    FROM realty.projects p LEFT JOIN phases f ON f.project_id = p.id
    WHERE p.progress_weight <> coalesce(f.weight, 0) OR p.progress_points <> coalesce(f.points, 0)
  UNION ALL
    SELECT 'a phase''s unit is of its project', 'project_progress ' || p.id, u.project_id::text, p.project_id::text
    FROM realty.project_progress p JOIN realty.units u ON u.id = p.unit_id
    WHERE p.project_id <> u.project_id
  UNION ALL
    SELECT 'an account has the one profile of its type', 'users ' || u.id, u.user_type,
           coalesce(nullif(concat_ws(' ', CASE WHEN d.id IS NOT NULL THEN 'builder' END,
                                          CASE WHEN c.id IS NOT NULL THEN 'customer' END), ''), 'none')
    FROM realty.users u
         LEFT JOIN realty.builders d ON d.user_id = u.id
         LEFT JOIN realty.customers c ON c.user_id = u.id
    WHERE (d.id IS NOT NULL) <> (u.user_type = 'builder') OR (c.id IS NOT NULL) <> (u.user_type = 'customer')
  UNION ALL
    SELECT 'an appointment names its project''s builder', 'appointments ' || a.id, p.builder_id::text, a.builder_id::text
    FROM realty.appointments a JOIN realty.projects p ON p.id = a.project_id
    WHERE a.builder_id <> p.builder_id
  UNION ALL
    SELECT 'an appointment''s unit is of its project', 'appointments ' || a.id, u.project_id::text, a.project_id::text
    FROM realty.appointments a JOIN realty.units u ON u.id = a.unit_id
    WHERE a.project_id <> u.project_id
  UNION ALL
    -- ordered by their beginning, the first that two share is between neighbours
    SELECT 'active appointments do not overlap', 'appointments ' || n.id, 'no other at that time',
           'appointments ' || n.before || ' of the ' || n.whose
    FROM (SELECT a.id, p.whose, lag(a.id) OVER own AS before, a.period && lag(a.period) OVER own AS overlaps
          FROM realty.appointments a, LATERAL (VALUES ('builder', a.builder_id), ('customer', a.customer_id)) p (whose, id)
          WHERE a.status IN ('requested', 'confirmed')
          WINDOW own AS (PARTITION BY p.whose, p.id ORDER BY a.starts_at, a.id)) n
    WHERE n.overlaps
  UNION ALL
    SELECT 'a thread is between the same two', 'messages ' || m.id,
           least(t.sender_id, t.recipient_id) || ' and ' || greatest(t.sender_id, t.recipient_id),
           least(m.sender_id, m.recipient_id) || ' and ' || greatest(m.sender_id, m.recipient_id)
    FROM realty.messages m JOIN realty.messages t ON t.id = m.parent_id
    WHERE least(m.sender_id, m.recipient_id) <> least(t.sender_id, t.recipient_id)
       OR greatest(m.sender_id, m.recipient_id) <> greatest(t.sender_id, t.recipient_id)
  UNION ALL
    SELECT 'a reply is filed under the root of its thread', 'messages ' || m.id, t.parent_id::text, m.parent_id::text
    FROM realty.messages m JOIN realty.messages t ON t.id = m.parent_id
    WHERE t.parent_id IS NOT NULL
  UNION ALL
    SELECT 'a notification belongs to an account', 'notifications ' || n.id, 'users ' || n.user_id, 'none'
    FROM realty.notifications n
    WHERE NOT EXISTS (SELECT FROM realty.users u WHERE u.id = n.user_id);
END;
COMMENT ON FUNCTION realty.check_invariants() IS
'Recounts all that is stored twice and returns every deviation: rule, the row''s table and key, what it should be, what it is.
No row means that all is well. Reads every table; owner only.';

-- schema/30_functions/schema_objects.sql
-- What deparsing depends on is fixed here. Internal triggers belong to their foreign key.
CREATE FUNCTION realty.schema_facts() RETURNS TABLE (kind text, object text, definition text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET quote_all_identifiers = off
BEGIN ATOMIC
    WITH owned AS MATERIALIZED (
        SELECT d.classid, d.objid, e.extowner FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        WHERE e.extname = 'realty' AND d.deptype = 'e'
    ), relations AS MATERIALIZED (
        SELECT c.*, CASE WHEN c.relowner <> o.extowner THEN 'owner ' || pg_get_userbyid(c.relowner) END AS other_owner
        FROM pg_class c JOIN owned o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    ), facts (class, id, sub, definition) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, CASE WHEN c.relkind = 'v' THEN concat_ws(' ', c.reloptions::text, md5(pg_get_viewdef(c.oid)), c.other_owner)
            ELSE concat_ws(' ', CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
                           'persistence ' || c.relpersistence::text, 'identity ' || c.relreplident::text, c.other_owner) END
        FROM relations c
        UNION ALL
        SELECT 'pg_class'::regclass, a.attrelid, a.attnum, concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), pg_get_expr(d.adbin, d.adrelid))
        FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p')
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, 0, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indislive THEN '' ELSE ' INVALID' END
        FROM pg_index i JOIN relations c ON c.oid = i.indrelid
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, 0, concat_ws(' ', pg_get_constraintdef(k.oid),
            (SELECT 'enabled ' || string_agg(DISTINCT t.tgenabled::text, '') FROM pg_trigger t WHERE t.tgconstraint = k.oid))
        FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid, 0, 'enabled ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid, 0, concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, p.polcmd::text,
            'TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', ' ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(p.polroles) r),
            'USING ' || pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, concat_ws(' ', CASE WHEN f.prokind IN ('f', 'p') THEN md5(pg_get_functiondef(f.oid)) ELSE f.prokind::text END,
            CASE WHEN f.proowner <> o.extowner THEN 'owner ' || pg_get_userbyid(f.proowner) END)
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid
    ), rights (class, id, sub, grantee, privilege) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, a.grantee, a.privilege_type FROM relations c, aclexplode(c.relacl) a
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, t.attnum, a.grantee, a.privilege_type
        FROM relations c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, a.grantee, a.privilege_type
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, 0, a.grantee, a.privilege_type
        FROM pg_namespace n JOIN owned o ON o.classid = 'pg_namespace'::regclass AND o.objid = n.oid, aclexplode(n.nspacl) a
    )
    SELECT i.type, i.identity, f.definition FROM facts f, pg_identify_object(f.class, f.id, f.sub) i
    UNION ALL
    -- of a site's roles they may be members as it likes, but not of each other, nor of what reads everything
    SELECT 'role', r.rolname, concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'passes by row security' END,
        'member of ' || coalesce((SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname COLLATE "C") FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid AND (starts_with(g.rolname, 'realty_') OR starts_with(g.rolname, 'pg_') OR g.rolsuper OR g.rolbypassrls)), 'none'))
    FROM pg_roles r WHERE r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                        'realty_authenticator', 'realty_gateway')
    UNION ALL
    SELECT 'right', coalesce(r.rolname, 'public') || ' on ' || i.identity, string_agg(g.privilege, ', ' ORDER BY g.privilege)
    FROM rights g LEFT JOIN pg_roles r ON r.oid = g.grantee, pg_identify_object(g.class, g.id, g.sub) i
    WHERE g.grantee = 0 OR r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                         'realty_authenticator', 'realty_gateway')
    GROUP BY 2;
END;
COMMENT ON FUNCTION realty.schema_facts() IS
'What the extension''s tables, views and functions have in the catalog now. For realty.check_schema().';

CREATE FUNCTION realty.record_schema() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    DELETE FROM realty.schema_objects;
    INSERT INTO realty.schema_objects (kind, object, definition) SELECT f.kind, f.object, f.definition FROM realty.schema_facts() f;
END;
COMMENT ON FUNCTION realty.record_schema() IS
'Makes the current catalog the reference: the last step but one of each install and upgrade script, and of an upgrade of PostgreSQL.';

CREATE FUNCTION realty.is_recorded(kind text, object text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN EXISTS (SELECT FROM realty.schema_objects o WHERE o.kind = $1 AND o.object = $2);
COMMENT ON FUNCTION realty.is_recorded(text, text) IS
'Whether the install script made it; kind and object as pg_identify_object() says them. For the guard of what is dropped.';

CREATE FUNCTION realty.check_schema() RETURNS TABLE (kind text, object text, expected text, actual text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    SELECT kind, object, e.definition, a.definition
    FROM realty.schema_objects e FULL JOIN realty.schema_facts() a USING (kind, object)
    WHERE e.definition IS DISTINCT FROM a.definition
        AND (e.definition IS NOT NULL OR kind = 'right' OR kind = 'policy' AND a.definition LIKE 'PERMISSIVE%')
    ORDER BY kind COLLATE "C", object COLLATE "C";
END;
COMMENT ON FUNCTION realty.check_schema() IS
'Where the catalog differs from that of the installed version: what is missing, changed or disabled, and rights and permissive
policies that were added. No rows when all is well; a site''s own indexes, triggers and constraints are not reported. For the owner, or by a GRANT.';

-- schema/30_functions/sample_data.sql
-- Sample data: a small market to look at, and a big one to measure with.
--
-- Deterministic: every choice is a hash of a row's number, every time an offset from
-- today's midnight in India. Two loads on one day are equal, and a thousand times the
-- scale is a thousand times the rows.
--
-- Accounts, projects, phases and change requests go through every trigger. Units, bookings,
-- payments, appointments, reports and messages have a past, which the triggers of their tables do not
-- know: there a booking begins as pending, and each step of it is a statement of its own.
-- They are written whole, as a restore writes them (session_replication_role = replica), each
-- part with what the triggers would have added: the ledger, sums, receipts, notifications.
-- CHECKs and unique indexes hold there as well, and the load ends with
-- realty.check_invariants(): data that breaks a rule is refused as a whole. The audit log has one
-- line for each such part that it watches. It is several times as fast as taking each booking through its states.
--
-- The plan of projects and of bookings is computed, not stored, so that every part reads
-- the same plan. The parts run inside realty.load_sample_data, which pins the time zone and
-- the hold; all of it is the owner's alone.

CREATE FUNCTION realty.refuse_unless(holds boolean, message text, hint text) RETURNS void
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_refuse_unless';
COMMENT ON FUNCTION realty.refuse_unless(boolean, text, text) IS
'Error PT409 with this message and hint, unless the first argument is true.';

CREATE FUNCTION realty.sample_roll(n bigint, salt integer, sides integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 2147483647) % sides;
COMMENT ON FUNCTION realty.sample_roll(bigint, integer, integer) IS
'0 to sides - 1, always the same for one n and salt: sample data''s dice.';

CREATE FUNCTION realty.sample_midnight() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN date_trunc('day', now(), 'Asia/Kolkata');
COMMENT ON FUNCTION realty.sample_midnight() IS 'The instant that all times of sample data are counted from.';

-- The plan --------------------------------------------------------------------------
CREATE FUNCTION realty.sample_places()
RETURNS TABLE (place bigint, city text, state text, code text, locality text, postal_code text,
               latitude numeric, longitude numeric, rate integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
BEGIN ATOMIC
    SELECT * FROM (VALUES
        (1::bigint, 'Bangalore', 'Karnataka', 'KA', 'Whitefield', '560066', 12.9698, 77.7500, 8200),
        (2, 'Bangalore', 'Karnataka', 'KA', 'Hebbal', '560024', 13.0358, 77.5970, 9600),
        (3, 'Bangalore', 'Karnataka', 'KA', 'Electronic City', '560100', 12.8452, 77.6602, 6100),
        (4, 'Bangalore', 'Karnataka', 'KA', 'Sarjapur Road', '560035', 12.9081, 77.6860, 7900),
        (5, 'Mumbai', 'Maharashtra', 'MH', 'Powai', '400076', 19.1176, 72.9060, 21500),
        (6, 'Mumbai', 'Maharashtra', 'MH', 'Mulund West', '400080', 19.1726, 72.9425, 17200),
        (7, 'Mumbai', 'Maharashtra', 'MH', 'Chembur', '400071', 19.0622, 72.8974, 18800),
        (8, 'Pune', 'Maharashtra', 'MH', 'Hinjawadi', '411057', 18.5913, 73.7389, 6800),
        (9, 'Pune', 'Maharashtra', 'MH', 'Kharadi', '411014', 18.5515, 73.9348, 8300),
        (10, 'Pune', 'Maharashtra', 'MH', 'Baner', '411045', 18.5590, 73.7868, 8900),
        (11, 'Hyderabad', 'Telangana', 'TS', 'Gachibowli', '500032', 17.4401, 78.3489, 8600),
        (12, 'Hyderabad', 'Telangana', 'TS', 'Kokapet', '500075', 17.3949, 78.3310, 9400),
        (13, 'Hyderabad', 'Telangana', 'TS', 'Kondapur', '500084', 17.4622, 78.3568, 7800),
        (14, 'Hyderabad', 'Telangana', 'TS', 'Miyapur', '500049', 17.4968, 78.3614, 6300),
        (15, 'Chennai', 'Tamil Nadu', 'TN', 'Sholinganallur', '600119', 12.9010, 80.2279, 6700),
        (16, 'Chennai', 'Tamil Nadu', 'TN', 'Velachery', '600042', 12.9815, 80.2180, 8100),
        (17, 'Chennai', 'Tamil Nadu', 'TN', 'Porur', '600116', 13.0382, 80.1565, 6900),
        (18, 'Gurugram', 'Haryana', 'HR', 'Sector 65', '122018', 28.4020, 77.0630, 13800),
        (19, 'Gurugram', 'Haryana', 'HR', 'Dwarka Expressway', '122006', 28.4730, 76.9840, 10400),
        (20, 'Noida', 'Uttar Pradesh', 'UP', 'Sector 150', '201310', 28.4244, 77.4750, 8500),
        (21, 'Noida', 'Uttar Pradesh', 'UP', 'Sector 75', '201301', 28.5745, 77.3840, 7700),
        (22, 'Kolkata', 'West Bengal', 'WB', 'New Town', '700156', 22.5797, 88.4713, 6200),
        (23, 'Kolkata', 'West Bengal', 'WB', 'Ballygunge', '700019', 22.5280, 88.3659, 11800),
        (24, 'Kolkata', 'West Bengal', 'WB', 'Garia', '700084', 22.4629, 88.3968, 5200),
        (25, 'Ahmedabad', 'Gujarat', 'GJ', 'Bopal', '380058', 23.0330, 72.4630, 5400),
        (26, 'Ahmedabad', 'Gujarat', 'GJ', 'Thaltej', '380054', 23.0500, 72.5000, 7100),
        (27, 'Ahmedabad', 'Gujarat', 'GJ', 'Gota', '382481', 23.1013, 72.5410, 4800),
        (28, 'Kochi', 'Kerala', 'KL', 'Kakkanad', '682030', 10.0159, 76.3419, 5900),
        (29, 'Kochi', 'Kerala', 'KL', 'Edappally', '682024', 10.0261, 76.3082, 6600),
        (30, 'Kochi', 'Kerala', 'KL', 'Marine Drive', '682031', 9.9816, 76.2757, 9900)
    ) p (place, city, state, code, locality, postal_code, latitude, longitude, rate);
END;
COMMENT ON FUNCTION realty.sample_places() IS 'Locations of sample projects; rate is rupees for a square foot.';

CREATE FUNCTION realty.sample_projects(scale integer)
RETURNS TABLE (project_id bigint, builder_id bigint, place bigint, project_type text, status text, towers integer,
               floors integer, per_floor integer, age integer, progress integer)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p, (p + 1) / 2, 1 + (p - 1) * 7 % 30, s.project_type, s.status, s.towers, s.floors, s.per_floor, s.age,
           s.progress
    FROM generate_series(1, 10 * scale::bigint) p
         JOIN (VALUES
            (0, 'residential', 'construction', 2, 10,   5,  540,  62),
            (1, 'residential', 'launched',     1, 20,   5,   70,   4),
            (2, 'residential', 'completed',    4,  5,   5, 1500, 100),
            (3, 'residential', 'construction', 2, 10,   5,  420,  45),
            (4, 'plotted',     'planning',     1,  1, 100,  -45,   0),
            (5, 'mixed',       'construction', 2, 10,   5,  330,  30),
            (6, 'residential', 'launched',     5,  5,   4,   95,   2),
            (7, 'commercial',  'completed',    1, 10,  10, 1280, 100),
            (8, 'residential', 'construction', 1, 25,   4,  760,  80),
            (9, 'residential', 'on_hold',      2, 10,   5,  600,  20)
         ) s (slot, project_type, status, towers, floors, per_floor, age, progress) ON s.slot = (p - 1) % 10;
END;
COMMENT ON FUNCTION realty.sample_projects(integer) IS
'The plan of the projects: ten at scale 1, a hundred units each; age is days since the launch.';

CREATE FUNCTION realty.sample_bookings(scale integer)
RETURNS TABLE (booking_id bigint, unit_id bigint, customer_id bigint, fate text, made_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT row_number() OVER (ORDER BY d.made_at, d.unit), d.unit,
           CASE WHEN d.unit <= 1000 AND realty.sample_roll(d.unit, 21, 12) = 0
                THEN 1 + realty.sample_roll(d.unit, 55, 2)
                ELSE 1 + realty.sample_roll(d.unit, 23, 150 * scale) END,
           d.fate, d.made_at
    FROM (
        SELECT f.unit, f.fate, realty.sample_midnight()
               - make_interval(hours => 24 * CASE
                     WHEN f.fate = 'held' THEN 1
                     WHEN f.fate = 'pending' THEN 1 + realty.sample_roll(f.unit, 24, 9)
                     WHEN f.fate = 'expired' THEN 5 + realty.sample_roll(f.unit, 24, 55)
                     ELSE 20 + realty.sample_roll(f.unit, 24, f.age - 20) END)
               + make_interval(mins => 600 + realty.sample_roll(f.unit, 25, 540)) AS made_at
        FROM (
            SELECT u AS unit, p.age, CASE p.status
                WHEN 'completed' THEN CASE WHEN r < 60 THEN 'completed' WHEN r < 66 THEN 'confirmed'
                                           WHEN r < 70 THEN 'cancelled' END
                WHEN 'construction' THEN CASE WHEN r < 25 THEN 'confirmed' WHEN r < 30 THEN 'pending'
                                              WHEN r < 35 THEN 'cancelled' WHEN r < 38 THEN 'expired'
                                              WHEN r < 39 THEN 'held' END
                WHEN 'launched' THEN CASE WHEN r < 6 THEN 'confirmed' WHEN r < 14 THEN 'pending'
                                          WHEN r < 16 THEN 'cancelled' WHEN r < 19 THEN 'expired'
                                          WHEN r < 21 THEN 'held' END
                END AS fate
            FROM realty.sample_projects(scale) p,
                 generate_series(100 * p.project_id - 99, 100 * p.project_id) u,
                 LATERAL (SELECT realty.sample_roll(u, 20, 100) AS r) x
            WHERE realty.sample_roll(u, 9, 40) <> 0
        ) f
        WHERE f.fate IS NOT NULL
    ) d;
END;
COMMENT ON FUNCTION realty.sample_bookings(integer) IS
'The plan of the bookings: unit, customer, outcome and time; blocked units have none.';

-- The parts -------------------------------------------------------------------------
CREATE FUNCTION realty.sample_full_name(n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY['Aarav', 'Aditi', 'Ananya', 'Arjun', 'Deepa', 'Farhan', 'Gurpreet', 'Harish', 'Ishaan', 'Jyoti', 'Kabir',
              'Kavya', 'Lakshmi', 'Manish', 'Meera', 'Neha', 'Nikhil', 'Pooja', 'Pranav', 'Priya', 'Rahul', 'Rohan',
              'Sana', 'Sanjay', 'Shreya', 'Simran', 'Sneha', 'Suresh', 'Tanvi', 'Varun', 'Vikram', 'Zoya']
       )[1 + realty.sample_roll(n, 1, 32)] || ' ' ||
       (ARRAY['Agarwal', 'Banerjee', 'Bhat', 'Chatterjee', 'Choudhary', 'Das', 'Deshmukh', 'Fernandes', 'Ghosh', 'Gupta',
              'Iyer', 'Jain', 'Joshi', 'Kapoor', 'Khan', 'Kulkarni', 'Mehta', 'Menon', 'Mishra', 'Nair', 'Patel', 'Pillai',
              'Rao', 'Reddy', 'Shah', 'Sharma', 'Shetty', 'Singh', 'Subramanian', 'Thomas', 'Varghese', 'Verma']
       )[1 + realty.sample_roll(n, 2, 32)];
COMMENT ON FUNCTION realty.sample_full_name(bigint) IS 'A person''s name, the same for the same number.';

-- Numbers of phones start with 0 after +91, which no subscriber has.
CREATE FUNCTION realty.sample_accounts(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.users (id, email, user_type, full_name, phone, is_verified, last_login_at, created_at, updated_at)
        OVERRIDING SYSTEM VALUE
    SELECT a.id,
           coalesce(a.email, replace(lower(n.name), ' ', '.') || '.' || a.id || '@example.com'),
           a.user_type, n.name,
           format('+91 0%s %s', lpad(realty.sample_roll(a.id, 3, 10000)::text, 4, '0'),
                  lpad(realty.sample_roll(a.id, 4, 100000)::text, 5, '0')),
           a.user_type <> 'customer' OR realty.sample_roll(a.id, 5, 10) > 0,
           realty.sample_midnight() - make_interval(mins => 60 + realty.sample_roll(a.id, 6, 1000)),
           a.created_at, a.created_at
    FROM (
        SELECT 1::bigint AS id, 'admin@example.com' AS email, 'admin' AS user_type,
               realty.sample_midnight() - make_interval(hours => 24 * 2400) AS created_at
      UNION ALL
        SELECT 1 + b, CASE b WHEN 1 THEN 'builder@example.com' WHEN 2 THEN 'builder2@example.com' END, 'builder',
               realty.sample_midnight() - make_interval(hours => 24 * (1700 + realty.sample_roll(b, 7, 600)))
        FROM generate_series(1, 5 * scale::bigint) b
      UNION ALL
        SELECT 1 + 5 * scale + c, CASE c WHEN 1 THEN 'customer@example.com' WHEN 2 THEN 'customer2@example.com' END,
               'customer', coalesce(p.first_booking, realty.sample_midnight())
               - make_interval(mins => 3000 + realty.sample_roll(c, 8, 40000))
        FROM generate_series(1, 150 * scale::bigint) c
             LEFT JOIN (SELECT customer_id, min(made_at) AS first_booking
                        FROM realty.sample_bookings(scale) GROUP BY customer_id) p ON p.customer_id = c
    ) a, LATERAL (SELECT realty.sample_full_name(a.id) AS name) n
    ORDER BY a.id;

    -- one hash for all: each costs 19 MB and a hundredth of a second by design
    WITH secret AS MATERIALIZED (SELECT realty.password_hash('sample-password') AS hash)
    INSERT INTO realty.user_credentials (user_id, password_hash, password_changed_at)
    SELECT u.id, s.hash, u.created_at FROM realty.users u, secret s;

    INSERT INTO realty.builders (id, user_id, company_name, license_number, address, city, state, website, description,
                                 logo_url, is_verified, created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT b, u.id, c.name,
           format('PRM/%s/RERA/1251/%s/%s', p.code, 300 + realty.sample_roll(b, 10, 200), lpad(b::text, 6, '0')),
           format('%s, %s Main Road', 1 + realty.sample_roll(b, 11, 240), p.locality), p.city, p.state,
           'https://www.example.com/' || replace(lower(c.name), ' ', '-'),
           format('%s builds homes and offices in %s and elsewhere.', c.name, p.city),
           format('https://cdn.example.com/builders/%s/logo.png', b), b % 5 <> 0, u.created_at, u.created_at
    FROM generate_series(1, 5 * scale::bigint) b
         JOIN realty.users u ON u.id = 1 + b
         JOIN realty.sample_places() p ON p.place = 1 + (b - 1) * 14 % 30,
         LATERAL (SELECT (ARRAY['Kaveri', 'Sahyadri', 'Nilgiri', 'Malabar', 'Deccan', 'Konark', 'Vindhya', 'Aarohan',
                                'Tungabhadra', 'Himadri', 'Suvarna', 'Chandan'])[1 + (b - 1) % 12] || ' ' ||
                         (ARRAY['Developers', 'Estates', 'Homes', 'Infra', 'Habitat', 'Constructions', 'Builders']
                         )[1 + (b - 1) % 7] AS name) c
    ORDER BY b;

    INSERT INTO realty.customers (id, user_id, address, city, state, budget_min, budget_max, preferences, created_at,
                                  updated_at) OVERRIDING SYSTEM VALUE
    SELECT c, u.id, format('%s, %s', 1 + realty.sample_roll(c, 12, 400), p.locality), p.city, p.state,
           1000000.00 * m.lakhs, 2000000.00 * m.lakhs,
           jsonb_build_object('bedrooms', 1 + realty.sample_roll(c, 13, 4), 'city', p.city),
           u.created_at, u.created_at
    FROM generate_series(1, 150 * scale::bigint) c
         JOIN realty.users u ON u.id = 1 + 5 * scale + c
         JOIN realty.sample_places() p ON p.place = 1 + realty.sample_roll(c, 14, 30),
         LATERAL (SELECT 3 + realty.sample_roll(c, 15, 12) AS lakhs) m
    ORDER BY c;
END;
COMMENT ON FUNCTION realty.sample_accounts(integer) IS 'Sample data: users, their password, builders, customers.';

CREATE FUNCTION realty.sample_property(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.projects (id, builder_id, name, description, project_type, status, address, city, state, postal_code,
        latitude, longitude, launch_date, expected_completion, actual_completion, amenities, images, rera_number,
        created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT s.project_id, s.builder_id, n.name,
           format('%s by %s: %s units in %s, %s.', n.name, b.company_name, s.towers * s.floors * s.per_floor, p.locality,
                  p.city),
           s.project_type, s.status, format('Survey No. %s, %s', 20 + realty.sample_roll(s.project_id, 30, 300), p.locality),
           p.city, p.state, p.postal_code,
           round(p.latitude + (realty.sample_roll(s.project_id, 31, 200) - 100) / 10000.0, 6),
           round(p.longitude + (realty.sample_roll(s.project_id, 32, 200) - 100) / 10000.0, 6),
           l.launch, l.launch + 1100, CASE WHEN s.status = 'completed' THEN l.launch + 1160 END,
           CASE WHEN s.project_type = 'plotted' THEN ARRAY['Gated entrance', 'Avenue trees', 'Underground cabling', 'Park']
                ELSE (ARRAY['Clubhouse', 'Swimming pool', 'Gymnasium', 'Children''s play area', 'Jogging track',
                            'Power backup', 'Rainwater harvesting', 'EV charging', 'Landscaped garden', 'CCTV',
                            'Badminton court', 'Visitor parking']
                     )[1 + realty.sample_roll(s.project_id, 33, 6):6 + realty.sample_roll(s.project_id, 33, 6)] END,
           jsonb_build_array(format('https://cdn.example.com/projects/%s/front.jpg', s.project_id),
                             format('https://cdn.example.com/projects/%s/plan.jpg', s.project_id)),
           CASE p.code WHEN 'MH' THEN 'P518' || lpad((s.project_id * 37)::text, 8, '0')
                ELSE format('PRM/%s/RERA/1251/PR/%s', p.code, lpad((s.project_id * 37)::text, 6, '0')) END,
           c.made_at, c.made_at
    FROM realty.sample_projects(scale) s
         JOIN realty.builders b ON b.id = s.builder_id
         JOIN realty.sample_places() p ON p.place = s.place,
         LATERAL (SELECT (ARRAY['Lakeview', 'Palm', 'Emerald', 'Silver Oak', 'Sunrise', 'Orchid', 'Riverside', 'Banyan',
                                'Skyline', 'Meadow', 'Gulmohar', 'Lotus', 'Cedar'])[1 + (s.project_id - 1) % 13] || ' ' ||
                         CASE s.project_type WHEN 'plotted' THEN 'Enclave' WHEN 'commercial' THEN 'Business Park'
                              WHEN 'mixed' THEN 'Square'
                              ELSE (ARRAY['Residency', 'Heights', 'Grove', 'Court', 'Terraces']
                                   )[1 + (s.project_id - 1) % 5] END AS name) n,
         LATERAL (SELECT realty.sample_midnight()::date - s.age AS launch) l,
         LATERAL (SELECT realty.sample_midnight() - make_interval(hours => 24 * (greatest(s.age, 0) + 30) - 11) AS made_at) c
    ORDER BY s.project_id;
END;
COMMENT ON FUNCTION realty.sample_property(integer) IS 'Sample data: projects.';

CREATE FUNCTION realty.sample_audit(tablename text, first_id bigint, last_id bigint, lines bigint) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.audit_log (table_name, action, row_id, new_row)
    SELECT tablename, 'insert', first_id || '..' || last_id,
           jsonb_build_object('count', lines, 'first_id', first_id, 'last_id', last_id);
END;
COMMENT ON FUNCTION realty.sample_audit(text, bigint, bigint, bigint) IS 'The audit line of a part that is written whole.';

CREATE FUNCTION realty.sample_units(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.units (id, project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area,
        built_up_area, facing, price, status, held_until, features, builder_id, is_listed, created_at, updated_at)
        OVERRIDING SYSTEM VALUE
    SELECT (s.project_id - 1) * 100 + i + 1, s.project_id,
           CASE WHEN s.project_type = 'plotted' THEN '' ELSE chr(65 + i / (s.floors * s.per_floor)) END,
           CASE WHEN s.project_type <> 'plotted' THEN f.floor END,
           CASE WHEN s.project_type = 'plotted' THEN 'P-' || lpad((i + 1)::text, 3, '0')
                ELSE f.floor || lpad((f.door + 1)::text, 2, '0') END,
           k.unit_type, k.bedrooms, k.bedrooms, round(k.carpet, 2), CASE WHEN s.project_type <> 'plotted' THEN round(k.built_up, 2) END,
           (ARRAY['north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west']
           )[1 + realty.sample_roll(s.project_id * 100 + f.door, 34, 8)],
           round(round(k.built_up * p.rate * (1 + 0.005 * f.floor) * k.premium, -3), 2),
           CASE WHEN d.unit_id IS NOT NULL THEN d.status
                WHEN realty.sample_roll((s.project_id - 1) * 100 + i + 1, 9, 40) = 0 THEN 'blocked' ELSE 'available' END,
           CASE WHEN d.status = 'held' THEN realty.sample_midnight() + interval '72 hours' END,
           k.features, c.builder_id, c.status IN ('launched', 'construction', 'completed'), c.created_at, c.created_at
    FROM realty.sample_projects(scale) s
         JOIN realty.sample_places() p ON p.place = s.place
         JOIN realty.projects c ON c.id = s.project_id
         CROSS JOIN generate_series(0, 99) i
         LEFT JOIN (SELECT b.unit_id, CASE b.fate WHEN 'completed' THEN 'sold' WHEN 'held' THEN 'held' ELSE 'booked' END AS status
                    FROM realty.sample_bookings(scale) b WHERE b.fate NOT IN ('cancelled', 'expired')
         ) d ON d.unit_id = (s.project_id - 1) * 100 + i + 1,
         LATERAL (SELECT 1 + i / s.per_floor % s.floors AS floor, i % s.per_floor AS door) f,
         LATERAL (SELECT t.unit_type, t.bedrooms, t.premium, t.features, (t.area + 10 * f.door)::numeric AS carpet,
                         round((t.area + 10 * f.door) * t.loading, 0) AS built_up
                  FROM (VALUES
                      (0, '1 BHK',  1,     480, 1.30, 1.00, '["balcony"]'::jsonb),
                      (1, '2 BHK',  2,     720, 1.28, 1.00, '["balcony", "covered parking"]'),
                      (2, '3 BHK',  3,    1050, 1.28, 1.03, '["balcony", "covered parking", "utility room"]'),
                      (3, '4 BHK',  4,    1600, 1.26, 1.08, '["two balconies", "two covered parkings", "servant room"]'),
                      (4, 'Office', NULL,  900, 1.35, 1.10, '["pantry", "raised floor"]'),
                      (5, 'Shop',   NULL,  350, 1.35, 1.45, '["street front"]'),
                      (6, 'Plot',   NULL, 1200, 1.00, 0.45, '["corner road"]')
                  ) t (kind, unit_type, bedrooms, area, loading, premium, features)
                  WHERE t.kind = CASE WHEN s.project_type = 'plotted' THEN 6 WHEN s.project_type = 'commercial' THEN 4
                                      WHEN s.project_type = 'mixed' AND f.floor <= 2 THEN 5
                                      ELSE (ARRAY[1, 2, 1, 2, 3, 0, 1, 2])[1 + realty.sample_roll(s.project_id * 100 + f.door, 35, 8)]
                                      END) k
    ORDER BY s.project_id, i;

    INSERT INTO realty.inventory (project_id, available_from, total, available, blocked)
    SELECT u.project_id, u.held_until, count(*), count(*) FILTER (WHERE u.status IN ('available', 'held')),
           count(*) FILTER (WHERE u.status = 'blocked')
    FROM realty.units u GROUP BY u.project_id, u.held_until;

    SELECT realty.sample_audit('units', min(u.id), max(u.id), count(*)) FROM realty.units u;
END;
COMMENT ON FUNCTION realty.sample_units(integer) IS 'Sample data: units with a price list and the state that their bookings give them, and the ledger.';

-- What a confirmed booking pays when, and what of it has been paid by today. OFFSET 0, here and below, keeps
-- what is computed once from being computed again wherever a query names it.
CREATE FUNCTION realty.sample_instalments(booking_id bigint, total numeric, token numeric, discount numeric,
                                          confirmed_at timestamptz, completed_at timestamptz)
RETURNS TABLE (kind text, milestone text, amount numeric, due_date date, status text, method text,
               transaction_reference text, paid_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT d.kind, d.milestone, d.amount, d.due_date, d.status,
           CASE WHEN d.status <> 'due' THEN (ARRAY['bank_transfer', 'upi', 'cheque', 'online']
               )[1 + realty.sample_roll(booking_id, 45, 4)] END,
           CASE WHEN d.status <> 'due' THEN format('TXN%s%s', lpad(booking_id::text, 9, '0'), upper(substr(d.milestone, 4, 1))) END,
           CASE WHEN d.status = 'paid' THEN d.due_date - interval '13 hours' END
    FROM (
        SELECT k.*, CASE WHEN k.due_date < (m.midnight - interval '240 hours')::date THEN 'paid'
                         WHEN k.due_date < (m.midnight - interval '24 hours')::date THEN 'submitted'
                         ELSE 'due' END AS status
        FROM (SELECT realty.sample_midnight() AS midnight OFFSET 0) m,
             (VALUES
                 ('token', 'On booking', token, confirmed_at::date + 7),
                 ('instalment', 'On agreement', round(total * 0.15, 2), confirmed_at::date + 45),
                 ('instalment', 'On possession', total - discount - token - round(total * 0.15, 2),
                  coalesce(completed_at, confirmed_at + interval '700 days')::date)
             ) k (kind, milestone, amount, due_date)
        OFFSET 0) d
    WHERE confirmed_at IS NOT NULL;
END;
COMMENT ON FUNCTION realty.sample_instalments(bigint, numeric, numeric, numeric, timestamptz, timestamptz) IS
'The plan of a booking''s payments, by the time zone of the session; none before it is confirmed.';

CREATE FUNCTION realty.sample_parties()
RETURNS TABLE (booking_id bigint, customer_user_id bigint, builder_user_id bigint, facts jsonb, data jsonb)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.booking_id, f.customer_user_id, f.builder_user_id,
           jsonb_build_object('number', f.number, 'unit', f.unit, 'project', f.project, 'customer', f.customer, 'builder', f.builder),
           jsonb_build_object('booking_id', f.booking_id, 'booking_number', f.number, 'unit_id', f.unit_id, 'project_id', f.project_id)
    FROM realty.booking_parties f OFFSET 0;
END;
COMMENT ON FUNCTION realty.sample_parties() IS 'The recipients of each booking''s notifications, the facts for the templates, and the ids beside them.';

CREATE FUNCTION realty.sample_sales(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.bookings (id, booking_number, unit_id, customer_id, project_id, builder_id, status, unit_price, total_amount,
        booking_amount, discount, paid_amount, scheduled_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at,
        cancellation_reason, notes, created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT s.booking_id, format('BK-%s-%s', to_char(s.made_at AT TIME ZONE d.time_zone, 'YYYY'), 100000 + s.booking_id), s.unit_id, s.customer_id,
           u.project_id, u.builder_id, CASE s.fate WHEN 'held' THEN 'pending' ELSE s.fate END, u.price, u.price,
           a.token, a.discount, p.paid, p.scheduled, t.hold_expires_at, t.confirmed_at, t.completed_at, t.cancelled_at,
           CASE WHEN s.fate = 'cancelled' THEN (ARRAY['The loan was not approved.', 'Bought elsewhere.', 'Moving to another city.']
                )[1 + realty.sample_roll(s.unit_id, 44, 3)] END,
           CASE WHEN realty.sample_roll(s.unit_id, 41, 6) = 0 THEN 'Asks for a home loan from a partner bank.' END,
           s.made_at, coalesce(t.completed_at, t.confirmed_at, t.cancelled_at, least(t.hold_expires_at, realty.sample_midnight()), s.made_at)
    FROM realty.sample_bookings(scale) s
         JOIN realty.units u ON u.id = s.unit_id
         JOIN realty.builders d ON d.id = u.builder_id
         JOIN realty.customers c ON c.id = s.customer_id,
         LATERAL (SELECT round(round(u.price * 0.05, -3), 2) AS token,
                         CASE WHEN realty.sample_roll(s.unit_id, 40, 5) = 0 THEN round(round(u.price * 0.01, -3), 2) ELSE 0.00 END AS discount) a,
         LATERAL (SELECT CASE s.fate WHEN 'expired' THEN s.made_at + interval '24 hours'
                              WHEN 'held' THEN realty.sample_midnight() + interval '72 hours' END AS hold_expires_at,
                         CASE WHEN s.fate IN ('confirmed', 'completed')
                              THEN s.made_at + make_interval(hours => 20 + realty.sample_roll(s.unit_id, 42, 48)) END AS confirmed_at,
                         CASE WHEN s.fate = 'completed'
                              THEN s.made_at + (realty.sample_midnight() - s.made_at) * 0.7 END AS completed_at,
                         CASE WHEN s.fate = 'cancelled'
                              THEN s.made_at + make_interval(hours => 72 + realty.sample_roll(s.unit_id, 43, 168)) END AS cancelled_at) t,
         LATERAL (SELECT coalesce(sum(i.amount) FILTER (WHERE i.status = 'paid'), 0) AS paid,
                         coalesce(sum(i.amount) FILTER (WHERE i.status <> 'paid'), 0) AS scheduled
                  FROM realty.sample_instalments(s.booking_id, u.price, a.token, a.discount, t.confirmed_at, t.completed_at) i) p
    ORDER BY s.booking_id;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT a.user_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)), f.data, e.happened_at,
           CASE WHEN e.happened_at < realty.sample_midnight() - interval '96 hours' THEN e.happened_at + interval '5 hours' END
    FROM realty.bookings b
         JOIN realty.sample_parties() f ON f.booking_id = b.id,
         LATERAL (VALUES ('booking_created', b.created_at), ('booking_confirmed', b.confirmed_at),
                         ('booking_completed', b.completed_at), ('booking_cancelled', b.cancelled_at),
                         ('booking_expired', CASE WHEN b.status = 'expired' THEN b.hold_expires_at END)) e (kind, happened_at),
         LATERAL (VALUES ('customer', f.customer_user_id), ('builder', f.builder_user_id)) a (audience, user_id),
         realty.notification_templates t
    WHERE e.happened_at IS NOT NULL AND t.kind = e.kind AND t.audience = a.audience
    ORDER BY b.id;

    SELECT realty.sample_audit('bookings', min(b.id), max(b.id), count(*)) FROM realty.bookings b;
END;
COMMENT ON FUNCTION realty.sample_sales(integer) IS 'Sample data: bookings in their final state, and their notifications.';

CREATE FUNCTION realty.sample_payments(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    WITH start AS MATERIALIZED (
        SELECT realty.setting('financial_year_start_month')::integer AS month
    ), plan AS (
        SELECT b.id, b.builder_id, b.confirmed_at, i.*, y.year,
               row_number() OVER (PARTITION BY b.builder_id, y.year ORDER BY i.paid_at, b.id, i.milestone)::text AS number
        FROM realty.bookings b JOIN realty.builders d ON d.id = b.builder_id, start s,
             LATERAL realty.sample_instalments(b.id, b.total_amount, b.booking_amount, b.discount, b.confirmed_at, b.completed_at) i,
             LATERAL (SELECT i.paid_at AT TIME ZONE d.time_zone - make_interval(months => s.month - 1) AS first OFFSET 0) f,
             LATERAL (SELECT to_char(f.first, 'YYYY')
                             || CASE WHEN s.month > 1 THEN to_char(f.first + interval '1 year', '-YY') ELSE '' END AS year OFFSET 0) y
        WHERE b.confirmed_at IS NOT NULL
    ), counted AS (
        INSERT INTO realty.receipt_counters (builder_id, financial_year, last_number)
        SELECT p.builder_id, p.year, count(*) FROM plan p WHERE p.status = 'paid' GROUP BY p.builder_id, p.year
    )
    INSERT INTO realty.payments (booking_id, kind, milestone, amount, due_date, status, method, transaction_reference, paid_at,
                                 receipt_number, created_at, updated_at)
    SELECT p.id, p.kind, p.milestone, p.amount, p.due_date, p.status, p.method, p.transaction_reference, p.paid_at,
           CASE WHEN p.status = 'paid'
                THEN format('R%s-%s-%s', p.builder_id, p.year, lpad(p.number, greatest(5, length(p.number)), '0')) END,
           p.confirmed_at, coalesce(p.paid_at, p.confirmed_at)
    FROM plan p ORDER BY p.id, p.due_date, p.milestone;
    INSERT INTO realty.payment_references (builder_id, method, reference_key, booking_id)
    SELECT DISTINCT b.builder_id, p.method, p.reference_key, b.id
    FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id WHERE p.reference_key IS NOT NULL;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT a.user_id, t.kind, realty.fill_template(t.title, x.facts), rtrim(realty.fill_template(t.body, x.facts)),
           f.data || jsonb_build_object('payment_id', e.payment_id), e.happened_at,
           CASE WHEN e.happened_at < realty.sample_midnight() - interval '96 hours' THEN e.happened_at + interval '5 hours' END
    FROM (
            SELECT p.booking_id, 'payment_scheduled' AS kind, p.created_at AS happened_at, sum(p.amount) AS amount,
                   min(p.milestone) AS title, '' AS receipt, min(p.id) AS payment_id
            FROM realty.payments p GROUP BY p.booking_id, p.created_at
          UNION ALL
            SELECT p.booking_id, k.kind, k.happened_at, p.amount, p.milestone, p.receipt_number, p.id
            FROM realty.payments p,
                 LATERAL (VALUES ('payment_submitted', CASE WHEN p.status <> 'due' THEN p.due_date - interval '15 hours' END),
                                 ('payment_paid', p.paid_at)) k (kind, happened_at)
            WHERE k.happened_at IS NOT NULL
         ) e
         JOIN realty.sample_parties() f ON f.booking_id = e.booking_id,
         LATERAL (SELECT f.facts || jsonb_build_object('amount', e.amount, 'title', e.title, 'receipt', e.receipt, 'note', NULL) AS facts) x,
         LATERAL (VALUES ('customer', f.customer_user_id), ('builder', f.builder_user_id)) a (audience, user_id),
         realty.notification_templates t
    WHERE t.kind = e.kind AND t.audience = a.audience
    ORDER BY e.booking_id, e.happened_at;

    SELECT realty.sample_audit('payments', min(p.id), max(p.id), count(*)) FROM realty.payments p;
END;
COMMENT ON FUNCTION realty.sample_payments(integer) IS 'Sample data: payment plans of confirmed bookings, paid as far as they are due, with receipts.';

CREATE FUNCTION realty.sample_construction(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.project_progress (project_id, phase, sequence, weight, percent, planned_start, planned_end,
                                         actual_start, actual_end, created_at, updated_at)
    SELECT p.id, f.phase, f.sequence, f.weight, d.percent, p.launch_date + f.starts * 11,
           p.launch_date + (f.starts + f.weight) * 11,
           CASE WHEN d.percent > 0 THEN p.launch_date + f.starts * 11 + 9 END,
           CASE WHEN d.percent = 100 THEN p.launch_date + (f.starts + f.weight) * 11 + 21 END, p.created_at, p.created_at
    FROM realty.sample_projects(scale) s
         JOIN realty.projects p ON p.id = s.project_id,
         (VALUES (1, 'Excavation and foundation', 15, 0), (2, 'Structure', 35, 15), (3, 'Masonry and plaster', 15, 50),
                 (4, 'Electrical and plumbing', 15, 65), (5, 'Finishing', 15, 80), (6, 'Handover', 5, 95)
         ) f (sequence, phase, weight, starts),
         LATERAL (SELECT round(least(greatest(s.progress - f.starts, 0), f.weight) * 100.0 / f.weight, 2) AS percent) d
    WHERE s.status <> 'planning'
    ORDER BY p.id, f.sequence;

    UPDATE realty.projects p
    SET price_min = u.price_min, price_max = u.price_max
    FROM (SELECT project_id, min(price) AS price_min, max(price) AS price_max FROM realty.units GROUP BY project_id) u
    WHERE u.project_id = p.id;

    INSERT INTO realty.models_3d (project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, version,
                                  created_at, updated_at)
    SELECT p.id, m.unit_id, m.name, format('https://cdn.example.com/models/%s/%s.%s', p.id, m.file, m.format), m.format,
           4000000 + realty.sample_roll(p.id, 50, 30000000), format('https://cdn.example.com/models/%s/%s.jpg', p.id, m.file),
           1 + p.id % 3, p.created_at, p.created_at
    FROM realty.projects p,
         LATERAL (VALUES (NULL::bigint, p.name || ', whole site', 'site', 'glb'),
                         (p.id * 100 - 98, 'Show flat', 'show-flat', 'usdz')) m (unit_id, name, file, format)
    WHERE p.status <> 'planning' AND (m.unit_id IS NULL OR p.project_type = 'residential')
    ORDER BY p.id, m.file;
END;
COMMENT ON FUNCTION realty.sample_construction(integer) IS 'Sample data: phases, 3D models, price ranges.';

-- A buyer is notified once of each report on the project that is later than the booking.
CREATE FUNCTION realty.sample_reports(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.construction_updates (project_id, title, description, media, progress_percent, published_at,
                                             created_by, created_at, updated_at)
    SELECT p.id, format('%s, %s', p.name, to_char(d.day, 'FMMonth YYYY')),
           (ARRAY['Work is on schedule.', 'Rain slowed the outside work; the inside went on.',
                  'The inspector has signed off this stage.', 'Material for the next stage is on the site.'])[1 + (p.id + n) % 4],
           jsonb_build_array(format('https://cdn.example.com/projects/%s/updates/%s.jpg', p.id, n)),
           round(p.progress_percent * n / 6, 2), d.day, b.user_id, d.day, d.day
    FROM realty.sample_projects(scale) s
         JOIN realty.projects p ON p.id = s.project_id
         JOIN realty.builders b ON b.id = p.builder_id,
         generate_series(1, 6) n,
         LATERAL (SELECT realty.sample_midnight() - make_interval(hours => 24 * (greatest(s.age - 1160, 0) + (6 - n) * 30 + 3) - 15)
                         AS day) d
    WHERE s.status IN ('construction', 'completed')
    ORDER BY p.id, n;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT r.user_id, t.kind, realty.fill_template(t.title, r.facts), rtrim(realty.fill_template(t.body, r.facts)),
           jsonb_build_object('update_id', r.id, 'project_id', r.project_id, 'unit_id', NULL::bigint), r.published_at,
           CASE WHEN r.published_at < realty.sample_midnight() - interval '240 hours' THEN r.published_at + interval '5 hours' END
    FROM (SELECT c.user_id, n.id, n.project_id, n.published_at,
                 jsonb_build_object('project', p.name, 'title', n.title, 'percent', n.progress_percent) AS facts
          FROM (SELECT b.project_id, b.customer_id, min(b.created_at) AS since
                FROM realty.bookings b GROUP BY b.project_id, b.customer_id
                HAVING bool_or(b.status IN ('pending', 'confirmed', 'completed'))) w
               JOIN realty.customers c ON c.id = w.customer_id
               JOIN realty.projects p ON p.id = w.project_id
               JOIN realty.construction_updates n ON n.project_id = w.project_id AND n.published_at > w.since
          OFFSET 0) r,
         realty.notification_templates t
    WHERE t.kind = 'update_published' AND t.audience = 'customer'
    ORDER BY r.published_at, r.id;
END;
COMMENT ON FUNCTION realty.sample_reports(integer) IS 'Sample data: dated reports of construction, and their notifications.';

CREATE FUNCTION realty.sample_contacts(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes)
    SELECT b, w, '10:00', CASE w WHEN 6 THEN time '14:00' ELSE time '19:00' END
    FROM generate_series(1, 5 * scale::bigint) b, generate_series(1, 6) w ORDER BY b, w;

    -- six a builder, each at an hour of its own; Sundays move to Monday
    INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at, location, kind, status, notes,
                                     created_at, updated_at)
    SELECT (p.builder_id - 1) * 6 + k.n, p.builder_id, p.id, t.starts_at, t.starts_at + interval '45 minutes',
           CASE WHEN k.kind IN ('site_visit', 'office') THEN p.address END, k.kind, k.status, k.notes,
           least(t.starts_at, realty.sample_midnight()) - interval '40 hours',
           least(t.starts_at, realty.sample_midnight()) - interval '40 hours'
    FROM (SELECT DISTINCT ON (c.builder_id) c.* FROM realty.projects c
          WHERE c.status IN ('launched', 'construction') ORDER BY c.builder_id, c.id) p,
         (VALUES (1, 3, 'site_visit', 'confirmed', 'Wants to see the show flat.'), (2, 5, 'call', 'requested', NULL),
                 (3, -20, 'site_visit', 'completed', 'Liked the east-facing flats.'), (4, -12, 'virtual_tour', 'completed', NULL),
                 (5, -9, 'office', 'cancelled', 'Fell ill.'), (6, -4, 'site_visit', 'no_show', NULL)
         ) k (n, days, kind, status, notes),
         LATERAL (SELECT realty.sample_midnight() + make_interval(hours => 24 * k.days) AS day) d,
         LATERAL (SELECT d.day + make_interval(hours => 9 + least(k.n, 4)
                                               + CASE WHEN extract(isodow FROM d.day) = 7 THEN 24 ELSE 0 END) AS starts_at) t
    ORDER BY p.builder_id, k.n;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at)
    SELECT x.user_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)),
           jsonb_build_object('appointment_id', a.id, 'project_id', a.project_id, 'unit_id', a.unit_id, 'starts_at', a.starts_at),
           a.created_at
    FROM realty.appointments a
         JOIN realty.projects p ON p.id = a.project_id
         JOIN realty.builders d ON d.id = a.builder_id
         JOIN realty.customers c ON c.id = a.customer_id
         JOIN realty.users cu ON cu.id = c.user_id,
         LATERAL (SELECT jsonb_build_object('project', p.name, 'customer', cu.full_name, 'builder', d.company_name, 'visit', replace(a.kind, '_', ' '),
                      'time', to_char(a.starts_at AT TIME ZONE d.time_zone, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || d.time_zone || ')',
                      'reason', '') AS facts OFFSET 0) f,
         LATERAL (VALUES ('customer', c.user_id), ('builder', d.user_id)) x (audience, user_id),
         realty.notification_templates t
    WHERE a.status IN ('requested', 'confirmed') AND t.kind = 'appointment_' || a.status AND t.audience = x.audience
    ORDER BY a.id;
END;
COMMENT ON FUNCTION realty.sample_contacts(integer) IS 'Sample data: opening hours and appointments.';

CREATE FUNCTION realty.sample_changes(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title, description, category, estimated_cost,
                                        created_at, updated_at)
    SELECT b.id, b.unit_id, b.customer_id, k.title, k.description, k.category, k.cost,
           b.confirmed_at + interval '100 hours', b.confirmed_at + interval '100 hours'
    FROM realty.bookings b
         JOIN (VALUES (0, 'Open kitchen', 'Please leave out the wall to the living room.', 'layout', 45000),
                      (1, 'More sockets', 'Two more sockets in each bedroom.', 'electrical', 18000),
                      (2, 'Wooden floor', 'Laminated wood in the main bedroom.', 'finishes', 95000)
         ) k (n, title, description, category, cost) ON k.n = b.id % 3
    WHERE b.status = 'confirmed' AND realty.sample_roll(b.id, 61, 9) = 0
    ORDER BY b.id;
END;
COMMENT ON FUNCTION realty.sample_changes(integer) IS 'Sample data: change requests of confirmed bookings.';

CREATE FUNCTION realty.sample_messages(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    WITH asked AS (
        INSERT INTO realty.messages (sender_id, recipient_id, project_id, unit_id, booking_id, subject, body, read_at,
                                     created_at, updated_at)
        SELECT c.user_id, d.user_id, b.project_id, b.unit_id, b.id, 'Booking ' || b.booking_number,
               (ARRAY['When can I visit the site?', 'Which papers does the bank need from you?',
                      'Is the covered parking included?', 'Can the kitchen be changed?'])[1 + realty.sample_roll(b.id, 60, 4)],
               b.created_at + interval '9 hours', b.created_at + interval '3 hours', b.created_at + interval '3 hours'
        FROM realty.bookings b
             JOIN realty.customers c ON c.id = b.customer_id
             JOIN realty.builders d ON d.id = b.builder_id
        WHERE b.id % 3 = 0 AND b.created_at < realty.sample_midnight() - interval '48 hours'
        ORDER BY b.id
        RETURNING *
    )
    INSERT INTO realty.messages (sender_id, recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, read_at,
                                 created_at, updated_at)
    SELECT a.recipient_id, a.sender_id, a.project_id, a.unit_id, a.booking_id, a.id, 'Re: ' || a.subject,
           (ARRAY['Thank you for asking. Our office will call you tomorrow.', 'Yes, all of it is in the agreement, section 4.']
           )[1 + a.booking_id % 2],
           CASE WHEN a.booking_id % 2 = 0 THEN a.created_at + interval '15 hours' END,
           a.created_at + interval '7 hours', a.created_at + interval '7 hours'
    FROM asked a ORDER BY a.booking_id;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT m.recipient_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)),
           jsonb_build_object('message_id', m.id, 'thread_id', coalesce(m.parent_id, m.id), 'sender_id', m.sender_id),
           m.created_at, m.read_at
    FROM realty.messages m
         JOIN realty.users s ON s.id = m.sender_id,
         LATERAL (SELECT jsonb_build_object('sender', s.full_name, 'subject', m.subject, 'text', m.body) AS facts OFFSET 0) f,
         realty.notification_templates t
    WHERE t.kind = 'message_received' AND t.audience = 'recipient'
    ORDER BY m.id;
END;
COMMENT ON FUNCTION realty.sample_messages(integer) IS 'Sample data: questions about bookings, their answers, and their notifications.';

CREATE FUNCTION realty.sample_settings() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.system_settings (key, value, description, is_public) VALUES
        ('currency', '"INR"', 'Currency of every amount.', true),
        ('currency_symbol', '"\u20b9"', 'How amounts are shown.', true),
        ('area_unit', '"sq ft"', 'Unit of carpet and built-up area.', true),
        ('country', '"IN"', 'Country of the site.', true),
        ('time_zone', '"Asia/Kolkata"', 'Time zone of builders and appointments.', true),
        ('site_name', '"Realty sample"', 'Name of the site.', true),
        ('support_email', '"support@example.com"', 'Where to ask for help.', true),
        ('booking_terms', '"A booking becomes binding when the builder confirms it."', 'Shown before a booking.', true),
        ('escalation_email', '"manager@example.com"', 'Who is told of complaints.', false)
    ON CONFLICT (key) DO NOTHING;
END;
COMMENT ON FUNCTION realty.sample_settings() IS 'Sample data: settings of the site; those that exist stay.';

CREATE FUNCTION realty.sample_sequences() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT setval(s.name, greatest(pg_sequence_last_value(s.name), s.last))
    FROM (VALUES ('realty.users_id_seq'::regclass, (SELECT max(id) FROM realty.users)),
                 ('realty.builders_id_seq'::regclass, (SELECT max(id) FROM realty.builders)),
                 ('realty.customers_id_seq'::regclass, (SELECT max(id) FROM realty.customers)),
                 ('realty.projects_id_seq'::regclass, (SELECT max(id) FROM realty.projects)),
                 ('realty.units_id_seq'::regclass, (SELECT max(id) FROM realty.units)),
                 ('realty.bookings_id_seq'::regclass, (SELECT max(id) FROM realty.bookings)),
                 ('realty.booking_numbers'::regclass, 100000 + (SELECT max(id) FROM realty.bookings))) s (name, last);
END;
COMMENT ON FUNCTION realty.sample_sequences() IS 'Sample data gives its own ids: the sequences go on after them.';

-- The entrance ----------------------------------------------------------------------
CREATE FUNCTION realty.load_sample_data(scale integer DEFAULT 1) RETURNS TABLE (what text, rows bigint)
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 16
SET TimeZone = 'Asia/Kolkata' SET realty.hold_minutes = 0
    SET realty.max_open_bookings_per_customer = 0 SET realty.max_requested_appointments_per_customer = 0 SET work_mem = '256MB'
BEGIN ATOMIC
    SELECT realty.refuse_unless(scale BETWEEN 1 AND 10000, 'the scale must be between 1 and 10000', 'Scale 1 is a thousand units.');
    SELECT realty.refuse_unless(NOT EXISTS (SELECT FROM realty.users), 'this database has accounts already',
                                'Sample data goes into an empty database only.');
    SELECT realty.sample_accounts(scale);
    SELECT realty.sample_property(scale);
    SELECT realty.sample_units(scale);
    SELECT realty.sample_contacts(scale);
    SELECT realty.sample_sales(scale);
    SELECT realty.sample_payments(scale);
    SELECT realty.sample_construction(scale);
    SELECT realty.sample_reports(scale);
    SELECT realty.sample_changes(scale);
    SELECT realty.sample_messages(scale);
    SELECT realty.sample_settings();
    SELECT realty.sample_sequences();
    SELECT realty.refuse_unless(NOT EXISTS (SELECT FROM realty.check_invariants()), 'the sample data breaks a rule of the site',
                                'SELECT * FROM realty.check_invariants() on another site tells which rules there are.');
    SELECT 'users', count(*) FROM realty.users
    UNION ALL SELECT 'builders', count(*) FROM realty.builders
    UNION ALL SELECT 'customers', count(*) FROM realty.customers
    UNION ALL SELECT 'projects', count(*) FROM realty.projects
    UNION ALL SELECT 'units', count(*) FROM realty.units
    UNION ALL SELECT 'bookings', count(*) FROM realty.bookings
    UNION ALL SELECT 'payments', count(*) FROM realty.payments
    UNION ALL SELECT 'appointments', count(*) FROM realty.appointments
    UNION ALL SELECT 'project_progress', count(*) FROM realty.project_progress
    UNION ALL SELECT 'construction_updates', count(*) FROM realty.construction_updates
    UNION ALL SELECT 'models_3d', count(*) FROM realty.models_3d
    UNION ALL SELECT 'messages', count(*) FROM realty.messages
    UNION ALL SELECT 'change_requests', count(*) FROM realty.change_requests
    UNION ALL SELECT 'notifications', count(*) FROM realty.notifications
    UNION ALL SELECT 'system_settings', count(*) FROM realty.system_settings;
END;
COMMENT ON FUNCTION realty.load_sample_data(integer) IS
'Fills an empty database with a believable market: a thousand units at scale 1, linear beyond; says what it made. Every account''s
password is known (see README), so never on a site. PT409 when there are accounts. Owner only.';

-- schema/40_triggers/identity.sql
CREATE TRIGGER database_identity_100_replace BEFORE INSERT ON realty.database_identity
    FOR EACH ROW EXECUTE FUNCTION realty.database_replace();

-- a restore brings the identity of the original along
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_100_replace;
CREATE TRIGGER database_identity_900_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON realty.database_identity
    FOR EACH STATEMENT EXECUTE FUNCTION realty.database_changed();
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_900_changed;

-- schema/40_triggers/accounts.sql
CREATE TRIGGER users_000_no_truncate BEFORE TRUNCATE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER users_050_delete_begins BEFORE DELETE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.users_delete_begins();
CREATE TRIGGER users_100_guard BEFORE UPDATE OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_guard();
CREATE TRIGGER users_200_contact BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_contact();

-- However it is set: WHEN compares what is stored, not the columns that the statement names.
CREATE TRIGGER users_500_deactivated AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION realty.users_access('account deactivated');
CREATE TRIGGER users_500_email_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION realty.users_access('e-mail address changed');
CREATE TRIGGER users_500_relist AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active AND NEW.user_type = 'builder') EXECUTE FUNCTION realty.builders_relist();
CREATE TRIGGER users_500_type_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type IS DISTINCT FROM NEW.user_type) EXECUTE FUNCTION realty.users_access('type of account changed');
CREATE TRIGGER users_510_last_admin AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type = 'admin' AND OLD.is_active AND NOT (NEW.user_type = 'admin' AND NEW.is_active))
    EXECUTE FUNCTION realty.users_last_admin();
CREATE TRIGGER users_700_touch BEFORE UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER users_800_validate BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER users_900_audit AFTER INSERT OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
CREATE TRIGGER users_900_audit_update AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN ((OLD.email, OLD.user_type, OLD.full_name, OLD.phone, OLD.is_active, OLD.is_verified, OLD.anonymised_at) IS DISTINCT FROM (NEW.email, NEW.user_type, NEW.full_name, NEW.phone, NEW.is_active, NEW.is_verified, NEW.anonymised_at))
    EXECUTE FUNCTION realty.audit();

CREATE TRIGGER builders_000_no_truncate BEFORE TRUNCATE ON realty.builders
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builders_100_derived_insert BEFORE INSERT ON realty.builders
    FOR EACH ROW WHEN (NEW.total_projects <> 0) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER builders_100_derived_update BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects IS DISTINCT FROM NEW.total_projects) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER builders_100_guard BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('builder');
CREATE TRIGGER builders_100_guard_delete BEFORE DELETE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();

-- What was verified was this name and this licence.
CREATE TRIGGER builders_200_unverify BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (NEW.is_verified AND (OLD.company_name, OLD.license_number) IS DISTINCT FROM (NEW.company_name, NEW.license_number))
    EXECUTE FUNCTION realty.builders_unverify();
CREATE TRIGGER builders_500_relist AFTER UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.is_verified <> NEW.is_verified) EXECUTE FUNCTION realty.builders_relist();

-- not for a count: the time of a draft is its builder's alone
CREATE TRIGGER builders_700_touch BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects = NEW.total_projects) EXECUTE FUNCTION realty.touch();
CREATE TRIGGER builders_800_validate BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER customers_000_no_truncate BEFORE TRUNCATE ON realty.customers
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();

-- Decimals, before the guards, which ask whether an amount has changed
CREATE TRIGGER customers_010_decimals BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'budget_min', 'budget_max');
CREATE TRIGGER customers_100_guard BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('customer');
CREATE TRIGGER customers_100_guard_delete BEFORE DELETE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER customers_700_touch BEFORE UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER customers_800_validate BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/sessions.sql
CREATE TRIGGER sessions_100_guard BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION realty.sessions_guard();
CREATE TRIGGER sessions_500_ended AFTER UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION realty.sessions_ended();
CREATE TRIGGER sessions_800_validate BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_reason IS DISTINCT FROM NEW.revoked_reason) EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/settings.sql
CREATE TRIGGER system_settings_000_no_truncate BEFORE TRUNCATE ON realty.system_settings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER system_settings_100_guard BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.settings_guard();
CREATE TRIGGER system_settings_700_touch BEFORE UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER system_settings_800_validate BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER system_settings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

-- schema/40_triggers/transitions.sql
CREATE TRIGGER transitions_100_guard BEFORE INSERT OR UPDATE ON realty.transitions
    FOR EACH ROW EXECUTE FUNCTION realty.transitions_guard();

-- schema/40_triggers/projects.sql
CREATE TRIGGER projects_000_no_truncate BEFORE TRUNCATE ON realty.projects
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER projects_010_coordinates BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.round_decimals('6', 'latitude', 'longitude');
CREATE TRIGGER projects_010_decimals BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price_min', 'price_max');
CREATE TRIGGER projects_100_derived_insert BEFORE INSERT ON realty.projects
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER projects_100_derived_update BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER projects_100_guard BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER projects_100_guard_builder BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.builder_id IS DISTINCT FROM NEW.builder_id) EXECUTE FUNCTION realty.projects_guard();
CREATE TRIGGER projects_100_guard_delete BEFORE DELETE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER projects_200_insert_publish BEFORE INSERT ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_200_update_publish BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_500_delete_effects AFTER DELETE ON realty.projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_insert_effects AFTER INSERT ON realty.projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_update_effects AFTER UPDATE ON realty.projects
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_700_touch BEFORE UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER projects_800_validate BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/units.sql
CREATE TRIGGER units_000_no_truncate BEFORE TRUNCATE ON realty.units
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER units_010_decimals BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price', 'carpet_area', 'built_up_area', '0', 'bedrooms', 'bathrooms');

-- References, before any guard that reads as the owner; each in the guard's own words for what is not there
CREATE TRIGGER units_020_references BEFORE INSERT OR UPDATE OF project_id ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project');
CREATE TRIGGER units_100_derived_insert BEFORE INSERT ON realty.units
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_derived_update BEFORE UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_guard BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.units_guard();
CREATE TRIGGER units_100_guard_delete BEFORE DELETE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER units_500_delete_inventory AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_insert_inventory AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_update_inventory AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_update_price_history AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_price_history();
CREATE TRIGGER units_550_amended AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (NEW.status IN ('held', 'booked', 'sold') AND (OLD.tower, OLD.floor, OLD.unit_number, OLD.unit_type, OLD.carpet_area, OLD.built_up_area)
        IS DISTINCT FROM (NEW.tower, NEW.floor, NEW.unit_number, NEW.unit_type, NEW.carpet_area, NEW.built_up_area))
    EXECUTE FUNCTION realty.units_amended();
CREATE TRIGGER units_700_touch BEFORE UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER units_800_validate BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER units_900_audit_delete AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_delete();
CREATE TRIGGER units_900_audit_insert AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_insert();
CREATE TRIGGER units_900_audit_update AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION realty.audit();

CREATE TRIGGER inventory_000_no_truncate BEFORE TRUNCATE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER inventory_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

CREATE TRIGGER unit_changes_000_no_truncate BEFORE TRUNCATE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER unit_changes_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

-- schema/40_triggers/bookings.sql
CREATE TRIGGER bookings_000_no_truncate BEFORE TRUNCATE ON realty.bookings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER bookings_010_decimals BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'unit_price', 'total_amount', 'booking_amount', 'discount');

-- Before the guard: a status named in SET is meant to change, and a second cancellation is an error.
CREATE TRIGGER bookings_090_same_status BEFORE UPDATE OF status ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER bookings_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_guard();
CREATE TRIGGER bookings_500_hold_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status AND OLD.hold_expires_at IS DISTINCT FROM NEW.hold_expires_at)
    EXECUTE FUNCTION realty.bookings_hold_effects();
CREATE TRIGGER bookings_500_insert_effects AFTER INSERT ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_500_update_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_700_touch BEFORE UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER bookings_800_validate BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER bookings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

-- schema/40_triggers/payments.sql
CREATE TRIGGER payments_000_no_truncate BEFORE TRUNCATE ON realty.payments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payments_010_decimals BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'amount');
CREATE TRIGGER payments_090_same_status BEFORE UPDATE OF status ON realty.payments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER payments_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.payments_guard();
CREATE TRIGGER payments_400_delete_reference AFTER DELETE ON realty.payments
    FOR EACH ROW WHEN (OLD.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_insert_reference AFTER INSERT ON realty.payments
    FOR EACH ROW WHEN (NEW.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_update_reference AFTER UPDATE ON realty.payments
    FOR EACH ROW WHEN ((OLD.reference_key IS NOT NULL OR NEW.reference_key IS NOT NULL)
        AND (OLD.reference_key IS DISTINCT FROM NEW.reference_key OR OLD.method IS DISTINCT FROM NEW.method
             OR (OLD.status = 'failed') <> (NEW.status = 'failed')))
    EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_500_delete_rollup AFTER DELETE ON realty.payments
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_insert_rollup AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_update_rollup AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_600_update_receipts AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_receipts();
CREATE TRIGGER payments_650_insert_effects AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();
CREATE TRIGGER payments_650_update_effects AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();
CREATE TRIGGER payments_700_touch BEFORE UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER payments_800_validate BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER payments_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

CREATE TRIGGER payment_references_000_no_truncate BEFORE TRUNCATE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payment_references_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

CREATE TRIGGER receipt_counters_000_no_truncate BEFORE TRUNCATE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER receipt_counters_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

-- schema/40_triggers/change_requests.sql
CREATE TRIGGER change_requests_000_no_truncate BEFORE TRUNCATE ON realty.change_requests
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER change_requests_010_decimals BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'estimated_cost', 'approved_cost', 'accepted_cost');
CREATE TRIGGER change_requests_090_same_status BEFORE UPDATE OF status ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER change_requests_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_guard();
CREATE TRIGGER change_requests_500_accept_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status AND (OLD.accepted_cost IS DISTINCT FROM NEW.accepted_cost
        OR OLD.estimated_cost IS DISTINCT FROM NEW.estimated_cost)) EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_insert_effects AFTER INSERT ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_update_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_700_touch BEFORE UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER change_requests_800_validate BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER change_requests_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

-- schema/40_triggers/appointments.sql
CREATE TRIGGER appointments_000_no_truncate BEFORE TRUNCATE ON realty.appointments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();

-- Before the guard: a status named in SET is meant to change, as with bookings.
CREATE TRIGGER appointments_090_same_status BEFORE UPDATE OF status ON realty.appointments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER appointments_100_guard BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_guard();
CREATE TRIGGER appointments_500_delete_effects BEFORE DELETE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_500_effects AFTER INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_700_touch BEFORE UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER appointments_800_validate BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER builder_availability_000_no_truncate BEFORE TRUNCATE ON realty.builder_availability
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builder_availability_700_touch BEFORE UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER builder_availability_800_validate BEFORE INSERT OR UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/construction.sql
CREATE TRIGGER project_progress_000_no_truncate BEFORE TRUNCATE ON realty.project_progress
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER project_progress_010_decimals BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'weight', 'percent');
CREATE TRIGGER project_progress_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER project_progress_100_guard BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.progress_guard();
CREATE TRIGGER project_progress_500_delete_rollup AFTER DELETE ON realty.project_progress
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_insert_rollup AFTER INSERT ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_update_rollup AFTER UPDATE ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_700_touch BEFORE UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER project_progress_800_validate BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER construction_updates_000_no_truncate BEFORE TRUNCATE ON realty.construction_updates
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER construction_updates_010_decimals BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'progress_percent');
CREATE TRIGGER construction_updates_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER construction_updates_100_guard BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.updates_guard();
CREATE TRIGGER construction_updates_500_insert_notify AFTER INSERT ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();
CREATE TRIGGER construction_updates_500_update_notify AFTER UPDATE ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();
CREATE TRIGGER construction_updates_700_touch BEFORE UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER construction_updates_800_validate BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER models_3d_000_no_truncate BEFORE TRUNCATE ON realty.models_3d
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER models_3d_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER models_3d_100_guard BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.models_guard();
CREATE TRIGGER models_3d_500_retire AFTER INSERT ON realty.models_3d
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.models_retire();
CREATE TRIGGER models_3d_700_touch BEFORE UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER models_3d_800_validate BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/messages.sql
CREATE TRIGGER messages_000_no_truncate BEFORE TRUNCATE ON realty.messages
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER messages_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id, booking_id, parent_id ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project of the builder',
        'unit_id', 'units', 'names no unit of the project or booking', 'booking_id', 'bookings', 'names no booking of the two',
        'parent_id', 'messages', 'names no message between the two');
CREATE TRIGGER messages_100_guard BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.messages_guard();
CREATE TRIGGER messages_100_guard_delete BEFORE DELETE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER messages_500_notify AFTER INSERT ON realty.messages
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.messages_notify();
CREATE TRIGGER messages_700_touch BEFORE UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER messages_800_validate BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/notifications.sql
CREATE TRIGGER notifications_000_no_truncate BEFORE TRUNCATE ON realty.notifications
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER notifications_100_stamp BEFORE INSERT ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.notifications_stamp();

-- a restore brings the numbers of another cluster along
ALTER TABLE realty.notifications ENABLE ALWAYS TRIGGER notifications_100_stamp;
CREATE TRIGGER notifications_800_validate BEFORE INSERT OR UPDATE ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- schema/40_triggers/outbox.sql
CREATE TRIGGER outbox_900_wake AFTER INSERT ON realty.outbox
    FOR EACH ROW EXECUTE FUNCTION realty.outbox_came();

-- schema/40_triggers/routes.sql
CREATE TRIGGER resources_100_guard BEFORE INSERT OR UPDATE ON realty.resources
    FOR EACH ROW EXECUTE FUNCTION realty.resources_guard();

-- Backends keep the routes in memory; a change of the rows must reach them all, and so
-- must one made while triggers are off (a restore): hence ALWAYS.
CREATE TRIGGER resources_900_reread AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON realty.resources
    FOR EACH STATEMENT EXECUTE FUNCTION realty.routes_changed();
ALTER TABLE realty.resources ENABLE ALWAYS TRIGGER resources_900_reread;

CREATE TRIGGER routes_900_reread AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON realty.routes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.routes_changed();
ALTER TABLE realty.routes ENABLE ALWAYS TRIGGER routes_900_reread;

-- schema/40_triggers/audit.sql
CREATE TRIGGER audit_log_100_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON realty.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_append_only();

-- schema/50_policies/identity.sql
ALTER TABLE realty.database_identity ENABLE ROW LEVEL SECURITY;

-- schema/50_policies/accounts.sql
ALTER TABLE realty.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.user_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builders ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.customers ENABLE ROW LEVEL SECURITY;

CREATE POLICY users_read_themselves ON realty.users FOR SELECT TO realty_customer, realty_builder
    USING (id = (SELECT realty.user_id()));
CREATE POLICY users_update_themselves ON realty.users FOR UPDATE TO realty_customer, realty_builder
    USING (id = (SELECT realty.user_id()))
    WITH CHECK (id = (SELECT realty.user_id()));
CREATE POLICY users_admin_manages_all ON realty.users FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY builders_are_public ON realty.builders FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY builders_update_themselves ON realty.builders FOR UPDATE TO realty_builder
    USING (id = (SELECT realty.builder_id()))
    WITH CHECK (id = (SELECT realty.builder_id()));
CREATE POLICY builders_admin_manages_all ON realty.builders FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY customers_read_themselves ON realty.customers FOR SELECT TO realty_customer
    USING (id = (SELECT realty.customer_id()));
CREATE POLICY customers_update_themselves ON realty.customers FOR UPDATE TO realty_customer
    USING (id = (SELECT realty.customer_id()))
    WITH CHECK (id = (SELECT realty.customer_id()));

-- The three are read under their own policies: the builder's own rows of them.
CREATE POLICY customers_are_known_to_their_builders ON realty.customers FOR SELECT TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b
                   WHERE b.customer_id = customers.id AND b.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.appointments a
                   WHERE a.customer_id = customers.id AND a.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.messages m
                   WHERE m.sender_id = customers.user_id AND m.recipient_id = (SELECT realty.user_id())));
CREATE POLICY customers_admin_manages_all ON realty.customers FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/sessions.sql
ALTER TABLE realty.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.common_passwords ENABLE ROW LEVEL SECURITY;

CREATE POLICY sessions_are_read_by_their_user ON realty.sessions FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY sessions_are_revoked_by_their_user ON realty.sessions FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()) AND revoked_at IS NOT NULL);

-- schema/50_policies/settings.sql
ALTER TABLE realty.system_settings ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_settings_public_ones_are_public ON realty.system_settings FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_public);
CREATE POLICY system_settings_admin_manages_all ON realty.system_settings FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/transitions.sql
ALTER TABLE realty.transitions ENABLE ROW LEVEL SECURITY;

-- schema/50_policies/projects.sql
ALTER TABLE realty.projects ENABLE ROW LEVEL SECURITY;

CREATE POLICY projects_listed_are_public ON realty.projects FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_listed);

-- Also where the project has left the market: its progress and news are the buyer's concern.
-- Policies are tried from the last name to the first: before the one of what is listed, it costs a list of such projects nothing.
CREATE POLICY projects_customer_reads_booked ON realty.projects FOR SELECT TO realty_customer
    USING (id = ANY ((SELECT realty.booked_projects())::bigint[]));
CREATE POLICY projects_builder_manages_own ON realty.projects FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY projects_admin_manages_all ON realty.projects FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/units.sql
ALTER TABLE realty.units ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.inventory ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_price_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY units_listed_are_public ON realty.units FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (shown AND is_listed AND status <> 'blocked');

-- Also where the project has left the market. Both say shown, which the planner takes out of the two: so the index of what is
-- shown serves their lists. By its name it is tried last, as that of projects.
CREATE POLICY units_customer_reads_booked ON realty.units FOR SELECT TO realty_customer
    USING (shown AND id = ANY (ARRAY(SELECT b.unit_id FROM realty.bookings b
                                     WHERE b.customer_id = (SELECT realty.customer_id()) AND b.status IN ('pending', 'confirmed', 'completed'))));
CREATE POLICY units_builder_manages_own ON realty.units FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY units_admin_manages_all ON realty.units FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY inventory_is_public ON realty.inventory FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY inventory_admin_reads_all ON realty.inventory FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY unit_changes_are_public ON realty.unit_changes FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY unit_changes_admin_reads_all ON realty.unit_changes FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY unit_price_history_builder_reads_own ON realty.unit_price_history FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY unit_price_history_admin_reads_all ON realty.unit_price_history FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/bookings.sql
ALTER TABLE realty.bookings ENABLE ROW LEVEL SECURITY;

-- Sales: what hangs on a booking is as visible as the booking
CREATE POLICY bookings_customer_reads_own ON realty.bookings FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_customer_creates_own ON realty.bookings FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_customer_changes_own ON realty.bookings FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_builder_reads_own ON realty.bookings FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY bookings_builder_changes_own ON realty.bookings FOR UPDATE TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY bookings_admin_manages_all ON realty.bookings FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/payments.sql
ALTER TABLE realty.payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.payment_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.receipt_counters ENABLE ROW LEVEL SECURITY;

CREATE POLICY payments_are_read_with_their_booking ON realty.payments FOR SELECT TO realty_customer, realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_customer_pays_own ON realty.payments FOR UPDATE TO realty_customer
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_creates_own ON realty.payments FOR INSERT TO realty_builder
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_changes_own ON realty.payments FOR UPDATE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_deletes_own ON realty.payments FOR DELETE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_admin_manages_all ON realty.payments FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/change_requests.sql
ALTER TABLE realty.change_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY change_requests_customer_reads_own ON realty.change_requests FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY change_requests_customer_creates_own ON realty.change_requests FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()) AND EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_customer_changes_own ON realty.change_requests FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY change_requests_builder_reads_own ON realty.change_requests FOR SELECT TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_builder_decides_own ON realty.change_requests FOR UPDATE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_admin_manages_all ON realty.change_requests FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/appointments.sql
ALTER TABLE realty.appointments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builder_availability ENABLE ROW LEVEL SECURITY;

CREATE POLICY appointments_customer_reads_own ON realty.appointments FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_creates_own ON realty.appointments FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_changes_own ON realty.appointments FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_deletes_own_unless_held ON realty.appointments FOR DELETE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()) AND status IN ('requested', 'cancelled'));
CREATE POLICY appointments_builder_reads_own ON realty.appointments FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY appointments_builder_changes_own ON realty.appointments FOR UPDATE TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY appointments_admin_manages_all ON realty.appointments FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY builder_availability_is_public ON realty.builder_availability FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY builder_availability_builder_manages_own ON realty.builder_availability FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY builder_availability_admin_manages_all ON realty.builder_availability FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/construction.sql
ALTER TABLE realty.project_progress ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.construction_updates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.models_3d ENABLE ROW LEVEL SECURITY;

-- Construction: as visible as the project, and as the unit where there is one: nothing of a blocked one is shown
CREATE POLICY project_progress_of_listed_projects_is_public ON realty.project_progress FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY project_progress_builder_manages_own ON realty.project_progress FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY project_progress_admin_manages_all ON realty.project_progress FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY construction_updates_of_listed_projects_are_public ON realty.construction_updates FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (published_at IS NOT NULL AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY construction_updates_builder_manages_own ON realty.construction_updates FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY construction_updates_admin_manages_all ON realty.construction_updates FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY models_3d_of_listed_projects_are_public ON realty.models_3d FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_active AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY models_3d_builder_manages_own ON realty.models_3d FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY models_3d_admin_manages_all ON realty.models_3d FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/messages.sql
ALTER TABLE realty.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY messages_are_read_by_their_parties ON realty.messages FOR SELECT TO realty_customer, realty_builder
    USING (sender_id = (SELECT realty.user_id()) AND sender_deleted_at IS NULL
           OR recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL);
CREATE POLICY messages_are_sent_by_their_sender ON realty.messages FOR INSERT TO realty_customer, realty_builder, realty_admin
    WITH CHECK (sender_id = (SELECT realty.user_id()));
CREATE POLICY messages_are_marked_by_their_recipient ON realty.messages FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL)
    WITH CHECK (recipient_id = (SELECT realty.user_id()));
CREATE POLICY messages_admin_reads_all ON realty.messages FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/notifications.sql
ALTER TABLE realty.notification_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.notifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY notifications_are_read_by_their_user ON realty.notifications FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_marked_by_their_user ON realty.notifications FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_deleted_by_their_user ON realty.notifications FOR DELETE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));

-- schema/50_policies/outbox.sql
ALTER TABLE realty.outbox ENABLE ROW LEVEL SECURITY;

-- schema/50_policies/routes.sql
ALTER TABLE realty.resources ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.routes ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.idempotency_keys ENABLE ROW LEVEL SECURITY;

-- schema/50_policies/audit.sql
ALTER TABLE realty.audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_log_builder_reads_own_bookings ON realty.audit_log FOR SELECT TO realty_builder
    USING (booking_id IS NOT NULL AND builder_id = (SELECT realty.builder_id()));
CREATE POLICY audit_log_admin_reads_all ON realty.audit_log FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- schema/50_policies/schema_objects.sql
ALTER TABLE realty.schema_objects ENABLE ROW LEVEL SECURITY;

-- schema/60_views/accounts.sql
CREATE VIEW api.users WITH (security_invoker = true) AS
SELECT id, email, user_type, full_name, phone, phone_e164, is_active, is_verified, last_login_at, anonymised_at,
       extra, created_at, updated_at
FROM realty.users;
COMMENT ON VIEW api.users IS 'Accounts: your own; all of them for administrators.';

CREATE VIEW api.builders WITH (security_invoker = true) AS
SELECT b.id, b.user_id, b.company_name, b.license_number, b.address, b.city, b.state, b.website, b.description, b.logo_url,
       b.time_zone, b.is_verified,
       (SELECT count(*) FROM realty.projects p WHERE p.builder_id = b.id)::integer AS total_projects,
       b.extra, b.created_at, b.updated_at
FROM realty.builders b;
COMMENT ON VIEW api.builders IS 'Builders.';
COMMENT ON COLUMN api.builders.total_projects IS 'Projects of the builder that the reader may see.';

CREATE VIEW api.customers WITH (security_invoker = true) AS
SELECT id, user_id, address, city, state, budget_min, budget_max, preferences, extra, created_at, updated_at
FROM realty.customers;
COMMENT ON VIEW api.customers IS 'Customers: yourself; for builders those with a booking, an appointment or a message; all of them for administrators.';

-- Owner-run on purpose: of those who share a booking, an appointment or a message with the
-- caller it shows id, name and kind; of the first two how to reach them, too. It starts from the caller's own
-- rows, so that it costs what the caller has and not what the site has; a filter on user_id, or on profile_id and
-- kind, reaches each branch. Administrators have branches of their own, which others never run: one scan of all
-- accounts among the caller's own would have the planner expect as many. The outer SELECT keeps the barrier: a
-- view that is itself a UNION ALL is taken apart by the planner, and loses it.
CREATE VIEW api.contacts WITH (security_barrier = true) AS
SELECT y.user_id, y.profile_id, y.name, y.kind, y.email, y.phone, y.phone_e164
FROM (
      SELECT k.user_id, k.profile_id, u.full_name, k.kind, CASE WHEN k.close THEN u.email END,
             CASE WHEN k.close THEN u.phone END, CASE WHEN k.close THEN u.phone_e164 END
      FROM (SELECT p.user_id, p.profile_id, p.kind, bool_or(p.close) AS close
            FROM (SELECT (SELECT realty.user_id()), (SELECT realty.profile_id()), (SELECT realty.user_type()), true
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', true FROM realty.customers c JOIN realty.bookings b ON b.customer_id = c.id
                  WHERE b.builder_id = (SELECT realty.builder_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', true FROM realty.customers c JOIN realty.appointments a ON a.customer_id = c.id
                  WHERE a.builder_id = (SELECT realty.builder_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', false FROM realty.customers c JOIN realty.messages m ON m.sender_id = c.user_id
                  WHERE m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', false FROM realty.customers c JOIN realty.messages m ON m.recipient_id = c.user_id
                  WHERE m.sender_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', true FROM realty.builders d JOIN realty.bookings b ON b.builder_id = d.id
                  WHERE b.customer_id = (SELECT realty.customer_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', true FROM realty.builders d JOIN realty.appointments a ON a.builder_id = d.id
                  WHERE a.customer_id = (SELECT realty.customer_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', false FROM realty.builders d JOIN realty.messages m ON m.sender_id = d.user_id
                  WHERE m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', false FROM realty.builders d JOIN realty.messages m ON m.recipient_id = d.user_id
                  WHERE m.sender_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT s.id, NULL, 'admin', false FROM realty.users s JOIN realty.messages m ON m.sender_id = s.id
                  WHERE s.user_type = 'admin' AND m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT s.id, NULL, 'admin', false FROM realty.users s JOIN realty.messages m ON m.recipient_id = s.id
                  WHERE s.user_type = 'admin' AND m.sender_id = (SELECT realty.user_id())) p (user_id, profile_id, kind, close)
            GROUP BY p.user_id, p.profile_id, p.kind) k
           CROSS JOIN LATERAL (SELECT x.full_name, x.email, x.phone, x.phone_e164 FROM realty.users x WHERE x.id = k.user_id OFFSET 0) u
      WHERE (SELECT realty.user_type()) <> 'admin'
      UNION ALL
      SELECT u.id, c.id, u.full_name, 'customer', u.email, u.phone, u.phone_e164
      FROM realty.users u LEFT JOIN realty.customers c ON c.user_id = u.id
      WHERE u.user_type = 'customer' AND (SELECT realty.user_type()) = 'admin'
      UNION ALL
      SELECT u.id, d.id, u.full_name, 'builder', u.email, u.phone, u.phone_e164
      FROM realty.users u LEFT JOIN realty.builders d ON d.user_id = u.id
      WHERE u.user_type = 'builder' AND (SELECT realty.user_type()) = 'admin'
      UNION ALL
      SELECT u.id, NULL, u.full_name, 'admin', u.email, u.phone, u.phone_e164
      FROM realty.users u
      WHERE u.user_type = 'admin' AND (SELECT realty.user_type()) = 'admin') y (user_id, profile_id, name, kind, email, phone, phone_e164);
COMMENT ON VIEW api.contacts IS 'You, and the people you share a booking, an appointment or a message with; all for administrators.';
COMMENT ON COLUMN api.contacts.profile_id IS 'Id of the customer or builder; null for an administrator.';
COMMENT ON COLUMN api.contacts.name IS 'Full name.';
COMMENT ON COLUMN api.contacts.kind IS 'builder, customer or admin.';
COMMENT ON COLUMN api.contacts.email IS 'Of those you share a booking or an appointment with.';
COMMENT ON COLUMN api.contacts.phone IS 'Of those you share a booking or an appointment with.';
COMMENT ON COLUMN api.contacts.phone_e164 IS 'The same, as telephones dial it.';

-- schema/60_views/sessions.sql
CREATE VIEW api.sessions WITH (security_invoker = true) AS
SELECT id, user_id, created_at, last_used_at, expires_at, revoked_at, revoked_reason, user_agent, client
FROM realty.sessions;
COMMENT ON VIEW api.sessions IS 'Your sign-ins.';
COMMENT ON COLUMN api.sessions.last_used_at IS 'When it last refreshed its tokens.';
COMMENT ON COLUMN api.sessions.revoked_at IS 'From then on its tokens are rejected. Set it to end a session.';
COMMENT ON COLUMN api.sessions.client IS 'The address that signed in.';

-- schema/60_views/settings.sql
CREATE VIEW api.system_settings WITH (security_invoker = true) AS
SELECT key, value, description, is_public, updated_by, extra, created_at, updated_at
FROM realty.system_settings;
COMMENT ON VIEW api.system_settings IS 'Settings that the site has set: the public ones; all of them for administrators.';

CREATE VIEW api.settings WITH (security_invoker = true) AS
SELECT coalesce(s.key, k.key) AS key, coalesce(s.value, k.value) AS value, k.value AS default_value,
       coalesce(k.kind, 'any') AS kind, coalesce(s.description, k.description) AS description,
       coalesce(s.is_public, true) AS is_public, s.updated_by, coalesce(s.extra, '{}') AS extra, s.created_at, s.updated_at
FROM realty.system_settings s FULL JOIN realty.known_settings() k ON k.key = s.key;
COMMENT ON VIEW api.settings IS 'Settings in force: what the site has set, and the defaults of the rest.';
COMMENT ON COLUMN api.settings.default_value IS 'The value when it is not set; null for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.kind IS 'text, time_zone, number or integer; any for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.updated_at IS 'Null for a default.';

-- schema/60_views/projects.sql
CREATE VIEW api.projects WITH (security_invoker = true) AS
SELECT p.id, p.builder_id, p.name, p.description, p.project_type, p.status, p.address, p.city, p.state,
       p.postal_code, p.latitude, p.longitude, p.launch_date, p.expected_completion, p.actual_completion,
       p.price_min, p.price_max, p.amenities, p.images, p.rera_number,
       coalesce((SELECT sum(i.total) - CASE WHEN sum(i.blocked) = 0 OR realty.sees_blocked(p.builder_id) THEN 0 ELSE sum(i.blocked) END
                 FROM realty.inventory i WHERE i.project_id = p.id), 0)::integer AS total_units,
       CASE WHEN p.is_listed
            THEN coalesce((SELECT sum(i.available) FROM realty.inventory i
                           WHERE i.project_id = p.id AND (i.available_from IS NULL OR i.available_from <= statement_timestamp())), 0)::integer
            ELSE 0 END AS available_units,
       p.progress_percent, p.price_min_minor, p.price_max_minor, p.is_listed, p.extra, p.created_at, p.updated_at
FROM realty.projects p;
COMMENT ON VIEW api.projects IS 'Developments. Those that are not listed are seen by their builder and buyers only.';
COMMENT ON COLUMN api.projects.total_units IS 'Units of the project that the reader may see: blocked ones count for their builder only.';
COMMENT ON COLUMN api.projects.available_units IS 'Units that can be booked now; a hold that has run out counts at once. None while the project is not listed.';

-- schema/60_views/units.sql
CREATE VIEW api.units WITH (security_invoker = true) AS
SELECT id, project_id, builder_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area,
       built_up_area, facing, price, price_minor,
       CASE WHEN status = 'held' AND held_until <= statement_timestamp() THEN 'available' ELSE status END AS status,
       CASE WHEN held_until > statement_timestamp() THEN held_until END AS held_until,
       progress_percent, features, extra, created_at, updated_at, unsold, bedrooms_minor
FROM realty.units;
COMMENT ON VIEW api.units IS 'Units. Blocked ones are seen by their builder only.';
COMMENT ON COLUMN api.units.status IS 'available, held, booked, sold or blocked; a hold that has run out reads as available.';
COMMENT ON COLUMN api.units.unsold IS 'Its sale is not complete: beside status=available it lets an index lead past all that were sold.';

CREATE VIEW api.unit_price_history WITH (security_invoker = true) AS
SELECT id, unit_id, builder_id, old_price, new_price, changed_by, created_at
FROM realty.unit_price_history;
COMMENT ON VIEW api.unit_price_history IS 'How the prices of your units changed.';

-- schema/60_views/bookings.sql
CREATE VIEW api.bookings WITH (security_invoker = true) AS
SELECT id, booking_number, unit_id, customer_id, project_id, builder_id, status, total_amount, booking_amount,
       discount, paid_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at, cancellation_reason,
       override_reason, notes, extra, created_at, updated_at
FROM realty.bookings;
COMMENT ON VIEW api.bookings IS 'Bookings: a customer''s own, a builder''s projects''.';

-- Counted over the bookings and appointments that the reader sees: a customer's others are not revealed, not even by a
-- total. Customers at the limit with several companies together are in the administrators' list.
CREATE VIEW api.customers_at_limit WITH (security_invoker = true) AS
SELECT customer_id, sum(bookings)::integer AS open_bookings, sum(visits)::integer AS requested_appointments,
       array_agg(booking_id ORDER BY booking_id) FILTER (WHERE booking_id IS NOT NULL) AS booking_ids, min(since) AS since
FROM (SELECT b.customer_id, 1 AS bookings, 0 AS visits, b.id AS booking_id, b.created_at AS since FROM realty.bookings b
      WHERE b.status IN ('pending', 'confirmed') AND b.paid_amount = 0
            AND (b.hold_expires_at IS NULL OR b.hold_expires_at > statement_timestamp())
      UNION ALL
      SELECT a.customer_id, 0, 1, NULL, a.created_at FROM realty.appointments a
      WHERE a.status = 'requested' AND a.ends_at > statement_timestamp()) o
GROUP BY customer_id
HAVING sum(bookings) >= nullif(current_setting('realty.max_open_bookings_per_customer')::integer, 0)
    OR sum(visits) >= nullif(current_setting('realty.max_requested_appointments_per_customer')::integer, 0);
COMMENT ON VIEW api.customers_at_limit IS 'Customers at the limit of open bookings or requested appointments with you, for whom a further one is rejected. Administrators see those of all companies together.';
COMMENT ON COLUMN api.customers_at_limit.open_bookings IS 'Pending or confirmed, with nothing paid.';
COMMENT ON COLUMN api.customers_at_limit.requested_appointments IS 'In the future, and not confirmed yet.';
COMMENT ON COLUMN api.customers_at_limit.since IS 'When the first of them was made.';

-- schema/60_views/payments.sql
CREATE VIEW api.payments WITH (security_invoker = true) AS
SELECT id, booking_id, kind, milestone, amount, due_date, status, method, transaction_reference,
       receipt_number, paid_at, refund_of, note, extra, created_at, updated_at
FROM realty.payments;
COMMENT ON VIEW api.payments IS 'Payments of the bookings you see.';

-- schema/60_views/change_requests.sql
CREATE VIEW api.change_requests WITH (security_invoker = true) AS
SELECT id, booking_id, unit_id, customer_id, title, description, category, status, estimated_cost,
       accepted_cost, approved_cost, decision_note, decided_by, decided_at, extra, created_at, updated_at
FROM realty.change_requests;
COMMENT ON VIEW api.change_requests IS 'Changes requested by customers, of the bookings you see.';

-- schema/60_views/appointments.sql
CREATE VIEW api.appointments WITH (security_invoker = true) AS
SELECT id, customer_id, builder_id, project_id, unit_id, starts_at, ends_at, location, kind, status,
       cancellation_reason, notes, extra, created_at, updated_at
FROM realty.appointments;
COMMENT ON VIEW api.appointments IS 'Visits and calls, of their customer and builder.';

CREATE VIEW api.builder_availability WITH (security_invoker = true) AS
SELECT id, builder_id, weekday, exception_date, opens, closes, is_open, created_at, updated_at
FROM realty.builder_availability;
COMMENT ON VIEW api.builder_availability IS 'When builders receive visitors.';

-- schema/60_views/construction.sql
CREATE VIEW api.project_progress WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start,
       actual_end, extra, created_at, updated_at
FROM realty.project_progress;
COMMENT ON VIEW api.project_progress IS 'Phases of projects and units.';

CREATE VIEW api.construction_updates WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, title, description, media, progress_percent, published_at, created_by, extra,
       created_at, updated_at
FROM realty.construction_updates;
COMMENT ON VIEW api.construction_updates IS 'Dated reports; drafts are seen by their builder only.';

CREATE VIEW api.models_3d WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, version, is_active, extra,
       created_at, updated_at
FROM realty.models_3d;
COMMENT ON VIEW api.models_3d IS '3D assets of projects and units.';

-- schema/60_views/messages.sql
CREATE VIEW api.messages WITH (security_invoker = true) AS
SELECT id, sender_id, recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments,
       read_at, extra, created_at, updated_at
FROM realty.messages;
COMMENT ON VIEW api.messages IS 'Messages that you sent or received.';

-- schema/60_views/notifications.sql
CREATE VIEW api.notifications WITH (security_invoker = true) AS
SELECT id, user_id, kind, title, body, data, read_at, extra, created_at
FROM realty.notifications;
COMMENT ON VIEW api.notifications IS 'Your notifications.';

-- schema/60_views/audit.sql
CREATE VIEW api.audit_log WITH (security_invoker = true) AS
SELECT id, created_at, table_name, action, row_id, booking_id, builder_id, user_id, session_role, request_id,
       old_row, new_row
FROM realty.audit_log;
COMMENT ON VIEW api.audit_log IS 'The history of changes: all of it for administrators, own bookings'' history for builders.';

-- schema/60_views/private.sql
-- What a company keeps for itself, apart from the views that others read: PostgREST asks for all columns of a view, so
-- a column that only some may read would lock out the rest. Of the company's own rows, and of all for administrators.
CREATE VIEW api.private_builders WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.builders
WHERE id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_builders IS 'Internal data of companies.';

CREATE VIEW api.private_projects WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.projects
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_projects IS 'A company''s internal data about its projects.';

CREATE VIEW api.private_units WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.units
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_units IS 'A company''s internal data about its units.';

CREATE VIEW api.private_bookings WITH (security_invoker = true, security_barrier = true) AS
SELECT id, internal_note, private, updated_at
FROM realty.bookings
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_bookings IS 'A company''s internal data about its bookings.';

CREATE VIEW api.private_customers WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.customers
WHERE (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_customers IS 'The site''s internal data about its customers.';

-- schema/60_views/analytics.sql
-- What analysts read, and what the API's reports and dashboards add up: one definition of
-- each number, in docs/analytics.md with a case worked by hand.
--
-- The views run as their owner and restrict their rows themselves: all to an analyst or an
-- administrator, a builder's own to a builder, none to other roles. They contain no name, address,
-- e-mail, phone, note or message of a person; a customer is a number. Days are those of the
-- builder's time zone.

-- Owner-run, as the views that read it. Planned for one builder, also for an administrator: what a report costs follows
-- the rows that it counts, not the site.
CREATE VIEW realty.analysed_builders AS
SELECT d.*
FROM realty.unnest_few(CASE WHEN (SELECT realty.analyses_all()) THEN ARRAY(SELECT x.id FROM realty.builders x)
                            ELSE ARRAY[(SELECT realty.builder_id())] END) i (id)
     JOIN realty.builders d ON d.id = i.id;
COMMENT ON VIEW realty.analysed_builders IS 'The builders whose numbers the caller may see.';

CREATE VIEW analytics.bookings WITH (security_barrier = true) AS
SELECT b.id AS booking_id, b.booking_number, b.builder_id, d.company_name AS builder, b.project_id,
       p.name AS project, p.city, b.unit_id, u.unit_type, u.bedrooms, u.carpet_area, b.customer_id,
       CASE WHEN b.status = 'pending' AND b.hold_expires_at <= statement_timestamp() THEN 'expired'
            ELSE b.status END AS status,
       b.unit_price, b.changes_amount, b.discount, b.total_amount - b.discount AS net_amount,
       b.paid_amount, b.total_amount - b.discount - b.paid_amount AS balance,
       (b.created_at AT TIME ZONE d.time_zone)::date AS booked_on,
       (b.confirmed_at AT TIME ZONE d.time_zone)::date AS confirmed_on,
       (b.completed_at AT TIME ZONE d.time_zone)::date AS completed_on,
       (b.cancelled_at AT TIME ZONE d.time_zone)::date AS cancelled_on,
       (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today
FROM realty.bookings b
     JOIN realty.analysed_builders d ON d.id = b.builder_id
     JOIN realty.projects p ON p.id = b.project_id
     JOIN realty.units u ON u.id = b.unit_id;
COMMENT ON VIEW analytics.bookings IS 'Every booking, one a row, with its project and unit.';

CREATE VIEW analytics.sales WITH (security_barrier = true) AS
SELECT b.booking_id, b.booking_number, b.builder_id, b.builder, b.project_id, b.project, b.city, b.unit_id,
       b.unit_type, b.bedrooms, b.carpet_area, b.customer_id, b.confirmed_on AS sold_on,
       coalesce(h.first_price, b.unit_price) AS first_price, b.unit_price AS booked_price,
       b.changes_amount, b.discount, b.net_amount,
       round((b.unit_price - b.discount) * 100 / nullif(coalesce(h.first_price, b.unit_price), 0), 2)
           AS realisation_percent,
       round((b.unit_price - b.discount) / nullif(b.carpet_area, 0), 2) AS price_per_square_foot
FROM analytics.bookings b
     LEFT JOIN LATERAL (
         SELECT coalesce(x.old_price, x.new_price) AS first_price FROM realty.unit_price_history x
         WHERE x.unit_id = b.unit_id ORDER BY x.created_at, x.id LIMIT 1) h ON true
WHERE b.status IN ('confirmed', 'completed');
COMMENT ON VIEW analytics.sales IS 'Every sale: a booking that was confirmed and is still active, on the day it was confirmed.';

CREATE VIEW analytics.sales_by_month WITH (security_barrier = true) AS
SELECT s.builder_id, s.builder, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp)::date AS month,
       count(*) AS units, sum(s.booked_price + s.changes_amount) AS value, sum(s.discount) AS discount,
       sum(s.net_amount) AS net_value, round(avg(s.net_amount), 2) AS average_net_value
FROM analytics.sales s
GROUP BY s.builder_id, s.builder, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp);
COMMENT ON VIEW analytics.sales_by_month IS 'Sales by project and month.';

CREATE VIEW analytics.inventory WITH (security_barrier = true) AS
SELECT u.id AS unit_id, u.builder_id, d.company_name AS builder, u.project_id, p.name AS project, p.city,
       u.tower, u.unit_number, u.unit_type, u.bedrooms, u.price, s.status,
       s.status IN ('booked', 'sold') AS is_sold, o.offered_on,
       CASE WHEN s.status IN ('available', 'held') THEN o.today - o.offered_on END AS days_on_market,
       CASE WHEN s.status NOT IN ('available', 'held') THEN NULL
            WHEN o.today - o.offered_on <= 30 THEN '0-30'
            WHEN o.today - o.offered_on <= 90 THEN '31-90'
            WHEN o.today - o.offered_on <= 180 THEN '91-180'
            WHEN o.today - o.offered_on <= 365 THEN '181-365'
            ELSE 'over 365' END AS age
FROM realty.units u
     JOIN realty.analysed_builders d ON d.id = u.builder_id
     JOIN realty.projects p ON p.id = u.project_id,
     LATERAL (SELECT CASE WHEN u.status = 'available' OR u.status = 'held' AND u.held_until <= statement_timestamp()
                          THEN CASE WHEN u.is_listed THEN 'available' ELSE 'blocked' END
                          ELSE u.status END AS status) s,
     LATERAL (SELECT (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today,
                     greatest((u.created_at AT TIME ZONE d.time_zone)::date, p.launch_date) AS offered_on) o;
COMMENT ON VIEW analytics.inventory IS 'Every unit, with how long it has been on the market.';

CREATE VIEW analytics.absorption WITH (security_barrier = true) AS
WITH event AS (
    SELECT i.builder_id, i.project_id, i.project, date_trunc('month', i.offered_on::timestamp) AS month, 1 AS offered, 0 AS sold
    FROM analytics.inventory i WHERE i.status <> 'blocked'
    UNION ALL
    SELECT s.builder_id, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp), 0, 1 FROM analytics.sales s
), monthly AS (
    SELECT e.builder_id, e.project_id, e.project, e.month, sum(e.offered) AS offered, sum(e.sold) AS sold
    FROM event e GROUP BY e.builder_id, e.project_id, e.project, e.month
), calendar AS (
    SELECT m.builder_id, m.project_id, m.project,
           generate_series(min(m.month), greatest(max(m.month), date_trunc('month', statement_timestamp() AT TIME ZONE d.time_zone)),
                           interval '1 month') AS month
    FROM monthly m JOIN realty.builders d ON d.id = m.builder_id GROUP BY m.builder_id, m.project_id, m.project, d.time_zone
)
SELECT r.builder_id, r.project_id, r.project, r.month, r.on_offer, r.sold,
       round(r.sold * 100.0 / nullif(r.on_offer, 0), 2) AS absorption_percent
FROM (SELECT c.builder_id, c.project_id, c.project, c.month::date AS month, coalesce(m.sold, 0) AS sold,
             sum(coalesce(m.offered, 0)) OVER so_far - sum(coalesce(m.sold, 0)) OVER so_far + coalesce(m.sold, 0) AS on_offer
      FROM calendar c LEFT JOIN monthly m ON m.project_id = c.project_id AND m.month = c.month
      WINDOW so_far AS (PARTITION BY c.project_id ORDER BY c.month)) r;
COMMENT ON VIEW analytics.absorption IS
'How fast a project sells: units sold in a month, of all that were on offer in it.';

CREATE VIEW analytics.collections WITH (security_barrier = true) AS
SELECT y.id AS payment_id, b.builder_id, b.builder, b.project_id, b.project, b.booking_id, b.booking_number,
       b.customer_id, y.kind, y.milestone, y.amount, y.status, y.due_date,
       greatest(b.today - y.due_date, 0) AS days_overdue,
       CASE WHEN y.due_date IS NULL OR y.due_date >= b.today THEN 'not yet due'
            WHEN b.today - y.due_date <= 30 THEN '1-30'
            WHEN b.today - y.due_date <= 60 THEN '31-60'
            WHEN b.today - y.due_date <= 90 THEN '61-90'
            ELSE 'over 90' END AS overdue
FROM realty.payments y
     JOIN analytics.bookings b ON b.booking_id = y.booking_id
WHERE y.kind <> 'refund' AND y.status IN ('due', 'submitted') AND b.status IN ('pending', 'confirmed', 'completed');
COMMENT ON VIEW analytics.collections IS 'Every instalment of an active booking that is not paid yet, by how late it is.';

CREATE VIEW analytics.cash_flow WITH (security_barrier = true) AS
SELECT f.builder_id, f.builder, f.project_id, f.project, f.month, sum(f.received) AS received,
       sum(f.refunded) AS refunded, sum(f.expected) AS expected
FROM (SELECT b.builder_id, b.builder, b.project_id, b.project,
             date_trunc('month', y.paid_at AT TIME ZONE d.time_zone)::date AS month,
             CASE WHEN y.kind = 'refund' THEN 0 ELSE y.amount END AS received,
             CASE WHEN y.kind = 'refund' THEN y.amount ELSE 0 END AS refunded, 0 AS expected
      FROM realty.payments y JOIN analytics.bookings b ON b.booking_id = y.booking_id
           JOIN realty.builders d ON d.id = b.builder_id
      WHERE y.status IN ('paid', 'refunded')
      UNION ALL
      SELECT c.builder_id, c.builder, c.project_id, c.project,
             date_trunc('month', greatest(c.due_date, (statement_timestamp() AT TIME ZONE d.time_zone)::date)::timestamp)::date, 0, 0, c.amount
      FROM analytics.collections c JOIN realty.builders d ON d.id = c.builder_id WHERE c.due_date IS NOT NULL) f
GROUP BY f.builder_id, f.builder, f.project_id, f.project, f.month;
COMMENT ON VIEW analytics.cash_flow IS
'Money by project and month: what came and went, and what is expected; what is overdue is expected this month.';

CREATE VIEW analytics.pipeline WITH (security_barrier = true) AS
SELECT x.builder_id, x.project_id, x.kind, x.status, count(*) AS items, sum(x.value) AS value,
       max(x.days) AS oldest_days, round(avg(x.days), 1) AS average_days
FROM (SELECT b.builder_id, b.project_id, 'booking' AS kind, b.status, b.net_amount AS value, b.today - b.booked_on AS days
      FROM analytics.bookings b
      UNION ALL
      SELECT b.builder_id, b.project_id, 'change_request', c.status, coalesce(c.approved_cost, c.estimated_cost),
             b.today - (c.created_at AT TIME ZONE d.time_zone)::date
      FROM realty.change_requests c JOIN analytics.bookings b ON b.booking_id = c.booking_id
           JOIN realty.builders d ON d.id = b.builder_id
      UNION ALL
      SELECT a.builder_id, a.project_id, 'appointment', a.status, NULL,
             ((statement_timestamp() AT TIME ZONE d.time_zone)::date - (a.created_at AT TIME ZONE d.time_zone)::date)
      FROM realty.appointments a JOIN realty.analysed_builders d ON d.id = a.builder_id) x
GROUP BY x.builder_id, x.project_id, x.kind, x.status;
COMMENT ON VIEW analytics.pipeline IS 'Bookings, change requests and appointments by status.';

CREATE VIEW analytics.progress WITH (security_barrier = true) AS
SELECT p.builder_id, d.company_name AS builder, p.id AS project_id, p.name AS project, p.status,
       p.progress_percent AS actual_percent, f.planned_percent, p.progress_percent - f.planned_percent AS ahead_percent,
       coalesce(f.phases, 0) AS phases, coalesce(f.late_phases, 0) AS late_phases, p.expected_completion
FROM realty.projects p
     JOIN realty.analysed_builders d ON d.id = p.builder_id,
     LATERAL (SELECT (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today) t,
     LATERAL (SELECT round(sum(g.weight * CASE
                  WHEN g.planned_start IS NULL OR g.planned_end IS NULL THEN g.percent
                  WHEN t.today < g.planned_start THEN 0
                  WHEN t.today >= g.planned_end THEN 100
                  ELSE (t.today - g.planned_start) * 100.0 / (g.planned_end - g.planned_start) END)
                  / nullif(sum(g.weight), 0), 2) AS planned_percent,
                  count(*) AS phases, count(*) FILTER (WHERE g.percent < 100 AND g.planned_end < t.today) AS late_phases
              FROM realty.project_progress g WHERE g.project_id = p.id) f;
COMMENT ON VIEW analytics.progress IS
'Progress of each project against its plan; a phase is planned to grow evenly from its planned start to its planned end.';
COMMENT ON COLUMN analytics.bookings.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.bookings.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.bookings.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.bookings.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.bookings.project_id IS 'The project.';
COMMENT ON COLUMN analytics.bookings.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.bookings.city IS 'City of the project.';
COMMENT ON COLUMN analytics.bookings.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.bookings.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.bookings.bedrooms IS 'Bedrooms of the unit.';
COMMENT ON COLUMN analytics.bookings.carpet_area IS 'Carpet area of the unit, square feet.';
COMMENT ON COLUMN analytics.bookings.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.bookings.status IS 'pending, confirmed, completed, cancelled or expired; a hold that has run out reads as expired.';
COMMENT ON COLUMN analytics.bookings.unit_price IS 'Price of the unit when it was booked.';
COMMENT ON COLUMN analytics.bookings.changes_amount IS 'What approved change requests added.';
COMMENT ON COLUMN analytics.bookings.discount IS 'Discount.';
COMMENT ON COLUMN analytics.bookings.net_amount IS 'unit_price + changes_amount - discount.';
COMMENT ON COLUMN analytics.bookings.paid_amount IS 'Paid so far, less refunds.';
COMMENT ON COLUMN analytics.bookings.balance IS 'net_amount - paid_amount.';
COMMENT ON COLUMN analytics.bookings.booked_on IS 'Day it was booked.';
COMMENT ON COLUMN analytics.bookings.confirmed_on IS 'Day it was confirmed.';
COMMENT ON COLUMN analytics.bookings.completed_on IS 'Day the unit was handed over.';
COMMENT ON COLUMN analytics.bookings.cancelled_on IS 'Day it was cancelled.';
COMMENT ON COLUMN analytics.bookings.today IS 'The day it is at the builder.';
COMMENT ON COLUMN analytics.sales.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.sales.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.sales.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.sales.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.sales.project_id IS 'The project.';
COMMENT ON COLUMN analytics.sales.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.sales.city IS 'City of the project.';
COMMENT ON COLUMN analytics.sales.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.sales.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.sales.bedrooms IS 'Bedrooms of the unit.';
COMMENT ON COLUMN analytics.sales.carpet_area IS 'Carpet area, square feet.';
COMMENT ON COLUMN analytics.sales.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.sales.sold_on IS 'Day the booking was confirmed.';
COMMENT ON COLUMN analytics.sales.first_price IS 'The first price the unit was offered at.';
COMMENT ON COLUMN analytics.sales.booked_price IS 'Price when it was booked.';
COMMENT ON COLUMN analytics.sales.changes_amount IS 'What approved change requests added.';
COMMENT ON COLUMN analytics.sales.discount IS 'Discount.';
COMMENT ON COLUMN analytics.sales.net_amount IS 'booked_price + changes_amount - discount.';
COMMENT ON COLUMN analytics.sales.realisation_percent IS '(booked_price - discount) * 100 / first_price.';
COMMENT ON COLUMN analytics.sales.price_per_square_foot IS '(booked_price - discount) / carpet_area.';
COMMENT ON COLUMN analytics.sales_by_month.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.sales_by_month.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.sales_by_month.project_id IS 'The project.';
COMMENT ON COLUMN analytics.sales_by_month.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.sales_by_month.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.sales_by_month.units IS 'Sales.';
COMMENT ON COLUMN analytics.sales_by_month.value IS 'Sum of booked_price + changes_amount.';
COMMENT ON COLUMN analytics.sales_by_month.discount IS 'Sum of discounts.';
COMMENT ON COLUMN analytics.sales_by_month.net_value IS 'Sum of net_amount.';
COMMENT ON COLUMN analytics.sales_by_month.average_net_value IS 'Average of net_amount.';
COMMENT ON COLUMN analytics.inventory.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.inventory.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.inventory.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.inventory.project_id IS 'The project.';
COMMENT ON COLUMN analytics.inventory.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.inventory.city IS 'City of the project.';
COMMENT ON COLUMN analytics.inventory.tower IS 'Tower.';
COMMENT ON COLUMN analytics.inventory.unit_number IS 'Number of the unit in its tower.';
COMMENT ON COLUMN analytics.inventory.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.inventory.bedrooms IS 'Bedrooms.';
COMMENT ON COLUMN analytics.inventory.price IS 'Current price.';
COMMENT ON COLUMN analytics.inventory.status IS 'available, held, booked, sold or blocked; a hold that has run out reads as available, a free unit of a project that is not listed as blocked.';
COMMENT ON COLUMN analytics.inventory.is_sold IS 'Booked or sold.';
COMMENT ON COLUMN analytics.inventory.offered_on IS 'Day it came on offer: when it was entered, or the launch of its project if that was later.';
COMMENT ON COLUMN analytics.inventory.days_on_market IS 'Days since offered_on, of a unit that is available or held.';
COMMENT ON COLUMN analytics.inventory.age IS 'The same in classes: 0-30, 31-90, 91-180, 181-365, over 365.';
COMMENT ON COLUMN analytics.absorption.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.absorption.project_id IS 'The project.';
COMMENT ON COLUMN analytics.absorption.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.absorption.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.absorption.on_offer IS 'Units that came on offer by the end of the month, blocked ones left out, less those sold before it.';
COMMENT ON COLUMN analytics.absorption.sold IS 'Sales in the month.';
COMMENT ON COLUMN analytics.absorption.absorption_percent IS 'sold * 100 / on_offer.';
COMMENT ON COLUMN analytics.collections.payment_id IS 'The instalment.';
COMMENT ON COLUMN analytics.collections.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.collections.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.collections.project_id IS 'The project.';
COMMENT ON COLUMN analytics.collections.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.collections.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.collections.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.collections.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.collections.kind IS 'token or instalment.';
COMMENT ON COLUMN analytics.collections.milestone IS 'What it is due for.';
COMMENT ON COLUMN analytics.collections.amount IS 'Amount.';
COMMENT ON COLUMN analytics.collections.status IS 'due, or submitted and waiting for the builder.';
COMMENT ON COLUMN analytics.collections.due_date IS 'Day it is due.';
COMMENT ON COLUMN analytics.collections.days_overdue IS 'Days since due_date, 0 when it is not yet due.';
COMMENT ON COLUMN analytics.collections.overdue IS 'The same in classes: not yet due, 1-30, 31-60, 61-90, over 90.';
COMMENT ON COLUMN analytics.cash_flow.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.cash_flow.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.cash_flow.project_id IS 'The project.';
COMMENT ON COLUMN analytics.cash_flow.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.cash_flow.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.cash_flow.received IS 'Paid in that month.';
COMMENT ON COLUMN analytics.cash_flow.refunded IS 'Refunded in that month.';
COMMENT ON COLUMN analytics.cash_flow.expected IS 'Instalments due in that month and not paid; in this month also all that is overdue.';
COMMENT ON COLUMN analytics.pipeline.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.pipeline.project_id IS 'The project.';
COMMENT ON COLUMN analytics.pipeline.kind IS 'booking, change_request or appointment.';
COMMENT ON COLUMN analytics.pipeline.status IS 'State.';
COMMENT ON COLUMN analytics.pipeline.items IS 'How many.';
COMMENT ON COLUMN analytics.pipeline.value IS 'Their net amount or cost; empty for appointments.';
COMMENT ON COLUMN analytics.pipeline.oldest_days IS 'Days since the oldest was made.';
COMMENT ON COLUMN analytics.pipeline.average_days IS 'Days since they were made, on average.';
COMMENT ON COLUMN analytics.progress.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.progress.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.progress.project_id IS 'The project.';
COMMENT ON COLUMN analytics.progress.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.progress.status IS 'Status of the project.';
COMMENT ON COLUMN analytics.progress.actual_percent IS 'What is built, by weight of phases.';
COMMENT ON COLUMN analytics.progress.planned_percent IS 'What should be built today, by weight of phases; a phase without a plan counts as it is.';
COMMENT ON COLUMN analytics.progress.ahead_percent IS 'actual_percent - planned_percent; below 0 the project is late.';
COMMENT ON COLUMN analytics.progress.phases IS 'Phases of the project and its units.';
COMMENT ON COLUMN analytics.progress.late_phases IS 'Phases not finished after their planned end.';
COMMENT ON COLUMN analytics.progress.expected_completion IS 'Day the project is expected to be finished.';

-- schema/65_api_functions/identity.sql
CREATE FUNCTION api.pre_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_pre_request';
COMMENT ON FUNCTION api.pre_request() IS
    'what PostgREST calls before each request (db-pre-request), as realty.pre_request; a client need not';

-- schema/65_api_functions/accounts.sql
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

-- schema/65_api_functions/sessions.sql
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

-- schema/65_api_functions/settings.sql
CREATE FUNCTION api.put_setting(key text, value jsonb, description text DEFAULT NULL,
    is_public boolean DEFAULT NULL, extra jsonb DEFAULT NULL) RETURNS SETOF api.settings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    INSERT INTO api.system_settings AS s (key, value, description, is_public, extra)
    VALUES (put_setting.key, put_setting.value, put_setting.description,
            coalesce(put_setting.is_public, false),
            coalesce(put_setting.extra, '{}'))
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value,
        description = coalesce(put_setting.description, s.description),
        is_public = coalesce(put_setting.is_public, s.is_public),
        extra = coalesce(put_setting.extra, s.extra);
    SELECT v.* FROM api.settings v WHERE v.key = put_setting.key;
END;
COMMENT ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb) IS
'An administrator sets a setting, known or new; null leaves the others as they are.
Error PT422: a value that does not fit a known setting.';

CREATE FUNCTION api.reset_setting(key text) RETURNS jsonb
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    WITH gone AS (DELETE FROM api.system_settings s WHERE s.key = reset_setting.key RETURNING s.key)
    SELECT realty.found((SELECT gone.key FROM gone));
    SELECT pg_catalog.jsonb_build_object('key', reset_setting.key, 'value', realty.setting(reset_setting.key));
END;
COMMENT ON FUNCTION api.reset_setting(text) IS
'An administrator resets a setting: the default is effective again, and a setting of the site''s own is removed (value null). Error PT404.';

-- schema/65_api_functions/projects.sql
-- One SELECT and not STRICT: the planner opens it in the statement that calls it, whose plan is kept.
CREATE FUNCTION api.project_counts(project_id bigint) RETURNS SETOF jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC
    WITH u AS (
        SELECT v.status, v.unit_type, v.price,
               v.status = 'available' AND (SELECT p.is_listed FROM api.projects p WHERE p.id = project_counts.project_id) AS is_free,
               pg_catalog.floor(v.price / 2500000) * 2500000 AS band
        FROM api.units v WHERE v.project_id = project_counts.project_id
    ), t AS (
        SELECT u.unit_type, pg_catalog.count(*) AS total, pg_catalog.count(*) FILTER (WHERE u.is_free) AS available,
               pg_catalog.min(u.price) FILTER (WHERE u.is_free) AS price_from
        FROM u GROUP BY u.unit_type ORDER BY total DESC, u.unit_type LIMIT 100
    ), b AS (
        SELECT u.band AS price_from, u.band + 2500000 AS price_below, pg_catalog.count(*) AS total,
               pg_catalog.count(*) FILTER (WHERE u.is_free) AS available
        FROM u GROUP BY u.band ORDER BY total DESC, u.band LIMIT 100
    )
    SELECT pg_catalog.jsonb_build_object(
        'project_id', project_id,
        'total', (SELECT pg_catalog.count(*) FROM u),
        'available', (SELECT pg_catalog.count(*) FROM u WHERE u.is_free),
        'by_status', coalesce((
            SELECT pg_catalog.jsonb_object_agg(s.status, s.units)
            FROM (SELECT u.status, pg_catalog.count(*) AS units FROM u GROUP BY u.status) s), '{}'),
        'by_type', coalesce((SELECT pg_catalog.jsonb_agg(t ORDER BY t.unit_type) FROM t), '[]'),
        'by_price', coalesce((SELECT pg_catalog.jsonb_agg(b ORDER BY b.price_from) FROM b), '[]'))
        || CASE WHEN (SELECT pg_catalog.count(*) FROM u)
                     > least((SELECT pg_catalog.sum(t.total) FROM t), (SELECT pg_catalog.sum(b.total) FROM b))
                THEN '{"cut": true}'::jsonb ELSE '{}' END
    WHERE EXISTS (SELECT FROM api.projects p WHERE p.id = project_counts.project_id);
END;
COMMENT ON FUNCTION api.project_counts(bigint) IS 'What project_availability gives, or no row.';

CREATE FUNCTION api.project_availability(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found((SELECT c FROM api.project_counts(project_id) c));
END;
COMMENT ON FUNCTION api.project_availability(bigint) IS
'Units of a project by status, type and price band (2,500,000 wide), of types and bands the 100 with most units;
cut when there are more. Error PT404.';

-- schema/65_api_functions/units.sql
CREATE FUNCTION api.block_unit(unit_id bigint) RETURNS SETOF api.units
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.expire_lapsed_hold(unit_id);
    WITH changed AS (
        UPDATE realty.units u SET status = 'blocked', held_until = NULL WHERE u.id = unit_id RETURNING u.id
    )
    SELECT realty.found((SELECT id FROM changed));
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.block_unit(bigint) IS
'The builder takes an available unit off sale. Errors PT404, PT409 (not available).';

CREATE FUNCTION api.release_unit(unit_id bigint) RETURNS SETOF api.units
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE realty.units u SET status = 'available', held_until = NULL WHERE u.id = unit_id RETURNING u.id
    )
    SELECT realty.found((SELECT id FROM changed));
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.release_unit(bigint) IS
'The builder puts a blocked unit on sale again. Errors PT404, PT409 (not blocked).';

CREATE FUNCTION api.amend_unit(unit_id bigint, changes jsonb, reason text) RETURNS SETOF api.units
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'tower=changes.tower floor=changes.floor unit_number=changes.unit_number unit_type=changes.unit_type carpet_area=changes.carpet_area built_up_area=changes.built_up_area'
BEGIN ATOMIC
    SELECT realty.refuse_field(NOT coalesce(realty.has_text(reason, 1000), false), 'reason', 'must have 1 to 1000 characters');
    SELECT realty.refuse_field(NOT realty.is_prose(reason), 'reason', 'must be without control and invisible characters, line breaks and tabs aside');
    SELECT realty.refuse_field(CASE WHEN pg_catalog.jsonb_typeof(changes) = 'object' THEN
            NOT realty.is_bounded_object(changes, 16384) OR changes = '{}' OR changes - '{tower,floor,unit_number,unit_type,carpet_area,built_up_area}'::text[] <> '{}' ELSE true END, 'changes',
        'must be an object of some of tower, floor, unit_number, unit_type, carpet_area, built_up_area');
    SELECT realty.refuse_faults((
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('field', 'changes.' || c.key, 'message', k.message)), '[]')
        FROM pg_catalog.jsonb_each(changes) c,
             LATERAL (SELECT CASE WHEN c.key = 'floor' THEN 'must be an integer' WHEN c.key IN ('carpet_area', 'built_up_area') THEN 'must be a number'
                                  ELSE 'must be a string' END AS message) k
        WHERE pg_catalog.jsonb_typeof(c.value) NOT IN ('null', CASE k.message WHEN 'must be a string' THEN 'string' ELSE 'number' END)
           OR k.message = 'must be an integer' AND pg_catalog.jsonb_typeof(c.value) = 'number'
              AND ((c.value #>> '{}')::numeric % 1 <> 0 OR (c.value #>> '{}')::numeric NOT BETWEEN -2147483648 AND 2147483647)));
    SELECT realty.found((SELECT u.id FROM api.private_units u WHERE u.id = unit_id));
    SELECT realty.begin_amendment(unit_id, reason);
    UPDATE api.units u
    SET tower = CASE WHEN changes ? 'tower' THEN changes ->> 'tower' ELSE u.tower END,
        floor = CASE WHEN changes ? 'floor' THEN (changes ->> 'floor')::numeric::integer ELSE u.floor END,
        unit_number = CASE WHEN changes ? 'unit_number' THEN changes ->> 'unit_number' ELSE u.unit_number END,
        unit_type = CASE WHEN changes ? 'unit_type' THEN changes ->> 'unit_type' ELSE u.unit_type END,
        carpet_area = CASE WHEN changes ? 'carpet_area' THEN (changes ->> 'carpet_area')::numeric ELSE u.carpet_area END,
        built_up_area = CASE WHEN changes ? 'built_up_area' THEN (changes ->> 'built_up_area')::numeric ELSE u.built_up_area END
    WHERE u.id = unit_id;
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.amend_unit(bigint, jsonb, text) IS
'The builder corrects what identifies a unit although it is booked; the buyer and the audit log receive the reason. Errors PT404, PT422.';

-- schema/65_api_functions/bookings.sql
CREATE FUNCTION api.confirm_booking(booking_id bigint) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.bookings b SET status = 'confirmed' WHERE b.id = booking_id RETURNING b AS booking
    )
    SELECT f.* FROM realty.found((SELECT booking FROM changed)) f;
END;
COMMENT ON FUNCTION api.confirm_booking(bigint) IS
'The builder accepts a pending booking. Errors PT404, PT403, PT409 (hold expired, or not pending).';

CREATE FUNCTION api.cancel_booking(booking_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'cancellation_reason=reason'
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.bookings b SET status = 'cancelled', cancellation_reason = reason
        WHERE b.id = booking_id RETURNING b AS booking
    )
    SELECT f.* FROM realty.found((SELECT booking FROM changed)) f;
END;
COMMENT ON FUNCTION api.cancel_booking(bigint, text) IS
'Customer or builder ends a booking; the unit is free again. Errors PT404, PT403, PT409 (already ended), PT422.';

CREATE FUNCTION api.complete_booking(booking_id bigint, override_reason text DEFAULT NULL) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET status = 'completed', override_reason = complete_booking.override_reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.complete_booking(bigint, text) IS
'The builder hands a confirmed booking''s unit over: it is sold. Something owed or progress below 100 needs an override_reason.
Errors PT404, PT403, PT409 (not confirmed, not ready), PT422.';

CREATE FUNCTION api.reopen_booking(booking_id bigint, reason text) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'override_reason=reason'
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET status = 'confirmed', override_reason = reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.reopen_booking(bigint, text) IS
'The builder opens a completed booking again; both parties are notified of the reason. Errors PT404, PT403, PT409 (not completed), PT422.';

CREATE FUNCTION api.extend_booking(booking_id bigint, until timestamptz, reason text) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'hold_expires_at=until override_reason=reason'
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET hold_expires_at = until, override_reason = reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.extend_booking(bigint, timestamptz, text) IS
'The builder holds the unit longer, at most realty.max_hold_extension from now; the customer is notified of the reason.
Errors PT404, PT409 (hold expired, or none that expires), PT422.';

-- schema/65_api_functions/payments.sql
-- What is not a plain row operation on payments. They run with the caller's rights;
-- first the row must be visible, then the locks are taken in their order
-- (booking, payment), then the guards decide.

CREATE FUNCTION api.pay_payment(payment_id bigint, method text, transaction_reference text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'submitted');
    UPDATE realty.payments p
    SET status = 'submitted', method = pay_payment.method, transaction_reference = pay_payment.transaction_reference
    WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.pay_payment(bigint, text, text) IS
'Records how a payment was made; its builder confirms or rejects it. Cash needs no reference.
Errors PT404, PT403, PT409 (not due, hold expired, booking cancelled, reference of another booking), PT422.';

CREATE FUNCTION api.confirm_payment(payment_id bigint) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'paid');
    UPDATE realty.payments p SET status = 'paid' WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.confirm_payment(bigint) IS
'The builder has the money, or has paid the refund: it counts, and a payment gets its receipt number. Errors PT404, PT403, PT409.';

CREATE FUNCTION api.reject_payment(payment_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'note=reason'
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'failed');
    UPDATE realty.payments p SET status = 'failed', note = coalesce(reason, p.note) WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.reject_payment(bigint, text) IS
'The builder did not get what was submitted; it can be submitted again. Errors PT404, PT403, PT409 (not submitted), PT422.';

CREATE FUNCTION api.refund_payment(payment_id bigint, amount numeric DEFAULT NULL, reason text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'note=reason'
BEGIN ATOMIC
    SELECT realty.lock_payment(realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)));
    INSERT INTO realty.payments (booking_id, kind, milestone, amount, refund_of, note)
    SELECT p.booking_id, 'refund', p.milestone,
           coalesce(refund_payment.amount, p.amount - coalesce((
               SELECT pg_catalog.sum(r.amount) FROM realty.payments r WHERE r.refund_of = p.id AND r.status <> 'failed'), 0)),
           p.id, reason
    FROM realty.payments p WHERE p.id = payment_id;
    -- the payment is locked, so the newest is the one that was just made
    SELECT v.* FROM api.payments v WHERE v.refund_of = payment_id ORDER BY v.id DESC LIMIT 1;
END;
COMMENT ON FUNCTION api.refund_payment(bigint, numeric, text) IS
'The builder owes a payment back, or a part of it (all that is left when no amount is given): a refund opens, which pay_payment and confirm_payment settle.
Errors PT404, PT403, PT409 (not paid), PT422 (more than is left of it).';

CREATE FUNCTION api.schedule_payments(booking_id bigint, plan jsonb) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET realty.argument_names = 'milestone=plan'
BEGIN ATOMIC
    SELECT realty.lock_booking(realty.found((SELECT b.id FROM api.bookings b WHERE b.id = schedule_payments.booking_id)));
    DELETE FROM realty.payments p
    WHERE p.booking_id = schedule_payments.booking_id AND p.kind = 'instalment' AND p.status = 'due';
    INSERT INTO realty.payments (booking_id, milestone, amount, due_date)
    SELECT b.id, i.milestone, i.amount, i.due_date
    FROM realty.bookings b,
         LATERAL realty.payment_plan(plan, b.total_amount - b.discount - b.paid_amount - b.scheduled_amount) i
    WHERE b.id = schedule_payments.booking_id;
    SELECT v.* FROM api.payments v
    WHERE v.booking_id = schedule_payments.booking_id AND v.kind = 'instalment' AND v.status = 'due'
    ORDER BY v.due_date, v.id;
END;
COMMENT ON FUNCTION api.schedule_payments(bigint, jsonb) IS
'Makes the instalments of what is left to schedule of a booking, in place of those still due.
The plan is one of
{"type": "equal", "count": 12, "first_due_date": "2027-01-31", "interval_months": 1} (or interval_days),
{"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 40, "due_date": "2027-01-31"}]} (percents make 100),
{"type": "dates", "instalments": [{"due_date": "2027-01-31", "amount": 1000, "milestone": "Roof"}]}.
Errors PT404, PT403, PT409 (nothing left, booking ended), PT422 (all violations of the plan).';

CREATE FUNCTION api.booking_statement(booking_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_statement.booking_id));
    WITH booking AS (
        SELECT b.*, d.time_zone, (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today
        FROM api.bookings b JOIN api.builders d ON d.id = b.builder_id WHERE b.id = booking_statement.booking_id
    ), change AS (
        SELECT c.id, c.title, c.approved_cost, c.decided_at
        FROM api.change_requests c
        WHERE c.booking_id = booking_statement.booking_id AND c.status IN ('approved', 'completed') AND c.approved_cost <> 0
    ), payment AS (
        SELECT p.* FROM api.payments p WHERE p.booking_id = booking_statement.booking_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'booking_id', b.id,
        'booking_number', b.booking_number,
        'status', b.status,
        'charges', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('what', x.what, 'title', x.title, 'amount', x.amount)
                             ORDER BY x.place, x.at, x.id)
            FROM (
                SELECT 1 AS place, NULL::timestamptz AS at, 0 AS id, 'price' AS what, NULL AS title,
                       b.total_amount - coalesce((SELECT pg_catalog.sum(c.approved_cost) FROM change c), 0) AS amount
                UNION ALL SELECT 2, c.decided_at, c.id, 'change', c.title, c.approved_cost FROM change c
                UNION ALL SELECT 3, NULL, 0, 'discount', NULL, -b.discount WHERE b.discount > 0
            ) x),
        'payments', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                       'payment_id', p.id, 'kind', p.kind, 'milestone', p.milestone, 'amount', p.amount, 'status', p.status,
                       'due_date', p.due_date, 'paid_at', p.paid_at, 'receipt_number', p.receipt_number,
                       'transaction_reference', p.transaction_reference)
                   ORDER BY coalesce(p.paid_at, p.due_date::timestamp AT TIME ZONE b.time_zone), p.id)
            FROM payment p WHERE p.status <> 'failed'), '[]'),
        'charged', b.total_amount - b.discount,
        'paid', b.paid_amount,
        'submitted', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p WHERE p.status = 'submitted' AND p.kind <> 'refund'), 0.00),
        'scheduled', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p WHERE p.status = 'due' AND p.kind <> 'refund'), 0.00),
        'overdue', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p
                             WHERE p.status = 'due' AND p.kind <> 'refund' AND p.due_date < b.today), 0.00),
        'refunds_due', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p
                                 WHERE p.status IN ('due', 'submitted') AND p.kind = 'refund'), 0.00),
        'balance', CASE WHEN b.status IN ('cancelled', 'expired') THEN 0.00
                        ELSE b.total_amount - b.discount - b.paid_amount END)
    FROM booking b;
END;
COMMENT ON FUNCTION api.booking_statement(bigint) IS
'The account of a booking: what was charged, every payment and refund, and the balance that is still owed (nothing, once the booking has ended without a sale).
Error PT404.';

-- schema/65_api_functions/change_requests.sql
-- Decisions on change requests, with the caller's rights: first the row must be visible,
-- then it is locked and the state machine consulted, then the guards decide.

CREATE FUNCTION api.review_change_request(change_request_id bigint, estimated_cost numeric DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'under_review');
    UPDATE realty.change_requests c
    SET status = 'under_review', estimated_cost = coalesce(review_change_request.estimated_cost, c.estimated_cost)
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.review_change_request(bigint, numeric) IS
'The builder reviews a change and gives an estimate of its cost: now or in a further review, when it may only fall. The customer is notified.
Errors PT404, PT403, PT409 (decided before, above the estimate that the customer has seen), PT422.';

CREATE FUNCTION api.approve_change_request(change_request_id bigint, approved_cost numeric, decision_note text DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'approved');
    UPDATE realty.change_requests c
    SET status = 'approved', approved_cost = approve_change_request.approved_cost,
        decision_note = approve_change_request.decision_note
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.approve_change_request(bigint, numeric, text) IS
'The builder will do it for this cost: the booking''s total grows by it, and an instalment opens.
Errors PT404, PT403, PT409 (decided before, booking ended, no estimate, above the estimate and not accepted, a credit of more than is left to pay), PT422.';

CREATE FUNCTION api.accept_change_request(change_request_id bigint, cost numeric) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'accepted_cost=cost'
BEGIN ATOMIC
    SELECT realty.refuse_field(cost IS NULL, 'cost', 'is required');
    SELECT realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id));
    UPDATE realty.change_requests c SET accepted_cost = cost WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.accept_change_request(bigint, numeric) IS
'The customer agrees to a cost above the estimate, up to which the builder may approve it then. Errors PT404, PT409 (decided before, no estimate yet), PT422.';

CREATE FUNCTION api.reject_change_request(change_request_id bigint, decision_note text DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'rejected');
    UPDATE realty.change_requests c SET status = 'rejected', decision_note = reject_change_request.decision_note
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.reject_change_request(bigint, text) IS
'The builder will not do it. Errors PT404, PT403, PT409 (decided before), PT422.';

CREATE FUNCTION api.complete_change_request(change_request_id bigint) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'completed');
    UPDATE realty.change_requests c SET status = 'completed' WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.complete_change_request(bigint) IS
'The builder has done it. Errors PT404, PT403, PT409 (not approved).';

CREATE FUNCTION api.withdraw_change_request(change_request_id bigint) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'withdrawn');
    UPDATE realty.change_requests c SET status = 'withdrawn' WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.withdraw_change_request(bigint) IS
'The customer no longer wants it. Errors PT404, PT403, PT409 (decided before).';

-- schema/65_api_functions/appointments.sql
-- What is not a plain row operation on appointments. They run with the caller's
-- rights; the guard decides.

CREATE FUNCTION api.confirm_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'confirmed' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.confirm_appointment(bigint) IS
'The builder accepts a requested appointment. Errors PT404, PT403, PT409 (not requested, its time has passed).';

CREATE FUNCTION api.cancel_appointment(appointment_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'cancellation_reason=reason'
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'cancelled', cancellation_reason = reason
        WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.cancel_appointment(bigint, text) IS
'Customer or builder calls an appointment off; its time is free again. Errors PT404, PT403, PT409 (already over), PT422.';

CREATE FUNCTION api.complete_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'completed' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.complete_appointment(bigint) IS
'The builder records that a confirmed appointment was held. Errors PT404, PT403, PT409 (not confirmed, not begun).';

CREATE FUNCTION api.no_show_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'no_show' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.no_show_appointment(bigint) IS
'The builder records that the customer did not come. Errors PT404, PT403, PT409 (not confirmed, not begun).';

CREATE FUNCTION api.appointment_slots(project_id bigint, date date, minutes integer DEFAULT 60)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, default_hours boolean)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.refuse_field(minutes NOT BETWEEN 15 AND 480, 'minutes', 'must be between 15 and 480');
    SELECT realty.refuse_field(NOT pg_catalog.isfinite(date) OR date > realty.today() + 730, 'date',
                               'must be a day before two years from now');
    SELECT realty.found((SELECT p.id FROM api.projects p WHERE p.id = project_id));
    SELECT pg_catalog.lower(s.slot), pg_catalog.upper(s.slot),
           NOT EXISTS (SELECT FROM api.builder_availability a
                       WHERE a.builder_id = p.builder_id AND (a.weekday IS NOT NULL OR a.exception_date = date))
    FROM api.projects p,
         -- OFFSET 0: once, and not once for each slot
         LATERAL (SELECT realty.open_hours(p.builder_id, date, date) AS hours OFFSET 0) o,
         LATERAL (SELECT o.hours - realty.busy_hours(p.builder_id, o.hours) AS hours OFFSET 0) f,
         LATERAL pg_catalog.unnest(o.hours) w (hours),
         LATERAL pg_catalog.generate_series(pg_catalog.lower(w.hours),
             pg_catalog.upper(w.hours) - pg_catalog.make_interval(mins => minutes),
             pg_catalog.make_interval(mins => minutes)) g (starts_at),
         LATERAL (SELECT pg_catalog.tstzrange(g.starts_at, g.starts_at + pg_catalog.make_interval(mins => minutes)) AS slot) s
    WHERE p.id = project_id AND p.is_listed AND s.slot OPERATOR(pg_catalog.<@) f.hours AND g.starts_at > pg_catalog.statement_timestamp()
    ORDER BY 1;
END;
COMMENT ON FUNCTION api.appointment_slots(bigint, date, integer) IS
'Times on that day, in the builder''s time zone, at which the project''s builder receives visitors and is free, each that many minutes long and counted from the opening.
With default_hours the builder has set no windows: Monday to Saturday from 10:00 to 18:00.
Errors PT404, PT422.';

CREATE FUNCTION api.set_availability(windows jsonb, builder_id bigint DEFAULT NULL) RETURNS SETOF api.builder_availability
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT realty.refuse_faults(realty.window_faults(windows));
    -- one at a time for a builder, or the windows of two would add up
    SELECT realty.found((SELECT b.id FROM realty.builders b
                         WHERE b.id = coalesce(set_availability.builder_id, realty.builder_id()) FOR NO KEY UPDATE));
    DELETE FROM api.builder_availability a
    WHERE a.builder_id = coalesce(set_availability.builder_id, realty.builder_id());
    INSERT INTO api.builder_availability (builder_id, weekday, exception_date, opens, closes, is_open)
    SELECT coalesce(set_availability.builder_id, realty.builder_id()), w.weekday::integer, w.exception_date, w.opens, w.closes,
           coalesce(w.is_open, true)
    FROM pg_catalog.jsonb_to_recordset(windows)
         w (weekday numeric, exception_date date, opens time, closes time, is_open boolean);
    SELECT a.* FROM api.builder_availability a
    WHERE a.builder_id = coalesce(set_availability.builder_id, realty.builder_id())
    ORDER BY a.weekday, a.exception_date, a.opens;
END;
COMMENT ON FUNCTION api.set_availability(jsonb, bigint) IS
'Replaces a builder''s weekly windows and exceptions by an array of {weekday or exception_date, opens, closes, is_open}.
An administrator names the builder. Errors PT422 with all violations, PT404.';

-- schema/65_api_functions/messages.sql
CREATE FUNCTION api.conversations(max integer DEFAULT 100)
RETURNS TABLE (user_id bigint, name text, kind text, messages bigint, unread bigint, last_message_id bigint,
               last_message_at timestamptz, last_sender_id bigint, last_subject text, last_body text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.refuse_field(max NOT BETWEEN 1 AND 1000, 'max', 'must be between 1 and 1000');
    WITH mine AS (
        SELECT CASE WHEN m.sender_id = i.id THEN m.recipient_id ELSE m.sender_id END AS user_id,
               pg_catalog.count(*) AS messages,
               pg_catalog.count(*) FILTER (WHERE m.recipient_id = i.id AND m.read_at IS NULL) AS unread,
               pg_catalog.max(m.id) AS last_id
        FROM (SELECT (SELECT realty.user_id()) AS id) i
             JOIN api.messages m ON m.sender_id = i.id OR m.recipient_id = i.id
        GROUP BY 1 ORDER BY 4 DESC LIMIT max
    )
    SELECT c.user_id, k.name, k.kind, c.messages, c.unread, l.id, l.created_at, l.sender_id, l.subject,
           pg_catalog.left(l.body, 200)
    FROM mine c
         JOIN api.messages l ON l.id = c.last_id
         LEFT JOIN api.contacts k ON k.user_id = c.user_id
    ORDER BY l.id DESC;
END;
COMMENT ON FUNCTION api.conversations(integer) IS
'Accounts with which you have exchanged messages, newest first: number of messages, number unread, and the last one. Error PT422.';

CREATE FUNCTION api.unread_messages() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.count(*) FROM api.messages m
    WHERE m.recipient_id = (SELECT realty.user_id()) AND m.read_at IS NULL;
END;
COMMENT ON FUNCTION api.unread_messages() IS 'How many messages to you are unread.';

CREATE FUNCTION api.delete_message(message_id bigint) RETURNS jsonb
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
RETURN pg_catalog.jsonb_build_object('message',
    pg_catalog.jsonb_build_object('id', realty.found(realty.hide_message(message_id))));
COMMENT ON FUNCTION api.delete_message(bigint) IS
'Hides a message from you; the other party keeps it. Error PT404.';

-- schema/65_api_functions/notifications.sql
CREATE FUNCTION api.unread_notifications() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.count(*) FROM api.notifications n WHERE n.read_at IS NULL;
END;
COMMENT ON FUNCTION api.unread_notifications() IS 'How many of your notifications are unread.';

CREATE FUNCTION api.read_all_notifications() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH done AS (
        UPDATE api.notifications n SET read_at = pg_catalog.statement_timestamp()
        WHERE n.read_at IS NULL RETURNING n.id
    )
    SELECT pg_catalog.count(*) FROM done;
END;
COMMENT ON FUNCTION api.read_all_notifications() IS
'Marks all your notifications as read; how many those were.';

-- schema/65_api_functions/routes.sql
CREATE FUNCTION api.openapi() RETURNS json
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_openapi';
COMMENT ON FUNCTION api.openapi() IS
'The description of the API in this database, OpenAPI 3.1: what /openapi.json answers.';

-- schema/65_api_functions/search.sql
-- Search. The queries, each of which restricts the rows to those that the caller may see, like the policies of its table;
-- and the public functions that run them as the owner and return only ids and ranks. These keep the plan:
-- to make it takes ten times as long as to find a few hits. So a query is a function that the planner can open
-- (one SELECT, not STRICT, with no settings of its own).
-- At most 10,000 hits are given, the best ones first and of equals the newest, as the lists show them; of units, whose
-- document is made to be ranked, any 10,000.

CREATE FUNCTION realty.projects_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT p.id, ts_rank(p.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.projects p
    WHERE p.found_by @@ (SELECT realty.search_query(q))
      AND (p.is_listed OR p.builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type()) = 'admin')
    ORDER BY 2 DESC, p.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.projects_found(text) IS 'What api.project_hits gives.';

CREATE FUNCTION realty.builders_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT d.id, ts_rank(d.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.builders d
    WHERE d.found_by @@ (SELECT realty.search_query(q))
    ORDER BY 2 DESC, d.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.builders_found(text) IS 'What api.builder_hits gives.';

-- The units of the projects that have a word of q, a thousand projects at most, which have one themselves. The index of all
-- units would be read again for each project, so OFFSET 0 keeps it out of there.
CREATE FUNCTION realty.units_beside(q text)
RETURNS TABLE (id bigint, created_at timestamptz, project_id bigint, builder_id bigint, is_listed boolean, status text, document tsvector)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 10000
BEGIN ATOMIC
    SELECT u.id, u.created_at, u.project_id, u.builder_id, u.is_listed, u.status, d.document
    FROM (SELECT p.id FROM realty.projects p WHERE p.found_by @@ (SELECT realty.search_query(q, true)) LIMIT 1000) p
         JOIN realty.units u ON u.project_id = p.id,
         LATERAL (SELECT realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) AS document OFFSET 0) d
    WHERE d.document @@ (SELECT realty.search_query(q, true));
END;
COMMENT ON FUNCTION realty.units_beside(text) IS
'Units that have a word of q in number, tower, type or facing, of at most a thousand projects that have one, visible or not.';

-- Words may stand in part with the unit and in part with its project. Such pairs are looked for from the side that has
-- fewer hits: from the units when any word is in at most a thousand of them, else from the projects (units_beside, which
-- is STRICT, so that it is a plan of its own: most searches do not come to it).
CREATE FUNCTION realty.units_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    WITH own AS (
        SELECT u.id, u.created_at, realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) AS document
        FROM realty.units u
        WHERE realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) @@ (SELECT realty.search_query(q))
          AND ((u.is_listed AND u.status <> 'blocked') OR u.builder_id = (SELECT realty.builder_id())
               OR (SELECT realty.user_type()) = 'admin')
        LIMIT 10000
    ), of_units AS MATERIALIZED (
        SELECT u.id FROM realty.units u
        WHERE realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) @@ (SELECT realty.search_query(q, true))
          AND (SELECT realty.search_query(q) <> realty.search_query(q, true))
        LIMIT 1001
    ), pairs (id, created_at, project_id, builder_id, is_listed, status, document) AS (
        SELECT u.id, u.created_at, u.project_id, u.builder_id, u.is_listed, u.status,
               realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing)
        FROM of_units f JOIN realty.units u ON u.id = f.id WHERE (SELECT count(*) FROM of_units) <= 1000
        UNION ALL
        SELECT b.* FROM realty.units_beside(q) b WHERE (SELECT count(*) FROM of_units) > 1000
    ), found AS (
        SELECT o.id, o.created_at, ts_rank(o.document, (SELECT realty.search_query(q))) AS rank FROM own o
        UNION ALL
        SELECT u.id, u.created_at, ts_rank(d.document, (SELECT realty.search_query(q)))
        FROM pairs u JOIN realty.projects p ON p.id = u.project_id,
             LATERAL (SELECT u.document || p.found_by AS document OFFSET 0) d
        WHERE p.found_by @@ (SELECT realty.search_query(q, true)) AND d.document @@ (SELECT realty.search_query(q))
          AND ((u.is_listed AND u.status <> 'blocked') OR u.builder_id = (SELECT realty.builder_id())
               OR (SELECT realty.user_type()) = 'admin')
    )
    SELECT f.id, max(f.rank) FROM found f GROUP BY f.id, f.created_at ORDER BY 2 DESC, f.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.units_found(text) IS 'What api.unit_hits gives.';

CREATE FUNCTION api.project_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_project_hits';
COMMENT ON FUNCTION api.project_hits(text) IS
'Projects with all words of q in name, location, registration or description, and their ranks. Error PT422.';

CREATE FUNCTION api.builder_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_builder_hits';
COMMENT ON FUNCTION api.builder_hits(text) IS
'Builders with all words of q in name, location or description, and their ranks. Error PT422.';

CREATE FUNCTION api.unit_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_unit_hits';
COMMENT ON FUNCTION api.unit_hits(text) IS
'Units with all words of q in number, tower, type and facing, or some there and the others in their project, and their ranks. Error PT422.';

CREATE FUNCTION api.project_cities(pattern text) RETURNS text[]
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_project_cities';
COMMENT ON FUNCTION api.project_cities(text) IS
'Cities of the projects you may see that are ILIKE the pattern; null when there are 200 or more to check.';

-- Of each kind as many as the page can hold: sorted before the joins, no more of them are judged. One SELECT, which the
-- planner inlines, so the plan is the calling statement's. OFFSET is evaluated first: so it reports the violations.
CREATE FUNCTION api.search(q text, kind text DEFAULT NULL, page integer DEFAULT 1, "limit" integer DEFAULT 10)
RETURNS TABLE (kind text, id bigint, title text, subtitle text, city text, project_id bigint, builder_id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
BEGIN ATOMIC
    SELECT f.* FROM (
        (SELECT 'project' AS kind, p.id, p.name AS title, d.company_name AS subtitle, p.city, p.id AS project_id, p.builder_id, h.rank
         FROM (SELECT * FROM api.project_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.projects p ON p.id = h.id JOIN api.builders d ON d.id = p.builder_id
         WHERE coalesce(search.kind, 'project') = 'project'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")
        UNION ALL
        (SELECT 'builder', d.id, d.company_name, d.description, d.city, NULL, d.id, h.rank
         FROM (SELECT * FROM api.builder_hits(q) ORDER BY rank DESC, id DESC) h JOIN api.builders d ON d.id = h.id
         WHERE coalesce(search.kind, 'builder') = 'builder'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")
        UNION ALL
        (SELECT 'unit', u.id, pg_catalog.concat_ws(' ', nullif(u.tower, ''), u.unit_number), p.name, p.city, p.id, u.builder_id, h.rank
         FROM (SELECT * FROM api.unit_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.units u ON u.id = h.id JOIN api.projects p ON p.id = u.project_id
         WHERE coalesce(search.kind, 'unit') = 'unit'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")) f
    ORDER BY f.rank DESC, f.kind DESC, f.id DESC
    LIMIT "limit" OFFSET CASE WHEN (SELECT realty.refuse_faults(pg_catalog.jsonb_path_query_array(pg_catalog.jsonb_build_array(
        CASE WHEN search.kind NOT IN ('project', 'builder', 'unit') THEN '{"field": "kind", "message": "must be one of project, builder, unit"}'::jsonb END,
        CASE WHEN page NOT BETWEEN 1 AND 1000 THEN '{"field": "page", "message": "must be from 1 to 1000"}'::jsonb END,
        CASE WHEN "limit" NOT BETWEEN 1 AND 100 THEN '{"field": "limit", "message": "must be from 1 to 100"}'::jsonb END,
        CASE WHEN q IS NULL THEN '{"field": "q", "message": "is required"}'::jsonb
             WHEN realty.search_query(q) IS NULL THEN '{"field": "q", "message": "holds no word"}'::jsonb END), '$[*] ? (@ != null)'))) IS NOT NULL THEN (page::bigint - 1) * "limit" END;
END;
COMMENT ON FUNCTION api.search(text, text, integer, integer) IS
'Projects, builders and units in one list, the best first. Error PT422.';

-- schema/65_api_functions/streams.sql
-- The batches that streams are made of. They run with the caller's rights, and read the
-- tables only for what their views do not show: which transaction wrote a row.

CREATE FUNCTION api.notifications_stream() RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT realty.stream_since() AS since, realty.stream_until() AS until
    ), found AS MATERIALIZED (
        SELECT n.id, n.kind, n.title, n.body, n.data, n.read_at, n.created_at, p.part,
               coalesce(pg_catalog.max(n.xact) FILTER (WHERE p.part = 2) OVER (), 0) AS newest
        FROM realty.notifications n, asked a,
             LATERAL (SELECT realty.stream_part(a.since, a.until, n.xact, n.id) AS part) p
        WHERE n.user_id = (SELECT realty.user_id())
          AND n.xact >= (SELECT realty.stream_floor(b.since) FROM asked b) AND p.part > 0
        ORDER BY p.part, n.id LIMIT 101
    ), told AS (
        SELECT f.*, a.since, a.until FROM found f, asked a ORDER BY f.part, f.id LIMIT 100
    )
    SELECT realty.stream_answer('user:' || realty.user_id(),
        CASE WHEN (SELECT a.since IS NOT NULL FROM asked a) THEN (
            SELECT pg_catalog.string_agg(realty.stream_event(
                       realty.stream_cursor(t.since, t.until, t.part, t.newest, t.id), 'notification',
                       pg_catalog.json_build_object('id', t.id, 'kind', t.kind, 'title', t.title, 'body', t.body,
                           'data', t.data, 'read_at', t.read_at, 'created_at', t.created_at)),
                   '' ORDER BY t.part, t.id) FROM told t)
        ELSE (
            SELECT realty.stream_event(
                       realty.stream_start(a.until, coalesce((
                           SELECT pg_catalog.max(n.xact) FROM realty.notifications n
                           WHERE n.user_id = (SELECT realty.user_id())), 2)), 'sync',
                       pg_catalog.json_build_object('unread_count', (SELECT api.unread_notifications())))
            FROM asked a)
        END, (SELECT pg_catalog.count(*) > 100 FROM found));
END;
COMMENT ON FUNCTION api.notifications_stream() IS
'Your notifications since Last-Event-ID as server-sent events, at most 100 at a time; without a valid cursor one event sync: read the list, changes follow from here.';

CREATE FUNCTION api.project_stream(project_id bigint) RETURNS text
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT realty.found((SELECT p.id FROM api.projects p WHERE p.id = project_id));
    WITH asked AS MATERIALIZED (
        SELECT realty.stream_since() AS since, realty.stream_until() AS until
    ), changed AS MATERIALIZED (
        SELECT c.unit_id, c.xact FROM realty.unit_changes c, asked a
        WHERE c.project_id = $1
          AND c.xact >= (SELECT realty.stream_floor(b.since) FROM asked b)
          AND realty.stream_part(a.since, a.until, c.xact, 0) > 0
    ), units AS MATERIALIZED (
        SELECT DISTINCT c.unit_id FROM changed c
    ), board AS (
        SELECT (SELECT a.since IS NULL FROM asked a)
               OR EXISTS (SELECT FROM units u WHERE u.unit_id IS NULL)
               OR (SELECT pg_catalog.count(*) > 200 FROM units) AS anew
    )
    SELECT realty.stream_answer('project:' || project_id, (
        SELECT realty.stream_event(
                   CASE WHEN a.since IS NULL THEN
                       realty.stream_start(a.until, coalesce((
                           SELECT pg_catalog.max(c.xact) FROM realty.unit_changes c WHERE c.project_id = $1), 2))
                   ELSE realty.stream_cursor(a.since, a.until, 2, (SELECT pg_catalog.max(c.xact) FROM changed c), 0)
                   END,
                   CASE WHEN b.anew THEN 'sync' ELSE 'availability' END,
                   CASE WHEN b.anew THEN
                       pg_catalog.json_build_object('project_id', p.id, 'total_units', p.total_units,
                           'available_units', p.available_units)
                   ELSE
                       pg_catalog.json_build_object('project_id', p.id, 'total_units', p.total_units,
                           'available_units', p.available_units,
                           'units', coalesce((
                               SELECT pg_catalog.json_agg(pg_catalog.json_build_object('id', v.id, 'status', v.status,
                                          'held_until', v.held_until, 'price', v.price) ORDER BY v.id)
                               FROM api.units v WHERE v.id IN (SELECT u.unit_id FROM units u)), '[]'),
                           'gone', coalesce((
                               SELECT pg_catalog.json_agg(u.unit_id ORDER BY u.unit_id) FROM units u
                               WHERE NOT EXISTS (SELECT FROM api.units v WHERE v.id = u.unit_id)), '[]'))
                   END)
        FROM asked a, board b, api.projects p
        WHERE p.id = $1 AND (a.since IS NULL OR EXISTS (SELECT FROM units))), false);
END;
COMMENT ON FUNCTION api.project_stream(bigint) IS
'Changes of a project''s units since Last-Event-ID, as one server-sent event availability: the units as they are now, the ids of removed ones, and the counts. Event sync: read all of them, changes follow from here. Error PT404.';

-- schema/65_api_functions/analytics.sql
-- Reports and dashboards of the API: sums over the views of schema analytics and of api, so
-- row policies and those views decide whose numbers they are. Answers are described in 70_routes.

-- Raises PT404 for a project that is not the caller's to analyse; NULL means all of them.
CREATE FUNCTION realty.analysed_project(project_id bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT CASE WHEN project_id IS NULL THEN NULL
                ELSE realty.found((SELECT p.project_id FROM analytics.progress p WHERE p.project_id = $1)) END;
END;
COMMENT ON FUNCTION realty.analysed_project(bigint) IS
'Its argument; error PT404 for a project whose numbers the caller may not see.';

CREATE FUNCTION api.sales_report("from" date DEFAULT NULL, "to" date DEFAULT NULL, period text DEFAULT 'month',
                                 project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.refuse_field(period NOT IN ('day', 'week', 'month', 'quarter', 'year'), 'period',
                               'must be one of day, week, month, quarter, year');
    SELECT realty.refuse_field("from" > "to", 'to', 'must not be before from');
    SELECT realty.analysed_project(project_id);
    WITH sale AS (
        SELECT s.*, pg_catalog.date_trunc(period, s.sold_on::timestamp)::date AS starts_on
        FROM analytics.sales s
        WHERE (sales_report.project_id IS NULL OR s.project_id = sales_report.project_id)
          AND ("from" IS NULL OR s.sold_on >= "from") AND ("to" IS NULL OR s.sold_on <= "to")
    )
    SELECT pg_catalog.jsonb_build_object(
        'period', period,
        'series', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_on)
            FROM (SELECT s.starts_on, pg_catalog.count(*) AS units, pg_catalog.sum(s.booked_price + s.changes_amount) AS value,
                         pg_catalog.sum(s.discount) AS discount, pg_catalog.sum(s.net_amount) AS net_value
                  FROM sale s GROUP BY s.starts_on) x), '[]'),
        'totals', (
            SELECT pg_catalog.jsonb_build_object('units', pg_catalog.count(*),
                'value', coalesce(pg_catalog.sum(s.booked_price + s.changes_amount), 0.00),
                'discount', coalesce(pg_catalog.sum(s.discount), 0.00),
                'net_value', coalesce(pg_catalog.sum(s.net_amount), 0.00),
                'average_net_value', pg_catalog.round(pg_catalog.avg(s.net_amount), 2),
                'realisation_percent', pg_catalog.round(pg_catalog.sum(s.booked_price - s.discount) * 100
                                                        / nullif(pg_catalog.sum(s.first_price), 0), 2))
            FROM sale s));
END;
COMMENT ON FUNCTION api.sales_report(date, date, text, bigint) IS
'Sales by day, week, month, quarter or year (period), from and to days included, of one project or all. Errors PT404, PT422.';

-- Units of one project or of all that the caller analyses, by state.
CREATE FUNCTION realty.inventory_totals(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('units', pg_catalog.count(*),
        'available', pg_catalog.count(*) FILTER (WHERE u.status = 'available'),
        'held', pg_catalog.count(*) FILTER (WHERE u.status = 'held'),
        'booked', pg_catalog.count(*) FILTER (WHERE u.status = 'booked'),
        'sold', pg_catalog.count(*) FILTER (WHERE u.status = 'sold'),
        'blocked', pg_catalog.count(*) FILTER (WHERE u.status = 'blocked'),
        'value_available', coalesce(pg_catalog.sum(u.price) FILTER (WHERE u.status = 'available'), 0.00),
        'average_days_on_market', pg_catalog.round(pg_catalog.avg(u.days_on_market), 1))
    FROM analytics.inventory u
    WHERE inventory_totals.project_id IS NULL OR u.project_id = inventory_totals.project_id;
END;
COMMENT ON FUNCTION realty.inventory_totals(bigint) IS 'Units by status, of one project or all, as in the reports.';

CREATE FUNCTION api.inventory_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    WITH unit AS (
        SELECT i.* FROM analytics.inventory i
        WHERE inventory_report.project_id IS NULL OR i.project_id = inventory_report.project_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'totals', realty.inventory_totals(project_id),
        'by_age', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('age', x.age, 'units', x.units, 'value', x.value) ORDER BY x.least)
            FROM (SELECT u.age, pg_catalog.count(*) AS units, pg_catalog.sum(u.price) AS value, pg_catalog.min(u.days_on_market) AS least
                  FROM unit u WHERE u.age IS NOT NULL GROUP BY u.age) x), '[]'),
        'by_type', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.unit_type)
            FROM (SELECT u.unit_type, pg_catalog.count(*) AS units, pg_catalog.count(*) FILTER (WHERE u.is_sold) AS sold,
                         pg_catalog.round(pg_catalog.avg(u.price), 2) AS average_price
                  FROM unit u GROUP BY u.unit_type ORDER BY units DESC, u.unit_type LIMIT 100) x), '[]'),
        'absorption', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.month)
            FROM (SELECT a.month, pg_catalog.sum(a.on_offer) AS on_offer, pg_catalog.sum(a.sold) AS sold,
                         pg_catalog.round(pg_catalog.sum(a.sold) * 100 / nullif(pg_catalog.sum(a.on_offer), 0), 2) AS absorption_percent
                  FROM analytics.absorption a
                  WHERE (inventory_report.project_id IS NULL OR a.project_id = inventory_report.project_id)
                    AND a.month > realty.today() - interval '12 months'
                  GROUP BY a.month) x), '[]'));
END;
COMMENT ON FUNCTION api.inventory_report(bigint) IS
'Units by state, age on the market and type (the 100 with most units), and how fast they sold in the last twelve months. Error PT404.';

CREATE FUNCTION api.collections_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    WITH instalment AS (
        SELECT c.* FROM analytics.collections c
        WHERE collections_report.project_id IS NULL OR c.project_id = collections_report.project_id
    ), flow AS (
        SELECT f.* FROM analytics.cash_flow f
        WHERE collections_report.project_id IS NULL OR f.project_id = collections_report.project_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'totals', (
            SELECT pg_catalog.jsonb_build_object(
                'received', coalesce((SELECT pg_catalog.sum(f.received) FROM flow f), 0.00),
                'refunded', coalesce((SELECT pg_catalog.sum(f.refunded) FROM flow f), 0.00),
                'outstanding', coalesce(pg_catalog.sum(i.amount), 0.00),
                'submitted', coalesce(pg_catalog.sum(i.amount) FILTER (WHERE i.status = 'submitted'), 0.00),
                'overdue', coalesce(pg_catalog.sum(i.amount) FILTER (WHERE i.days_overdue > 0), 0.00),
                'overdue_instalments', pg_catalog.count(*) FILTER (WHERE i.days_overdue > 0))
            FROM instalment i),
        'by_overdue', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('overdue', x.overdue, 'instalments', x.instalments,
                                                                      'amount', x.amount) ORDER BY x.least)
            FROM (SELECT i.overdue, pg_catalog.count(*) AS instalments, pg_catalog.sum(i.amount) AS amount,
                         pg_catalog.min(coalesce(i.days_overdue, 0)) AS least
                  FROM instalment i GROUP BY i.overdue) x), '[]'),
        'cash_flow', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.month)
            FROM (SELECT f.month, pg_catalog.sum(f.received) AS received, pg_catalog.sum(f.refunded) AS refunded,
                         pg_catalog.sum(f.expected) AS expected
                  FROM flow f WHERE f.month > realty.today() - interval '13 months' GROUP BY f.month) x), '[]'));
END;
COMMENT ON FUNCTION api.collections_report(bigint) IS
'What was paid, what is due and how late, and the cash flow of the last year and the months ahead. Error PT404.';

CREATE FUNCTION api.pipeline_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    SELECT pg_catalog.jsonb_build_object(
        'bookings', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'booking'), '[]'),
        'change_requests', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'change_request'), '[]'),
        'appointments', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'appointment'), '[]'))
    FROM (SELECT p.kind, p.status, pg_catalog.jsonb_build_object('status', p.status, 'items', pg_catalog.sum(p.items),
                     'value', pg_catalog.sum(p.value), 'oldest_days', pg_catalog.max(p.oldest_days)) AS line
          FROM analytics.pipeline p
          WHERE pipeline_report.project_id IS NULL OR p.project_id = pipeline_report.project_id
          GROUP BY p.kind, p.status) x;
END;
COMMENT ON FUNCTION api.pipeline_report(bigint) IS 'Bookings, change requests and appointments by state. Error PT404.';

CREATE FUNCTION api.progress_report()
RETURNS TABLE (project_id bigint, project text, status text, actual_percent numeric, planned_percent numeric,
               ahead_percent numeric, phases bigint, late_phases bigint, expected_completion date)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT p.project_id, p.project, p.status, p.actual_percent, p.planned_percent, p.ahead_percent, p.phases,
           p.late_phases, p.expected_completion
    FROM analytics.progress p ORDER BY p.ahead_percent NULLS LAST, p.project_id LIMIT 1000;
END;
COMMENT ON FUNCTION api.progress_report() IS 'Each project against its plan, the latest first, 1000 at most.';

CREATE FUNCTION api.project_stats(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found(realty.analysed_project(project_id));
    SELECT pg_catalog.jsonb_build_object(
        'project_id', project_id,
        'inventory', realty.inventory_totals(project_id),
        'sales', api.sales_report(NULL, NULL, 'month', project_id) -> 'totals',
        'collections', api.collections_report(project_id) -> 'totals',
        'pipeline', api.pipeline_report(project_id),
        'progress', (SELECT pg_catalog.jsonb_build_object('actual_percent', p.actual_percent,
                         'planned_percent', p.planned_percent, 'late_phases', p.late_phases)
                     FROM analytics.progress p WHERE p.project_id = project_stats.project_id));
END;
COMMENT ON FUNCTION api.project_stats(bigint) IS 'The numbers of one of your projects. Error PT404.';

CREATE FUNCTION api.builder_dashboard() RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'projects', (SELECT pg_catalog.count(*) FROM analytics.progress),
        'inventory', realty.inventory_totals(NULL),
        'sales', api.sales_report() -> 'totals',
        'sales_this_month', api.sales_report(pg_catalog.date_trunc('month', realty.today()::timestamp)::date) -> 'totals',
        'collections', api.collections_report() -> 'totals',
        'pipeline', api.pipeline_report(),
        'upcoming_appointments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_at)
            FROM (SELECT a.id, a.project_id, a.kind, a.status, a.starts_at, a.ends_at,
                         (SELECT c.name FROM api.contacts c WHERE c.profile_id = a.customer_id AND c.kind = 'customer') AS customer
                  FROM api.appointments a
                  WHERE a.status IN ('requested', 'confirmed') AND a.ends_at > statement_timestamp()
                  ORDER BY a.starts_at LIMIT 5) x), '[]'),
        'latest_bookings', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.id DESC)
            FROM (SELECT b.booking_id AS id, b.booking_number, b.project, b.status, b.net_amount, b.booked_on
                  FROM analytics.bookings b ORDER BY b.booking_id DESC LIMIT 5) x), '[]'),
        'unread_messages', api.unread_messages(),
        'unread_notifications', api.unread_notifications());
END;
COMMENT ON FUNCTION api.builder_dashboard() IS 'The first page of a builder''s portal, in one answer.';

CREATE FUNCTION api.customer_dashboard() RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH booking AS (
        SELECT b.*, b.total_amount - b.discount - b.paid_amount AS balance,
               b.status IN ('confirmed', 'completed')
               OR (b.status = 'pending' AND coalesce(b.hold_expires_at > statement_timestamp(), true)) AS stands
        FROM api.bookings b
    )
    SELECT pg_catalog.jsonb_build_object(
        'bookings', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.id DESC)
            FROM (SELECT b.id, b.booking_number, b.status, b.unit_id, u.unit_number, u.tower, p.id AS project_id,
                         p.name AS project, b.total_amount, b.discount, b.paid_amount, b.balance,
                         u.progress_percent AS unit_progress_percent, p.progress_percent AS project_progress_percent,
                         b.hold_expires_at
                  FROM booking b LEFT JOIN api.units u ON u.id = b.unit_id LEFT JOIN api.projects p ON p.id = b.project_id
                  WHERE b.stands) x), '[]'),
        'totals', (SELECT pg_catalog.jsonb_build_object('bookings', pg_catalog.count(*),
                       'paid', coalesce(pg_catalog.sum(b.paid_amount), 0.00),
                       'balance', coalesce(pg_catalog.sum(b.balance), 0.00))
                   FROM booking b WHERE b.stands),
        'next_payments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.due_date NULLS LAST, x.id)
            FROM (SELECT y.id, y.booking_id, y.milestone, y.amount, y.due_date, y.due_date < (statement_timestamp() AT TIME ZONE d.time_zone)::date AS is_overdue
                  FROM api.payments y JOIN booking b ON b.id = y.booking_id JOIN api.builders d ON d.id = b.builder_id
                  WHERE b.stands AND y.kind <> 'refund' AND y.status = 'due'
                  ORDER BY y.due_date NULLS LAST, y.id LIMIT 5) x), '[]'),
        'upcoming_appointments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_at)
            FROM (SELECT a.id, a.project_id, a.kind, a.status, a.starts_at, a.ends_at
                  FROM api.appointments a
                  WHERE a.status IN ('requested', 'confirmed') AND a.ends_at > statement_timestamp()
                  ORDER BY a.starts_at LIMIT 5) x), '[]'),
        'open_change_requests', (SELECT pg_catalog.count(*) FROM api.change_requests c
                                 WHERE c.status IN ('submitted', 'under_review', 'approved')),
        'unread_messages', api.unread_messages(),
        'unread_notifications', api.unread_notifications());
END;
COMMENT ON FUNCTION api.customer_dashboard() IS 'The first page of a customer''s portal, in one answer.';

-- schema/65_api_functions/relationships.sql
-- What PostgREST cannot see in the foreign keys: computed relationships and fields.
--
-- Columns that a trigger copies have no foreign key (docs/decisions/0002), and people see each other
-- through api.contacts only. A function of one row of a view, named as the other
-- end, is a relationship: /bookings?select=*,projects(name),customer(name). One that returns a
-- value is a field that is there when it is asked for: /bookings?select=id,balance.
-- They are read with the caller's rights, and inlined: STABLE, not STRICT, no settings.

CREATE FUNCTION api.projects(api.bookings) RETURNS SETOF api.projects
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT p.* FROM api.projects p WHERE p.id = $1.project_id; END;
COMMENT ON FUNCTION api.projects(api.bookings) IS 'The project of a booking.';

CREATE FUNCTION api.bookings(api.projects) RETURNS SETOF api.bookings
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT b.* FROM api.bookings b WHERE b.project_id = $1.id; END;
COMMENT ON FUNCTION api.bookings(api.projects) IS 'The bookings of a project that you may see.';

CREATE FUNCTION api.builders(api.bookings) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.bookings) IS 'The builder of a booking.';

CREATE FUNCTION api.bookings(api.builders) RETURNS SETOF api.bookings
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT b.* FROM api.bookings b WHERE b.builder_id = $1.id; END;
COMMENT ON FUNCTION api.bookings(api.builders) IS 'The bookings of a builder''s projects that you may see.';

CREATE FUNCTION api.builders(api.units) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.units) IS 'The builder of a unit.';

CREATE FUNCTION api.units(api.builders) RETURNS SETOF api.units
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT u.* FROM api.units u WHERE u.builder_id = $1.id; END;
COMMENT ON FUNCTION api.units(api.builders) IS 'The units of a builder.';

CREATE FUNCTION api.customer(api.bookings) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.bookings) IS 'The customer of the booking: id, name and kind.';

CREATE FUNCTION api.customer(api.appointments) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.appointments) IS 'The customer of the appointment: id, name and kind.';

CREATE FUNCTION api.customer(api.change_requests) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.change_requests) IS 'The customer that requests it: id, name and kind.';

CREATE FUNCTION api.users(api.notifications) RETURNS SETOF api.users
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT u.* FROM api.users u WHERE u.id = $1.user_id; END;
COMMENT ON FUNCTION api.users(api.notifications) IS 'The account that is notified: yours.';

CREATE FUNCTION api.notifications(api.users) RETURNS SETOF api.notifications
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT n.* FROM api.notifications n WHERE n.user_id = $1.id; END;
COMMENT ON FUNCTION api.notifications(api.users) IS 'The notifications of an account: yours.';

CREATE FUNCTION api.builders(api.unit_price_history) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.unit_price_history) IS 'The builder whose price changed.';

CREATE FUNCTION api.sender(api.messages) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.user_id = $1.sender_id; END;
COMMENT ON FUNCTION api.sender(api.messages) IS 'Its author: id, name and kind.';

CREATE FUNCTION api.recipient(api.messages) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.user_id = $1.recipient_id; END;
COMMENT ON FUNCTION api.recipient(api.messages) IS 'Its recipient: id, name and kind.';

CREATE FUNCTION api.availability(api.projects) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT api.project_availability($1.id); END;
COMMENT ON FUNCTION api.availability(api.projects) IS 'Units of the project by status, type and price band: api.project_availability.';

CREATE FUNCTION api.balance(api.bookings) RETURNS numeric
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT CASE WHEN $1.status IN ('cancelled', 'expired') THEN 0.00
                ELSE $1.total_amount - $1.discount - $1.paid_amount END;
END;
COMMENT ON FUNCTION api.balance(api.bookings) IS
'What is still owed for a booking, in the site''s currency: total less discount less paid; nothing once it has ended.';

-- schema/70_routes/accounts.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('users', 'api.users', 'user', 'id', '{created_at,email,full_name,id}', '-created_at', '{}',
     'accounts', true),
    ('builders', 'api.builders', 'builder', 'id',
     '{created_at,company_name,city,total_projects,id}', '-created_at', '{}', 'builders', true),
    ('customers', 'api.customers', 'customer', 'id', '{created_at,city,id}', '-created_at',
     '{"contact": {"resource": "contacts", "by": "user_id", "columns": ["name", "email", "phone", "phone_e164"]}}',
     'customers', true),
    ('contacts', 'api.contacts', 'contact', 'user_id', '{name,user_id}', 'name', '{}',
     'people you have to do with', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (101, 'POST', '/api/auth/register', 'call', NULL, 'api.register', '{anonymous}', 201,
     '{}', '{}', NULL, NULL, 'auth', 'Make an account, as a builder or a customer, and sign in', true),
    (106, 'GET', '/api/auth/me', 'call', NULL, 'api.me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'The signed-in user', true),
    (107, 'PATCH', '/api/auth/me', 'call', NULL, 'api.update_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Change your name or phone', true),
    (113, 'GET', '/api/auth/me/export', 'call', NULL, 'api.export_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'All your data', true),
    (114, 'DELETE', '/api/auth/me', 'call', NULL, 'api.delete_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Delete your account', true),
    (201, 'GET', '/api/users', 'list', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'List accounts', true),
    (202, 'GET', '/api/users/{id}', 'get', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'One account', true),
    (203, 'PATCH', '/api/users/{id}', 'update', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'Activate, verify or correct an account', true),
    (204, 'DELETE', '/api/users/{id}', 'call', 'users', 'api.delete_user', '{admin}', 200,
     '{"id": "user_id"}', '{}', NULL, NULL, 'users', 'Deactivate and anonymise an account', true),
    (301, 'GET', '/api/builders', 'list', 'builders', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'List builders', true),
    (302, 'GET', '/api/builders/{id}', 'get', 'builders', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'One builder', true),
    (303, 'PATCH', '/api/builders/{id}', 'update', 'builders', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'Change your profile', true),
    (351, 'GET', '/api/customers', 'list', 'customers', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'List customers: builders see those with a booking, an appointment or a message', true),
    (352, 'GET', '/api/customers/{id}', 'get', 'customers', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Your profile, or a customer of yours', true),
    (353, 'PATCH', '/api/customers/{id}', 'update', 'customers', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Change your profile', true),
    (361, 'GET', '/api/contacts', 'list', 'contacts', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'You, and the people you share a booking, an appointment or a message with', true);

-- Routes that hash a password, could be used to guess a secret, or export all data of a user.
UPDATE realty.routes SET rate_class = 'auth'
WHERE function IN ('api.register', 'api.delete_me', 'api.export_me');

UPDATE realty.resources SET search = 'api.builder_hits' WHERE name = 'builders';

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.register', jsonb '{"type": "object", "additionalProperties": false, "properties": {"user": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"$ref":
     "#/components/schemas/UserResponse/properties/id"}, "email": {"$ref":
     "#/components/schemas/UserResponse/properties/email"}, "user_type": {"$ref":
     "#/components/schemas/UserResponse/properties/user_type"}, "full_name": {"$ref":
     "#/components/schemas/UserResponse/properties/full_name"}, "phone": {"$ref":
     "#/components/schemas/UserResponse/properties/phone"}, "phone_e164": {"$ref":
     "#/components/schemas/UserResponse/properties/phone_e164"}, "is_active": {"$ref":
     "#/components/schemas/UserResponse/properties/is_active"}, "is_verified": {"$ref":
     "#/components/schemas/UserResponse/properties/is_verified"}, "last_login_at": {"$ref":
     "#/components/schemas/UserResponse/properties/last_login_at"}, "extra": {"$ref":
     "#/components/schemas/UserResponse/properties/extra"}, "created_at": {"$ref":
     "#/components/schemas/UserResponse/properties/created_at"}, "updated_at": {"$ref":
     "#/components/schemas/UserResponse/properties/updated_at"}, "profile_id": {"type": ["integer",
     "null"]}, "builder": {"type": "object", "additionalProperties": false, "properties": {"id":
     {"$ref": "#/components/schemas/BuilderResponse/properties/id"}, "company_name": {"$ref":
     "#/components/schemas/BuilderResponse/properties/company_name"}, "license_number": {"$ref":
     "#/components/schemas/BuilderResponse/properties/license_number"}, "address": {"$ref":
     "#/components/schemas/BuilderResponse/properties/address"}, "city": {"$ref":
     "#/components/schemas/BuilderResponse/properties/city"}, "state": {"$ref":
     "#/components/schemas/BuilderResponse/properties/state"}, "website": {"$ref":
     "#/components/schemas/BuilderResponse/properties/website"}, "description": {"$ref":
     "#/components/schemas/BuilderResponse/properties/description"}, "logo_url": {"$ref":
     "#/components/schemas/BuilderResponse/properties/logo_url"}, "is_verified": {"$ref":
     "#/components/schemas/BuilderResponse/properties/is_verified"}, "total_projects": {"$ref":
     "#/components/schemas/BuilderResponse/properties/total_projects"}, "extra": {"$ref":
     "#/components/schemas/BuilderResponse/properties/extra"}}, "required": ["id", "company_name",
     "license_number", "address", "city", "state", "website", "description", "logo_url",
     "is_verified", "total_projects", "extra"]}, "customer": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"$ref":
     "#/components/schemas/CustomerResponse/properties/id"}, "address": {"$ref":
     "#/components/schemas/CustomerResponse/properties/address"}, "city": {"$ref":
     "#/components/schemas/CustomerResponse/properties/city"}, "state": {"$ref":
     "#/components/schemas/CustomerResponse/properties/state"}, "budget_min": {"$ref":
     "#/components/schemas/CustomerResponse/properties/budget_min"}, "budget_max": {"$ref":
     "#/components/schemas/CustomerResponse/properties/budget_max"}, "preferences": {"$ref":
     "#/components/schemas/CustomerResponse/properties/preferences"}, "extra": {"$ref":
     "#/components/schemas/CustomerResponse/properties/extra"}}, "required": ["id", "address",
     "city", "state", "budget_min", "budget_max", "preferences", "extra"]}}, "required": ["id",
     "email", "user_type", "full_name", "phone", "phone_e164", "is_active", "is_verified", "last_login_at",
     "extra", "created_at", "updated_at", "profile_id"]}, "token": {"type": "string", "description":
     "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string", "description":
     "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer", "description":
     "seconds that the token counts"}}, "required": ["user", "token", "refresh_token", "expires_in"]}'),
    ('api.delete_me', '{"type": "object", "additionalProperties": false, "properties": {"deleted": {"type":
     "boolean"}}, "required": ["deleted"]}'),
    ('api.export_me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}, "sessions": {"type": "array", "items": {"type": "object"}},
     "bookings": {"type": "array", "items": {"type": "object"}},
     "payments": {"type": "array", "items": {"type": "object"}},
     "change_requests": {"type": "array", "items": {"type": "object"}},
     "appointments": {"type": "array", "items": {"type": "object"}},
     "messages": {"type": "array", "items": {"type": "object"}},
     "notifications": {"type": "array", "items": {"type": "object"}},
     "projects": {"type": "array", "items": {"type": "object"}},
     "availability": {"type": "array", "items": {"type": "object"}},
     "updates": {"type": "array", "items": {"type": "object"}},
     "models": {"type": "array", "items": {"type": "object"}},
     "progress": {"type": "array", "items": {"type": "object"}},
     "units": {"type": "array", "items": {"type": "object"}},
     "price_history": {"type": "array", "items": {"type": "object"}},
     "private_builders": {"type": "array", "items": {"type": "object"}},
     "private_projects": {"type": "array", "items": {"type": "object"}},
     "private_units": {"type": "array", "items": {"type": "object"}},
     "private_bookings": {"type": "array", "items": {"type": "object"}},
     "cut": {"type": "array", "items": {"type": "string"}, "description": "lists of which only the newest rows are here"}},
     "required": ["user", "sessions", "messages", "notifications", "cut"]}'),
    ('api.me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}'),
    ('api.update_me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/sessions.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('sessions', 'api.sessions', 'session', 'id', '{created_at,last_used_at,id}', '-created_at',
     '{}', 'sign-ins', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (102, 'POST', '/api/auth/login', 'call', NULL, 'api.login', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Sign in', true),
    (103, 'POST', '/api/auth/refresh', 'call', NULL, 'api.refresh', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'New tokens for a refresh token', true),
    (104, 'POST', '/api/auth/logout', 'call', NULL, 'api.logout', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'End this session', true),
    (105, 'POST', '/api/auth/logout-all', 'call', NULL, 'api.logout_all', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'End all your sessions', true),
    (108, 'POST', '/api/auth/change-password', 'call', NULL, 'api.change_password', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Set a new password', true),
    (109, 'POST', '/api/auth/forgot-password', 'call', NULL, 'api.forgot_password', '{anonymous}', 202,
     '{}', '{}', NULL, NULL, 'auth', 'Have a token for a new password sent to your address', true),
    (110, 'POST', '/api/auth/reset-password', 'call', NULL, 'api.reset_password', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Set a new password with that token', true),
    (111, 'GET', '/api/auth/sessions', 'list', 'sessions', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Where you are signed in', true),
    (112, 'DELETE', '/api/auth/sessions/{id}', 'set', 'sessions', NULL, '{user}', 200,
     '{}', '{"revoked_at": "now", "revoked_reason": "revoked by its user"}', NULL, NULL,
     'auth', 'End one of your sessions', true);

-- Routes that hash a password, could be used to guess a secret, or export all data of a user.
UPDATE realty.routes SET rate_class = 'auth'
WHERE function IN ('api.login', 'api.refresh', 'api.change_password', 'api.forgot_password', 'api.reset_password');

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.login', jsonb '{"$ref": "#/components/schemas/PostAuthRegisterResult"}'),
    ('api.refresh', '{"type": "object", "additionalProperties": false, "properties": {"token": {"type": "string",
     "description": "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string",
     "description": "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer",
     "description": "seconds that the token counts"}}, "required": ["token", "refresh_token",
     "expires_in"]}'),
    ('api.logout', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.logout_all', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.change_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.reset_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.forgot_password', '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "string"}},
     "required": ["message"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/settings.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('settings', 'api.settings', 'setting', 'key', '{key,created_at,updated_at}', 'key',
     '{}', 'settings of the site', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1601, 'GET', '/api/settings', 'list', 'settings', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'Settings in force: the public ones; all of them for administrators', true),
    (1602, 'GET', '/api/settings/{key}', 'get', 'settings', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'One setting', true),
    (1603, 'PUT', '/api/settings/{key}', 'call', 'settings', 'api.put_setting', '{admin}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'Set a setting', true),
    (1604, 'DELETE', '/api/settings/{key}', 'call', 'settings', 'api.reset_setting', '{admin}', 200,
     '{}', '{}', NULL, 'setting', 'settings', 'Return a setting to its default', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.reset_setting', jsonb '{"type": "object", "additionalProperties": false, "properties": {"key": {"type": "string"}, "value":
     {"description": "what counts now; null when nothing does"}}, "required": ["key", "value"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/projects.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('projects', 'api.projects', 'project', 'id',
     '{created_at,updated_at,name,city,status,price_min,price_max,launch_date,expected_completion,progress_percent,id}',
     '-created_at',
     '{"builder": {"resource": "builders", "by": "builder_id", "columns": ["id", "company_name", "is_verified"]}}',
     'developments', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (304, 'GET', '/api/builders/{id}/projects', 'list', 'projects', NULL, '{public}', 200,
     '{"id": "builder_id"}', '{}', 'builders', NULL, 'builders', 'A builder''s projects', true),
    (501, 'GET', '/api/projects', 'list', 'projects', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'List projects', true),
    (502, 'POST', '/api/projects', 'create', 'projects', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'projects', 'Add a project', true),
    (503, 'GET', '/api/projects/{id}', 'get', 'projects', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'One project', true),
    (504, 'PATCH', '/api/projects/{id}', 'update', 'projects', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'Change a project', true),
    (505, 'DELETE', '/api/projects/{id}', 'delete', 'projects', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'Delete a project that nothing refers to', true),
    (507, 'GET', '/api/projects/{id}/availability', 'call', 'projects',
     'api.project_counts', '{public}', 200,
     '{"id": "project_id"}', '{}', NULL, 'availability', 'projects',
     'Units by status, type and price band', true);

UPDATE realty.resources SET search = 'api.project_hits' WHERE name = 'projects';

UPDATE realty.resources SET lookups = '{"city": "api.project_cities"}' WHERE name = 'projects';

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.project_counts', jsonb '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
     "integer"}, "total": {"type": "integer"}, "available": {"type": "integer"}, "by_status":
     {"type": "object", "additionalProperties": {"type": "integer"}, "description":
     "units of each status that has any"}, "by_type": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"unit_type": {"type": ["string", "null"]},
     "total": {"type": "integer"}, "available": {"type": "integer"}, "price_from": {"type":
     ["number", "null"]}}, "required": ["unit_type", "total", "available", "price_from"]}},
     "by_price": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"price_from": {"type": "number"}, "price_below": {"type": "number"}, "total":
     {"type": "integer"}, "available": {"type": "integer"}}, "required": ["price_from",
     "price_below", "total", "available"]}}, "cut": {"type": "boolean", "description":
     "there are more types or price bands than the 100 with most units"}}, "required": ["project_id", "total", "available",
     "by_status", "by_type", "by_price"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/units.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('units', 'api.units', 'unit', 'id',
     '{created_at,updated_at,price,unit_number,tower,floor,bedrooms,carpet_area,id}', '-created_at',
     '{}', 'units for sale', true),
    ('price-history', 'api.unit_price_history', 'price_change', 'id', '{created_at,new_price,id}',
     '-created_at', '{}', 'changes of units'' prices', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (506, 'GET', '/api/projects/{id}/units', 'list', 'units', NULL, '{public}', 200,
     '{"id": "project_id"}', '{}', 'projects', NULL, 'projects', 'A project''s units', true),
    (601, 'GET', '/api/units', 'list', 'units', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'units', 'List units', true),
    (602, 'POST', '/api/units', 'create', 'units', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'units', 'Add a unit to your project', true),
    (603, 'POST', '/api/units/bulk', 'create_many', 'units', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'units', 'Add up to 10,000 units at once, all or none', true),
    (604, 'GET', '/api/units/{id}', 'get', 'units', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'units', 'One unit', true),
    (605, 'PATCH', '/api/units/{id}', 'update', 'units', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'units', 'Change a unit', true),
    (606, 'DELETE', '/api/units/{id}', 'delete', 'units', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'units', 'Delete a unit that nothing refers to', true),
    (607, 'GET', '/api/units/{id}/price-history', 'list', 'price-history', NULL, '{builder}', 200,
     '{"id": "unit_id"}', '{}', 'units', NULL, 'units', 'How the price of your unit changed', true),
    (608, 'POST', '/api/units/{id}/block', 'call', 'units', 'api.block_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Take a unit off sale', true),
    (609, 'POST', '/api/units/{id}/release', 'call', 'units', 'api.release_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Put a blocked unit on sale again', true),
    (697, 'POST', '/api/units/{id}/amend', 'call', 'units', 'api.amend_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Correct what a booked unit is known by', true);

UPDATE realty.resources SET search = 'api.unit_hits' WHERE name = 'units';

UPDATE realty.resources SET implied = '{"status": {"available": "unsold"}}' WHERE name = 'units';

-- schema/70_routes/bookings.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('bookings', 'api.bookings', 'booking', 'id',
     '{created_at,updated_at,total_amount,status,booking_number,id}', '-created_at', '{}',
     'customers'' claims on units', true),
    ('customers-at-limit', 'api.customers_at_limit', 'customer_at_limit', 'customer_id', '{open_bookings,since,customer_id}', '-open_bookings',
     '{}', 'customers at the limit of open bookings or appointments', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (356, 'GET', '/api/customers/at-limit', 'list', 'customers-at-limit', NULL, '{builder}', 200, '{}', '{}', NULL, 'customers', 'customers',
     'Customers at the limit of open bookings or requested appointments with you; with all companies together, for administrators', true),
    (701, 'GET', '/api/bookings', 'list', 'bookings', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'Your bookings, or those of your projects', true),
    (702, 'POST', '/api/bookings', 'create', 'bookings', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'bookings', 'Book a unit', true),
    (703, 'GET', '/api/bookings/{id}', 'get', 'bookings', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'One booking', true),
    (704, 'PATCH', '/api/bookings/{id}', 'update', 'bookings', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'Change notes or discount', true),
    (705, 'POST', '/api/bookings/{id}/confirm', 'call', 'bookings', 'api.confirm_booking',
     '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Accept a pending booking', true),
    (706, 'POST', '/api/bookings/{id}/cancel', 'call', 'bookings', 'api.cancel_booking',
     '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'End a booking; its unit is free again', true),
    (707, 'POST', '/api/bookings/{id}/complete', 'call', 'bookings', 'api.complete_booking',
     '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Hand the unit over: it is sold', true),
    (710, 'POST', '/api/bookings/{id}/extend', 'call', 'bookings', 'api.extend_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Hold the unit longer', true),
    (711, 'POST', '/api/bookings/{id}/reopen', 'call', 'bookings', 'api.reopen_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Open a completed booking again', true);

-- schema/70_routes/payments.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('payments', 'api.payments', 'payment', 'id',
     '{created_at,updated_at,due_date,paid_at,amount,status,id}', '-created_at', '{}',
     'instalments, tokens and refunds of bookings', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (708, 'GET', '/api/bookings/{id}/payments', 'list', 'payments', NULL, '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', 'bookings', NULL, 'bookings', 'A booking''s payments', true),
    (709, 'GET', '/api/bookings/{id}/statement', 'call', 'bookings', 'api.booking_statement',
     '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', NULL, 'statement', 'bookings',
     'The account of a booking: charges, payments, balance', true),
    (801, 'GET', '/api/payments', 'list', 'payments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Your payments, or those of your projects', true),
    (802, 'POST', '/api/payments', 'create', 'payments', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'payments', 'Schedule one payment of a booking', true),
    (803, 'GET', '/api/payments/{id}', 'get', 'payments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'One payment', true),
    (804, 'PATCH', '/api/payments/{id}', 'update', 'payments', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Change a payment that is not paid', true),
    (805, 'DELETE', '/api/payments/{id}', 'delete', 'payments', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Delete a payment that is not paid', true),
    (806, 'POST', '/api/payments/{id}/pay', 'call', 'payments', 'api.pay_payment',
     '{builder,customer}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'Record how a payment was made', true),
    (807, 'POST', '/api/payments/{id}/confirm', 'call', 'payments', 'api.confirm_payment',
     '{builder}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'The money is there: it counts and gets a receipt', true),
    (808, 'POST', '/api/payments/{id}/reject', 'call', 'payments', 'api.reject_payment',
     '{builder}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'The submitted payment did not arrive', true),
    (809, 'POST', '/api/payments/{id}/refund', 'call', 'payments', 'api.refund_payment',
     '{builder}', 201,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'Open a refund of a paid payment', true),
    (810, 'POST', '/api/payments/schedule', 'call', 'payments', 'api.schedule_payments',
     '{builder}', 201,
     '{}', '{}', NULL, NULL, 'payments', 'Make the instalment plan of a booking', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.booking_statement', jsonb '{"type": "object", "additionalProperties": false, "properties": {"booking_id": {"type":
     "integer"}, "booking_number": {"type": "string"}, "status": {"$ref":
     "#/components/schemas/BookingResponse/properties/status"}, "charges": {"type": "array", "items":
     {"type": "object", "additionalProperties": false, "properties": {"what": {"enum": ["price",
     "change", "discount"]}, "title": {"type": ["string", "null"]}, "amount": {"type": "number"}},
     "required": ["what", "title", "amount"]}}, "payments": {"type": "array", "items": {"type":
     "object", "additionalProperties": false, "properties": {"payment_id": {"type": "integer"},
     "kind": {"$ref": "#/components/schemas/PaymentResponse/properties/kind"}, "milestone": {"$ref":
     "#/components/schemas/PaymentResponse/properties/milestone"}, "amount": {"$ref":
     "#/components/schemas/PaymentResponse/properties/amount"}, "status": {"$ref":
     "#/components/schemas/PaymentResponse/properties/status"}, "due_date": {"$ref":
     "#/components/schemas/PaymentResponse/properties/due_date"}, "paid_at": {"$ref":
     "#/components/schemas/PaymentResponse/properties/paid_at"}, "receipt_number": {"$ref":
     "#/components/schemas/PaymentResponse/properties/receipt_number"}, "transaction_reference":
     {"$ref": "#/components/schemas/PaymentResponse/properties/transaction_reference"}}, "required":
     ["payment_id", "kind", "milestone", "amount", "status", "due_date", "paid_at", "receipt_number",
     "transaction_reference"]}}, "charged": {"type": "number"}, "paid": {"type": "number"},
     "submitted": {"type": "number"}, "scheduled": {"type": "number"}, "overdue": {"type": "number"},
     "refunds_due": {"type": "number"}, "balance": {"type": "number"}}, "required": ["booking_id",
     "booking_number", "status", "charges", "payments", "charged", "paid", "submitted", "scheduled",
     "overdue", "refunds_due", "balance"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/change_requests.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('change-requests', 'api.change_requests', 'change_request', 'id',
     '{created_at,updated_at,decided_at,status,id}', '-created_at', '{}',
     'changes requested by customers', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1401, 'GET', '/api/change-requests', 'list', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Your change requests, or those of your projects', true),
    (1402, 'POST', '/api/change-requests', 'create', 'change-requests', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'change-requests', 'Request a change of a unit you booked', true),
    (1403, 'GET', '/api/change-requests/{id}', 'get', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'One change request', true),
    (1404, 'PATCH', '/api/change-requests/{id}', 'update', 'change-requests', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Change the request, while it is submitted', true),
    (1405, 'POST', '/api/change-requests/{id}/review', 'call', 'change-requests',
     'api.review_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Take it under review', true),
    (1406, 'POST', '/api/change-requests/{id}/approve', 'call', 'change-requests',
     'api.approve_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests',
     'Approve it: its cost is added to the booking', true),
    (1407, 'POST', '/api/change-requests/{id}/reject', 'call', 'change-requests',
     'api.reject_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Reject it', true),
    (1408, 'POST', '/api/change-requests/{id}/complete', 'call', 'change-requests',
     'api.complete_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'It is done', true),
    (1409, 'POST', '/api/change-requests/{id}/withdraw', 'call', 'change-requests',
     'api.withdraw_change_request', '{customer}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'You no longer want it', true),
    (1410, 'POST', '/api/change-requests/{id}/accept', 'call', 'change-requests',
     'api.accept_change_request', '{customer}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Agree to a cost above the estimate', true);

-- schema/70_routes/appointments.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('appointments', 'api.appointments', 'appointment', 'id',
     '{created_at,updated_at,starts_at,status,id}', '-created_at', '{}', 'visits and calls', true),
    ('availability', 'api.builder_availability', 'window', 'id',
     '{created_at,weekday,exception_date,opens,id}', 'weekday', '{}', 'when builders receive visitors', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (305, 'GET', '/api/builders/{id}/availability', 'list', 'availability', NULL, '{public}', 200,
     '{"id": "builder_id"}', '{}', 'builders', NULL, 'builders', 'When a builder receives visitors', true),
    (901, 'GET', '/api/appointments', 'list', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Your appointments', true),
    (902, 'POST', '/api/appointments', 'create', 'appointments', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'appointments', 'Request an appointment', true),
    (903, 'GET', '/api/appointments/slots', 'call', NULL, 'api.appointment_slots', '{public}', 200,
     '{}', '{}', NULL, 'slots', 'appointments', 'Free times of a project''s builder on a day', true),
    (904, 'GET', '/api/appointments/{id}', 'get', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'One appointment', true),
    (905, 'PATCH', '/api/appointments/{id}', 'update', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Move an appointment, or change its place and notes', true),
    (906, 'POST', '/api/appointments/{id}/confirm', 'call', 'appointments', 'api.confirm_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Accept a requested appointment', true),
    (907, 'POST', '/api/appointments/{id}/cancel', 'call', 'appointments', 'api.cancel_appointment',
     '{builder,customer}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Call an appointment off', true),
    (908, 'POST', '/api/appointments/{id}/complete', 'call', 'appointments', 'api.complete_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Record that it was held', true),
    (909, 'POST', '/api/appointments/{id}/no-show', 'call', 'appointments', 'api.no_show_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Record that the customer did not come', true),
    (910, 'PUT', '/api/appointments/availability', 'call', 'availability', 'api.set_availability',
     '{builder}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Replace your weekly windows and exceptions', true);

-- schema/70_routes/construction.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('progress', 'api.project_progress', 'progress', 'id',
     '{created_at,updated_at,sequence,phase,percent,planned_start,planned_end,id}', '-created_at', '{}',
     'phases of projects and units', true),
    ('updates', 'api.construction_updates', 'update', 'id',
     '{created_at,updated_at,published_at,title,id}', '-created_at', '{}', 'dated reports', true),
    ('models', 'api.models_3d', 'model', 'id', '{created_at,updated_at,name,version,id}', '-created_at',
     '{}', '3D assets', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (511, 'GET', '/api/projects/{id}/progress', 'list', 'progress', NULL, '{public}', 200,
     '{"id": "project_id"}', '{}', 'projects', NULL, 'projects', 'A project''s phases and those of its units', true),
    (512, 'GET', '/api/projects/{id}/updates', 'list', 'updates', NULL, '{public}', 200,
     '{"id": "project_id"}', '{}', 'projects', NULL, 'projects', 'A project''s reports', true),
    (513, 'GET', '/api/projects/{id}/models', 'list', 'models', NULL, '{public}', 200,
     '{"id": "project_id"}', '{}', 'projects', NULL, 'projects', 'A project''s 3D models', true),
    (1201, 'GET', '/api/progress', 'list', 'progress', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'progress', 'List phases', true),
    (1202, 'POST', '/api/progress', 'create', 'progress', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'progress', 'Add a phase to your project', true),
    (1203, 'GET', '/api/progress/{id}', 'get', 'progress', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'progress', 'One phase', true),
    (1204, 'PATCH', '/api/progress/{id}', 'update', 'progress', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'progress', 'Report progress of a phase', true),
    (1205, 'DELETE', '/api/progress/{id}', 'delete', 'progress', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'progress', 'Delete a phase', true),
    (1301, 'GET', '/api/updates', 'list', 'updates', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'updates', 'List reports', true),
    (1302, 'POST', '/api/updates', 'create', 'updates', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'updates', 'Write a report; published_at publishes it', true),
    (1303, 'GET', '/api/updates/{id}', 'get', 'updates', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'updates', 'One report', true),
    (1304, 'PATCH', '/api/updates/{id}', 'update', 'updates', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'updates', 'Change or publish a report', true),
    (1305, 'DELETE', '/api/updates/{id}', 'delete', 'updates', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'updates', 'Delete a report', true),
    (1501, 'GET', '/api/models', 'list', 'models', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'models', 'List 3D models', true),
    (1502, 'POST', '/api/models', 'create', 'models', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'models', 'Add a model, or the next version of one', true),
    (1503, 'GET', '/api/models/{id}', 'get', 'models', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'models', 'One model', true),
    (1504, 'PATCH', '/api/models/{id}', 'update', 'models', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'models', 'Change a model', true),
    (1505, 'DELETE', '/api/models/{id}', 'delete', 'models', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'models', 'Delete a model', true);

-- schema/70_routes/messages.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('messages', 'api.messages', 'message', 'id', '{created_at,read_at,id}', '-created_at', '{}',
     'messages between two people', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1001, 'GET', '/api/messages', 'list', 'messages', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'Messages that you sent or received', true),
    (1002, 'POST', '/api/messages', 'create', 'messages', NULL, '{user}', 201,
     '{}', '{}', NULL, NULL, 'messages', 'Write a message', true),
    (1003, 'GET', '/api/messages/conversations', 'call', NULL, 'api.conversations', '{user}', 200,
     '{}', '{}', NULL, 'conversations', 'messages', 'Accounts with which you exchange messages', true),
    (1004, 'GET', '/api/messages/unread-count', 'call', NULL, 'api.unread_messages', '{user}', 200,
     '{}', '{}', NULL, 'unread_count', 'messages', 'How many are unread', true),
    (1005, 'GET', '/api/messages/{id}', 'get', 'messages', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'One message', true),
    (1006, 'POST', '/api/messages/{id}/read', 'set', 'messages', NULL, '{user}', 200,
     '{}', '{"read_at": "now"}', NULL, NULL, 'messages', 'Mark a message to you as read', true),
    (1007, 'DELETE', '/api/messages/{id}', 'call', NULL, 'api.delete_message', '{user}', 200,
     '{"id": "message_id"}', '{}', NULL, NULL, 'messages', 'Delete a message for yourself', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.delete_message', jsonb '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"type": "integer"}}, "required": ["id"]}},
     "required": ["message"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/70_routes/notifications.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('notifications', 'api.notifications', 'notification', 'id', '{created_at,id}', '-created_at',
     '{}', 'what a user should see', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1101, 'GET', '/api/notifications', 'list', 'notifications', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'notifications', 'Your notifications', true),
    (1102, 'GET', '/api/notifications/unread-count', 'call', NULL, 'api.unread_notifications',
     '{user}', 200,
     '{}', '{}', NULL, 'unread_count', 'notifications', 'How many are unread', true),
    (1103, 'POST', '/api/notifications/{id}/read', 'set', 'notifications', NULL, '{user}', 200,
     '{}', '{"read_at": "now"}', NULL, NULL, 'notifications', 'Mark one as read', true),
    (1104, 'POST', '/api/notifications/read-all', 'call', NULL, 'api.read_all_notifications',
     '{user}', 200,
     '{}', '{}', NULL, 'marked_read', 'notifications', 'Mark all as read', true),
    (1105, 'DELETE', '/api/notifications/{id}', 'delete', 'notifications', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'notifications', 'Delete one', true);

-- schema/70_routes/routes.sql
INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1, 'GET', '/openapi.json', 'call', NULL, 'api.openapi', '{public}', 200,
     '{}', '{}', NULL, '', 'meta', 'This description', true);

UPDATE realty.routes SET envelope = 'bare' WHERE id = 1;

-- schema/70_routes/audit.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('audit', 'api.audit_log', 'entry', 'id', '{created_at,id}', '-created_at', '{}',
     'the history of changes, with the row before and after', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1901, 'GET', '/api/audit', 'list', 'audit', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'audit', 'The audit log; builders see what concerns bookings of theirs', true);

-- schema/70_routes/private.sql
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds, description, builtin)
SELECT 'private-' || k, 'api.private_' || k, 'private_' || s, 'id', '{id}', 'id', '{}', 'what the company keeps of its ' || k || ' for itself', true
FROM (VALUES ('builders', 'builder'), ('customers', 'customer'), ('projects', 'project'), ('units', 'unit'), ('bookings', 'booking')) v (k, s);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status, params, fixed, parent, data_key, tag, summary, builtin)
SELECT v.id + m.n, m.method, '/api/' || v.k || '/{id}/private', m.handler, 'private-' || v.k, NULL, v.roles::text[], 200, '{}', '{}', NULL, 'private', v.k,
       m.summary, true
FROM (VALUES (348, 'builders', '{builder}'), (358, 'customers', '{admin}'), (598, 'projects', '{builder}'), (698, 'units', '{builder}'),
             (798, 'bookings', '{builder}')) v (id, k, roles),
     (VALUES (0, 'GET', 'get', 'What the company keeps of it for itself'), (1, 'PATCH', 'update', 'Change what the company keeps of it for itself')) m (n, method, handler, summary);

-- schema/70_routes/search.sql
INSERT INTO realty.routes (id, method, path, handler, function, roles, data_key, tag, summary, builtin)
VALUES
    (1701, 'GET', '/api/search', 'call', 'api.search', '{public}', 'results', 'search',
     'Projects, builders and units in one ranked list', true);

-- schema/70_routes/streams.sql
-- The streams. Asked without the gateway they answer one batch; it keeps them open.

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, params, data_key, tag, summary,
    description, media_type, builtin)
VALUES
    (508, 'GET', '/api/projects/{id}/stream', 'call', NULL, 'api.project_stream', '{public}',
     '{"id": "project_id"}', NULL, 'projects', 'The availability of a project''s units, live',
     'Server-sent events. availability: units (id, status, held_until, price) that have changed, ids of removed units, total_units and available_units. sync: read the units again, changes follow from here; it comes first, and when too much has changed. A unit whose held_until has passed is available with no further event. Resume with Last-Event-ID. Prefer: wait=0 asks for one batch.',
     'text/event-stream', true),
    (1106, 'GET', '/api/notifications/stream', 'call', NULL, 'api.notifications_stream', '{user}',
     '{}', NULL, 'notifications', 'Your notifications, live',
     'Server-sent events. notification: as in the list. sync: read the list, changes follow from here; it comes first unless Last-Event-ID is given. end: the stream has ended with this error, for example because the token has expired. Prefer: wait=0 asks for one batch.',
     'text/event-stream', true);

-- schema/70_routes/analytics.sql
INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, params, data_key, tag, summary, builtin)
VALUES
    (306, 'GET', '/api/builders/me/dashboard', 'call', NULL, 'api.builder_dashboard', '{builder}', '{}',
     'dashboard', 'builders', 'The first page of your portal', true),
    (354, 'GET', '/api/customers/me/dashboard', 'call', NULL, 'api.customer_dashboard', '{customer}', '{}',
     'dashboard', 'customers', 'The first page of your portal', true),
    (514, 'GET', '/api/projects/{id}/stats', 'call', 'projects', 'api.project_stats', '{builder}', '{"id": "project_id"}',
     'stats', 'projects', 'The numbers of your project', true),
    (1801, 'GET', '/api/analytics/sales', 'call', NULL, 'api.sales_report', '{builder}', '{}',
     'sales', 'analytics', 'Sales by period', true),
    (1802, 'GET', '/api/analytics/inventory', 'call', NULL, 'api.inventory_report', '{builder}', '{}',
     'inventory', 'analytics', 'Units by state and age, absorption', true),
    (1803, 'GET', '/api/analytics/collections', 'call', NULL, 'api.collections_report', '{builder}', '{}',
     'collections', 'analytics', 'Paid, due, overdue, cash flow', true),
    (1804, 'GET', '/api/analytics/pipeline', 'call', NULL, 'api.pipeline_report', '{builder}', '{}',
     'pipeline', 'analytics', 'Bookings, change requests and appointments by status', true),
    (1805, 'GET', '/api/analytics/progress', 'call', NULL, 'api.progress_report', '{builder}', '{}',
     'projects', 'analytics', 'Progress against plan', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.sales_report', jsonb '{"type": "object", "additionalProperties": false, "properties": {"period": {"enum": ["day",
     "week", "month", "quarter", "year"]}, "series": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"starts_on": {"type": "string", "format": "date"},
     "units": {"type": "integer"}, "value": {"type": "number"}, "discount": {"type": "number"},
     "net_value": {"type": "number"}}, "required": ["starts_on", "units", "value", "discount",
     "net_value"]}}, "totals": {"type": "object", "additionalProperties": false, "properties":
     {"units": {"type": "integer"}, "value": {"type": "number"}, "discount": {"type": "number"},
     "net_value": {"type": "number"}, "average_net_value": {"type": ["number", "null"]},
     "realisation_percent": {"type": ["number", "null"]}}, "required": ["units", "value", "discount",
     "net_value", "average_net_value", "realisation_percent"]}}, "required": ["period", "series",
     "totals"]}'),
    ('api.inventory_report', '{"type": "object", "additionalProperties": false, "properties": {"totals": {"type": "object",
     "additionalProperties": false, "properties": {"units": {"type": "integer"}, "available":
     {"type": "integer"}, "held": {"type": "integer"}, "booked": {"type": "integer"}, "sold":
     {"type": "integer"}, "blocked": {"type": "integer"}, "value_available": {"type": "number"},
     "average_days_on_market": {"type": ["number", "null"]}}, "required": ["units", "available",
     "held", "booked", "sold", "blocked", "value_available", "average_days_on_market"]}, "by_age":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"age": {"enum": ["0-30", "31-90", "91-180", "181-365", "over 365"]}, "units": {"type":
     "integer"}, "value": {"type": "number"}}, "required": ["age", "units", "value"]}}, "by_type":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"unit_type": {"type": ["string", "null"]}, "units": {"type": "integer"}, "sold": {"type":
     "integer"}, "average_price": {"type": "number"}}, "required": ["unit_type", "units", "sold",
     "average_price"]}}, "absorption": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"month": {"type": "string", "format": "date"},
     "on_offer": {"type": "integer"}, "sold": {"type": "integer"}, "absorption_percent": {"type":
     ["number", "null"]}}, "required": ["month", "on_offer", "sold", "absorption_percent"]}}},
     "required": ["totals", "by_age", "by_type", "absorption"]}'),
    ('api.collections_report', '{"type": "object", "additionalProperties": false, "properties": {"totals": {"type": "object",
     "additionalProperties": false, "properties": {"received": {"type": "number"}, "refunded":
     {"type": "number"}, "outstanding": {"type": "number"}, "submitted": {"type": "number"},
     "overdue": {"type": "number"}, "overdue_instalments": {"type": "integer"}}, "required":
     ["received", "refunded", "outstanding", "submitted", "overdue", "overdue_instalments"]},
     "by_overdue": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"overdue": {"enum": ["not yet due", "1-30", "31-60", "61-90", "over 90"]},
     "instalments": {"type": "integer"}, "amount": {"type": "number"}}, "required": ["overdue",
     "instalments", "amount"]}}, "cash_flow": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"month": {"type": "string", "format": "date"},
     "received": {"type": "number"}, "refunded": {"type": "number"}, "expected": {"type": "number"}},
     "required": ["month", "received", "refunded", "expected"]}}}, "required": ["totals",
     "by_overdue", "cash_flow"]}'),
    ('api.pipeline_report', '{"type": "object", "additionalProperties": false, "properties": {"bookings": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"status": {"type":
     "string"}, "items": {"type": "integer"}, "value": {"type": ["number", "null"]}, "oldest_days":
     {"type": "integer"}}, "required": ["status", "items", "value", "oldest_days"]}},
     "change_requests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"status": {"type": "string"}, "items": {"type": "integer"}, "value": {"type":
     ["number", "null"]}, "oldest_days": {"type": "integer"}}, "required": ["status", "items",
     "value", "oldest_days"]}}, "appointments": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"status": {"type": "string"}, "items": {"type":
     "integer"}, "value": {"type": ["number", "null"]}, "oldest_days": {"type": "integer"}},
     "required": ["status", "items", "value", "oldest_days"]}}}, "required": ["bookings",
     "change_requests", "appointments"]}'),
    ('api.project_stats', '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
     "integer"}, "inventory": {"$ref":
     "#/components/schemas/GetAnalyticsInventoryResult/properties/totals"}, "sales": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "collections": {"$ref":
     "#/components/schemas/GetAnalyticsCollectionsResult/properties/totals"}, "pipeline": {"$ref":
     "#/components/schemas/GetAnalyticsPipelineResult"}, "progress": {"type": "object",
     "additionalProperties": false, "properties": {"actual_percent": {"type": "number"},
     "planned_percent": {"type": ["number", "null"]}, "late_phases": {"type": "integer"}},
     "required": ["actual_percent", "planned_percent", "late_phases"]}}, "required": ["project_id",
     "inventory", "sales", "collections", "pipeline", "progress"]}'),
    ('api.builder_dashboard', '{"type": "object", "additionalProperties": false, "properties": {"projects": {"type":
     "integer"}, "inventory": {"$ref":
     "#/components/schemas/GetAnalyticsInventoryResult/properties/totals"}, "sales": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "sales_this_month": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "collections": {"$ref":
     "#/components/schemas/GetAnalyticsCollectionsResult/properties/totals"}, "pipeline": {"$ref":
     "#/components/schemas/GetAnalyticsPipelineResult"}, "upcoming_appointments": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"id": {"type":
     "integer"}, "project_id": {"type": "integer"}, "kind": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/kind"}, "status": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/status"}, "starts_at": {"type": "string",
     "format": "date-time"}, "ends_at": {"type": "string", "format": "date-time"}, "customer":
     {"type": ["string", "null"]}}, "required": ["id", "project_id", "kind", "status", "starts_at",
     "ends_at", "customer"]}}, "latest_bookings": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"type": "integer"}, "booking_number":
     {"type": "string"}, "project": {"type": "string"}, "status": {"type": "string"}, "net_amount":
     {"type": "number"}, "booked_on": {"type": "string", "format": "date"}}, "required": ["id",
     "booking_number", "project", "status", "net_amount", "booked_on"]}}, "unread_messages": {"type":
     "integer"}, "unread_notifications": {"type": "integer"}}, "required": ["projects", "inventory",
     "sales", "sales_this_month", "collections", "pipeline", "upcoming_appointments",
     "latest_bookings", "unread_messages", "unread_notifications"]}'),
    ('api.customer_dashboard', '{"type": "object", "additionalProperties": false, "properties": {"bookings": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"id": {"type":
     "integer"}, "booking_number": {"type": "string"}, "status": {"type": "string"}, "unit_id":
     {"type": "integer"}, "unit_number": {"type": "string"}, "tower": {"type": "string"},
     "project_id": {"type": "integer"}, "project": {"type": "string"}, "total_amount": {"type":
     "number"}, "discount": {"type": "number"}, "paid_amount": {"type": "number"}, "balance":
     {"type": "number"}, "unit_progress_percent": {"type": "number"}, "project_progress_percent":
     {"type": "number"}, "hold_expires_at": {"type": ["string", "null"], "format": "date-time"}},
     "required": ["id", "booking_number", "status", "unit_id", "unit_number", "tower", "project_id",
     "project", "total_amount", "discount", "paid_amount", "balance", "unit_progress_percent",
     "project_progress_percent", "hold_expires_at"]}}, "totals": {"type": "object",
     "additionalProperties": false, "properties": {"bookings": {"type": "integer"}, "paid": {"type":
     "number"}, "balance": {"type": "number"}}, "required": ["bookings", "paid", "balance"]},
     "next_payments": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"id": {"type": "integer"}, "booking_id": {"type": "integer"}, "milestone":
     {"type": ["string", "null"]}, "amount": {"type": "number"}, "due_date": {"type": ["string",
     "null"], "format": "date"}, "is_overdue": {"type": ["boolean", "null"]}}, "required": ["id",
     "booking_id", "milestone", "amount", "due_date", "is_overdue"]}}, "upcoming_appointments":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"id": {"type": "integer"}, "project_id": {"type": "integer"}, "kind": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/kind"}, "status": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/status"}, "starts_at": {"type": "string",
     "format": "date-time"}, "ends_at": {"type": "string", "format": "date-time"}}, "required":
     ["id", "project_id", "kind", "status", "starts_at", "ends_at"]}}, "open_change_requests":
     {"type": "integer"}, "unread_messages": {"type": "integer"}, "unread_notifications": {"type":
     "integer"}}, "required": ["bookings", "totals", "next_payments", "upcoming_appointments",
     "open_change_requests", "unread_messages", "unread_notifications"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;

-- schema/80_grants/schemas.sql
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON SCHEMA realty, api, analytics FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT USAGE ON SCHEMA analytics TO realty_analyst;

-- schema/80_grants/texts.sql
-- What CHECKs and generated columns call
GRANT EXECUTE ON FUNCTION realty.identity_key(text), realty.unit_key(text, text), realty.has_text(text, integer),
    realty.is_line(text), realty.has_known_characters(text), realty.is_line_or_empty(text), realty.is_prose(text), realty.is_mailbox(text), realty.is_phone(text)
    TO realty_customer, realty_builder, realty_admin;

-- schema/80_grants/values.sql
GRANT EXECUTE ON FUNCTION realty.is_bounded_json(jsonb, integer), realty.is_bounded_object(jsonb, integer), realty.is_web_address(text, integer),
    realty.are_short_texts(text[], integer, integer), realty.is_media_list(jsonb), realty.is_feature_list(jsonb),
    realty.is_in_hundredths(numeric, integer), realty.is_room_count(numeric)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- schema/80_grants/identity.sql
-- The rights on functions of auth, by name. All others are the owner's: issue_token and
-- create_admin can sign in as any user, and pgjwt's functions, password functions and
-- authenticate are for the logins that an administrator grants them to.

GRANT EXECUTE ON FUNCTION realty.customer_id(), realty.builder_id()
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- Policies call these under the role of the request.
GRANT EXECUTE ON FUNCTION realty.user_id(), realty.profile_id(), realty.user_type(),
    realty.session_id(), realty.request_id(), realty.require_builder(),
    realty.require_customer()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.pre_request() TO realty_anon, realty_customer, realty_builder, realty_admin;

-- schema/80_grants/accounts.sql
GRANT SELECT ON realty.builders, api.builders TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.users, api.users TO realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.customers, api.customers TO realty_customer, realty_admin;

-- What a customer can pay and wants is no builder's business. The grant on the view says so;
-- a view that runs with the caller's rights needs all of its table's columns.
GRANT SELECT ON realty.customers TO realty_builder;
GRANT SELECT (id, user_id, address, city, state, created_at, updated_at) ON api.customers TO realty_builder;
GRANT SELECT ON api.contacts TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (full_name, phone, extra)
    ON realty.users, api.users TO realty_customer, realty_builder;
GRANT UPDATE (email, full_name, phone, is_active, is_verified, extra)
    ON realty.users, api.users TO realty_admin;
GRANT DELETE ON realty.users, api.users TO realty_admin;
GRANT EXECUTE ON FUNCTION api.delete_user(bigint) TO realty_admin;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, extra)
    ON realty.builders, api.builders TO realty_builder;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, is_verified, extra)
    ON realty.builders, api.builders TO realty_admin;
GRANT UPDATE (address, city, state, budget_min, budget_max, preferences, extra)
    ON realty.customers, api.customers TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION
    api.register(text, text, text, text, text, text, text, text, text, text, text, text, text, numeric, numeric, jsonb)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.me(), api.update_me(text, text), api.delete_me(text), api.export_me()
    TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (time_zone) ON realty.builders, api.builders TO realty_builder, realty_admin;

-- schema/80_grants/sessions.sql
GRANT SELECT ON realty.sessions, api.sessions TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (revoked_at, revoked_reason)
    ON realty.sessions, api.sessions TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.login(text, text), api.refresh(text), api.forgot_password(text), api.reset_password(text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.logout(), api.logout_all(), api.change_password(text, text)
    TO realty_customer, realty_builder, realty_admin;

-- schema/80_grants/settings.sql
GRANT EXECUTE ON FUNCTION realty.setting(text), realty.known_settings(), realty.setting_fault(text, jsonb),
    realty.time_zone(), realty.caller_time_zone(), realty.today()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.system_settings, api.system_settings TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT UPDATE (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT DELETE ON realty.system_settings, api.system_settings TO realty_admin;
GRANT EXECUTE ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb), api.reset_setting(text), realty.setting(text),
    realty.setting_fault(text, jsonb) TO realty_admin;
GRANT EXECUTE ON FUNCTION realty.known_settings() TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON api.settings TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.is_time_zone(text) TO realty_builder, realty_admin;

-- schema/80_grants/transitions.sql
GRANT EXECUTE ON FUNCTION realty.begin_transition(text, bigint, text) TO realty_customer, realty_builder, realty_admin;

-- schema/80_grants/rows.sql
GRANT EXECUTE ON FUNCTION realty.found(anyelement) TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.refuse_faults(jsonb), realty.refuse_field(boolean, text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- schema/80_grants/projects.sql
GRANT SELECT ON realty.projects, api.projects TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder;
GRANT UPDATE (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder, realty_admin;
GRANT INSERT (builder_id, name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_admin;
GRANT DELETE ON realty.projects, api.projects TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.project_availability(bigint), api.project_counts(bigint)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- schema/80_grants/units.sql
GRANT EXECUTE ON FUNCTION realty.sees_blocked(bigint) TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.units, api.units TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.inventory TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.unit_price_history TO realty_builder, realty_admin;
GRANT INSERT (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;

-- project_id for the upsert of a price list, which sets its keys to what they are
GRANT UPDATE (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;
GRANT UPDATE (status, held_until) ON realty.units TO realty_builder, realty_admin;
GRANT DELETE ON realty.units, api.units TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.begin_amendment(bigint, text), api.amend_unit(bigint, jsonb, text) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.block_unit(bigint), api.release_unit(bigint) TO realty_builder, realty_admin;
GRANT SELECT ON api.unit_price_history TO realty_builder, realty_admin;

-- schema/80_grants/bookings.sql
GRANT EXECUTE ON FUNCTION realty.booked_projects() TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.expire_lapsed_hold(bigint) TO realty_builder, realty_admin;
GRANT USAGE ON SEQUENCE realty.booking_numbers TO realty_customer, realty_admin;
GRANT SELECT ON realty.bookings, api.bookings TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (unit_id, booking_amount, notes, extra)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT UPDATE (status, cancellation_reason)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT INSERT (unit_id, customer_id, booking_amount, discount, override_reason, notes, extra)
    ON realty.bookings, api.bookings TO realty_admin;
GRANT UPDATE (status, cancellation_reason, discount, notes, extra)
    ON realty.bookings, api.bookings TO realty_builder, realty_admin;
GRANT UPDATE (hold_expires_at, override_reason) ON realty.bookings TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.extend_booking(bigint, timestamptz, text), api.confirm_booking(bigint),
    api.complete_booking(bigint, text), api.reopen_booking(bigint, text) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.cancel_booking(bigint, text) TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.lock_booking(bigint) TO realty_builder, realty_admin;
GRANT SELECT ON api.customers_at_limit TO realty_builder, realty_admin;

-- schema/80_grants/payments.sql
GRANT SELECT ON realty.payments, api.payments TO realty_customer, realty_builder, realty_admin;

-- Payments: the status goes through functions of api, which take the locks in their
-- order, so the rights that they need stand on the table alone.
GRANT UPDATE (status, method, transaction_reference)
    ON realty.payments TO realty_customer;
GRANT INSERT (booking_id, kind, milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT INSERT (refund_of, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT UPDATE (milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT UPDATE (status, method, transaction_reference, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT DELETE ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.lock_payment(bigint), realty.payment_plan(jsonb, numeric) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.pay_payment(bigint, text, text), api.booking_statement(bigint)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.confirm_payment(bigint), api.reject_payment(bigint, text), api.refund_payment(bigint, numeric, text),
    api.schedule_payments(bigint, jsonb) TO realty_builder, realty_admin;

-- schema/80_grants/change_requests.sql
GRANT SELECT ON realty.change_requests, api.change_requests TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (booking_id, title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (status)
    ON realty.change_requests TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (estimated_cost, approved_cost, decision_note)
    ON realty.change_requests TO realty_builder, realty_admin;
GRANT UPDATE (accepted_cost)
    ON realty.change_requests TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.accept_change_request(bigint, numeric), api.withdraw_change_request(bigint) TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.review_change_request(bigint, numeric), api.approve_change_request(bigint, numeric, text),
    api.reject_change_request(bigint, text), api.complete_change_request(bigint) TO realty_builder, realty_admin;

-- schema/80_grants/appointments.sql
GRANT SELECT ON realty.builder_availability, api.builder_availability
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.appointments, api.appointments TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.open_hours(bigint, date, date), realty.busy_hours(bigint, tstzmultirange)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.window_faults(jsonb) TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, starts_at, ends_at, location, kind, notes, extra)
    ON realty.appointments, api.appointments TO realty_customer;
GRANT INSERT (customer_id, project_id, unit_id, starts_at, ends_at, location, kind, notes, extra)
    ON realty.appointments, api.appointments TO realty_admin;
GRANT UPDATE (starts_at, ends_at, location, status, cancellation_reason, notes, extra)
    ON realty.appointments, api.appointments TO realty_customer, realty_builder, realty_admin;
GRANT DELETE ON realty.appointments, api.appointments TO realty_customer, realty_admin;
GRANT INSERT (builder_id, weekday, exception_date, opens, closes, is_open)
    ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT UPDATE (weekday, exception_date, opens, closes, is_open)
    ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT DELETE ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.appointment_slots(bigint, date, integer)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.cancel_appointment(bigint, text) TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.confirm_appointment(bigint), api.complete_appointment(bigint),
    api.no_show_appointment(bigint), api.set_availability(jsonb, bigint) TO realty_builder, realty_admin;

-- schema/80_grants/construction.sql
GRANT SELECT ON realty.project_progress, api.project_progress, realty.construction_updates, api.construction_updates,
    realty.models_3d, api.models_3d TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT UPDATE (phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT DELETE ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT UPDATE (title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT UPDATE (name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT DELETE ON realty.construction_updates, api.construction_updates, realty.models_3d, api.models_3d
    TO realty_builder, realty_admin;

-- schema/80_grants/messages.sql
GRANT SELECT ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments, extra)
    ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (read_at) ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.hide_message(bigint), api.conversations(integer), api.unread_messages(), api.delete_message(bigint)
    TO realty_customer, realty_builder, realty_admin;

-- schema/80_grants/notifications.sql
GRANT SELECT ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (read_at)
    ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT DELETE ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.unread_notifications(), api.read_all_notifications()
    TO realty_customer, realty_builder, realty_admin;

-- schema/80_grants/routes.sql
GRANT EXECUTE ON FUNCTION api.openapi() TO realty_anon, realty_customer, realty_builder, realty_admin;

-- The gateway's login, which may do nothing else: a request verifies its token itself.
GRANT USAGE ON SCHEMA realty TO realty_gateway;
GRANT EXECUTE ON FUNCTION realty.request(text, text, jsonb, jsonb), realty.request_raw(text, text, text, bytea, inet),
    realty.ready() TO realty_gateway;

-- schema/80_grants/audit.sql
GRANT SELECT ON realty.audit_log, api.audit_log TO realty_builder, realty_admin;

-- schema/80_grants/private.sql
GRANT SELECT ON api.private_builders, api.private_projects, api.private_units, api.private_bookings TO realty_builder, realty_admin;
GRANT SELECT ON api.private_customers TO realty_admin;
GRANT UPDATE (private) ON realty.builders, api.private_builders, realty.projects, api.private_projects, realty.units, api.private_units,
    realty.bookings, api.private_bookings TO realty_builder, realty_admin;
GRANT UPDATE (private) ON realty.customers, api.private_customers TO realty_admin;
GRANT UPDATE (internal_note) ON realty.bookings, api.private_bookings TO realty_builder, realty_admin;

-- schema/80_grants/search.sql
GRANT EXECUTE ON FUNCTION api.project_hits(text), api.builder_hits(text), api.unit_hits(text), api.project_cities(text),
    api.search(text, text, integer, integer), realty.search_query(text, boolean), realty.search_text(text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- Indexes call these for who writes a row.
GRANT EXECUTE ON FUNCTION realty.search_words(text, "char"), realty.project_document(text, text, text, text, text, text),
    realty.builder_document(text, text, text, text), realty.unit_document(text, text, text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- schema/80_grants/streams.sql
-- Streams: every client may follow a project, a user its own notifications. The functions
-- below them reveal nothing by themselves, except the one that is the gateway's alone.

GRANT SELECT ON realty.unit_changes TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.project_stream(bigint), realty.stream_since(), realty.stream_until(),
    realty.stream_floor(text), realty.stream_part(text, text, bigint, bigint),
    realty.stream_cursor(text, text, integer, bigint, bigint), realty.stream_start(text, bigint), realty.stream_is_polled(),
    realty.stream_event(text, text, json), realty.stream_answer(text, text, boolean)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.notifications_stream() TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.stream_poll(bigint, integer) TO realty_gateway;

-- schema/80_grants/analytics.sql
-- Analysts read the views of schema analytics and nothing else. Builders and administrators reach
-- them through the API's reports, which hold them already looked up: they have no USAGE here.

GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO realty_analyst, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.analyses_all(), realty.builder_id(), realty.user_id(), realty.profile_id(),
    realty.user_type(), realty.unnest_few(bigint[])
    TO realty_analyst, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.analysed_project(bigint), realty.inventory_totals(bigint), api.sales_report(date, date, text, bigint),
    api.inventory_report(bigint), api.collections_report(bigint), api.pipeline_report(bigint),
    api.progress_report(), api.project_stats(bigint), api.builder_dashboard()
    TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.customer_dashboard() TO realty_customer, realty_admin;

-- schema/80_grants/relationships.sql
-- A role that may read one end may embed the other; policies decide which rows it finds there.

GRANT EXECUTE ON FUNCTION api.builders(api.units), api.units(api.builders),
    api.availability(api.projects)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.projects(api.bookings), api.bookings(api.projects),
    api.builders(api.bookings), api.bookings(api.builders), api.customer(api.bookings),
    api.customer(api.appointments), api.customer(api.change_requests), api.users(api.notifications),
    api.notifications(api.users), api.sender(api.messages), api.recipient(api.messages),
    api.balance(api.bookings)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.builders(api.unit_price_history) TO realty_builder, realty_admin;

-- schema/80_grants/maintenance.sql
GRANT EXECUTE ON FUNCTION realty.metrics() TO realty_gateway;

-- schema/90_dump/identity.sql
-- CREATE EXTENSION makes one: what the dump brings replaces it.
SELECT pg_extension_config_dump('realty.database_identity', '');

-- schema/90_dump/accounts.sql
SELECT pg_extension_config_dump('realty.users', '');
SELECT pg_extension_config_dump('realty.user_credentials', '');
SELECT pg_extension_config_dump('realty.builders', '');
SELECT pg_extension_config_dump('realty.customers', '');
SELECT pg_extension_config_dump('realty.users_id_seq', '');
SELECT pg_extension_config_dump('realty.builders_id_seq', '');
SELECT pg_extension_config_dump('realty.customers_id_seq', '');

-- schema/90_dump/sessions.sql
SELECT pg_extension_config_dump('realty.sessions', '');
SELECT pg_extension_config_dump('realty.refresh_tokens', '');
SELECT pg_extension_config_dump('realty.password_resets', '');
SELECT pg_extension_config_dump('realty.common_passwords', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.sessions_id_seq', '');

-- schema/90_dump/settings.sql
SELECT pg_extension_config_dump('realty.system_settings', '');

-- schema/90_dump/transitions.sql
SELECT pg_extension_config_dump('realty.transitions', 'WHERE false');

-- schema/90_dump/projects.sql
SELECT pg_extension_config_dump('realty.projects', '');
SELECT pg_extension_config_dump('realty.projects_id_seq', '');

-- schema/90_dump/units.sql
SELECT pg_extension_config_dump('realty.units', '');
SELECT pg_extension_config_dump('realty.inventory', '');
SELECT pg_extension_config_dump('realty.unit_changes', 'WHERE false');
SELECT pg_extension_config_dump('realty.unit_price_history', '');
SELECT pg_extension_config_dump('realty.units_id_seq', '');
SELECT pg_extension_config_dump('realty.unit_price_history_id_seq', '');

-- schema/90_dump/bookings.sql
SELECT pg_extension_config_dump('realty.bookings', '');
SELECT pg_extension_config_dump('realty.bookings_id_seq', '');
SELECT pg_extension_config_dump('realty.booking_numbers', '');

-- schema/90_dump/payments.sql
SELECT pg_extension_config_dump('realty.payments', '');
SELECT pg_extension_config_dump('realty.payment_references', '');
SELECT pg_extension_config_dump('realty.receipt_counters', '');
SELECT pg_extension_config_dump('realty.payments_id_seq', '');

-- schema/90_dump/change_requests.sql
SELECT pg_extension_config_dump('realty.change_requests', '');
SELECT pg_extension_config_dump('realty.change_requests_id_seq', '');

-- schema/90_dump/appointments.sql
SELECT pg_extension_config_dump('realty.appointments', '');
SELECT pg_extension_config_dump('realty.builder_availability', '');
SELECT pg_extension_config_dump('realty.appointments_id_seq', '');
SELECT pg_extension_config_dump('realty.builder_availability_id_seq', '');

-- schema/90_dump/construction.sql
SELECT pg_extension_config_dump('realty.project_progress', '');
SELECT pg_extension_config_dump('realty.construction_updates', '');
SELECT pg_extension_config_dump('realty.models_3d', '');
SELECT pg_extension_config_dump('realty.project_progress_id_seq', '');
SELECT pg_extension_config_dump('realty.construction_updates_id_seq', '');
SELECT pg_extension_config_dump('realty.models_3d_id_seq', '');

-- schema/90_dump/messages.sql
SELECT pg_extension_config_dump('realty.messages', '');
SELECT pg_extension_config_dump('realty.messages_id_seq', '');

-- schema/90_dump/notifications.sql
SELECT pg_extension_config_dump('realty.notification_templates', 'WHERE false');
SELECT pg_extension_config_dump('realty.notifications', '');
SELECT pg_extension_config_dump('realty.notifications_id_seq', '');

-- schema/90_dump/outbox.sql
SELECT pg_extension_config_dump('realty.outbox', '');
SELECT pg_extension_config_dump('realty.outbox_id_seq', '');

-- schema/90_dump/routes.sql
SELECT pg_extension_config_dump('realty.resources', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.routes', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.idempotency_keys', '');
SELECT pg_extension_config_dump('realty.routes_id_seq', '');

-- schema/90_dump/audit.sql
SELECT pg_extension_config_dump('realty.audit_log', '');
SELECT pg_extension_config_dump('realty.audit_log_id_seq', '');

-- schema/90_dump/schema_objects.sql
SELECT pg_extension_config_dump('realty.schema_objects', 'WHERE false');

-- schema/95_finish/schemas.sql
-- A client of PostgREST sees views, and PostgreSQL keeps defaults and comments with tables.
SELECT realty.complete_views();

-- Last of all that makes or grants something. Each upgrade script does so as well.
SELECT realty.record_schema();

-- A PostgREST that listens (db-channel) reads the schema again once this is committed.
-- Every upgrade script ends with it as well.
NOTIFY pgrst, 'reload schema';
