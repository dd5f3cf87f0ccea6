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
