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
