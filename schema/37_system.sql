-- Settings, the audit trail, and answers kept for retries.

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
COMMENT ON COLUMN realty.system_settings.is_public IS 'Everybody may read it; otherwise administrators only.';
COMMENT ON CONSTRAINT system_settings_key_is_a_name ON realty.system_settings IS 'must be a lower case name of at most 100 letters, digits, dots and underscores';
COMMENT ON CONSTRAINT system_settings_value_is_small ON realty.system_settings IS 'must be JSON of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT system_settings_description_is_short ON realty.system_settings IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT system_settings_extra_is_an_object ON realty.system_settings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT system_settings_description_is_plain_text ON realty.system_settings IS 'must be without control and invisible characters, line breaks and tabs aside';

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
COMMENT ON TABLE realty.audit_log IS 'Who changed what, when: one line a row, and one a statement for inserts of units. Append only.';
COMMENT ON COLUMN realty.audit_log.user_id IS 'The account that did it; empty when it was not done by an account, see session_role.';
COMMENT ON COLUMN realty.audit_log.booking_id IS 'The booking it belongs to, so that its builder can read it.';
COMMENT ON COLUMN realty.audit_log.old_row IS 'Before; of more than 64 kB the largest members are cut, and its member _cut tells how many bytes each had.';
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
COMMENT ON TABLE realty.idempotency_keys IS 'First answers to requests with an Idempotency-Key, kept for 24 hours.';
COMMENT ON CONSTRAINT idempotency_keys_key_has_text ON realty.idempotency_keys IS 'must have 1 to 255 characters';
COMMENT ON CONSTRAINT idempotency_keys_request_hash_is_short ON realty.idempotency_keys IS 'must have at most 64 bytes';
COMMENT ON CONSTRAINT idempotency_keys_headers_is_an_object ON realty.idempotency_keys IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT idempotency_keys_body_is_short ON realty.idempotency_keys IS 'must have at most 4 MB';
CREATE INDEX idempotency_keys_oldest ON realty.idempotency_keys (created_at);
