-- Settings, the audit trail, and answers kept for retries.

CREATE TABLE realty.system_settings (
    key text PRIMARY KEY
        CONSTRAINT system_settings_key_is_a_name CHECK (key ~ '^[a-z][a-z0-9_.]{0,99}$'),
    value jsonb NOT NULL,
    description text CONSTRAINT system_settings_description_is_short CHECK (length(description) <= 1000),
    is_public boolean NOT NULL DEFAULT false,
    updated_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT system_settings_extra_is_an_object CHECK (jsonb_typeof(extra) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE realty.system_settings IS 'Named settings of the site.';
COMMENT ON COLUMN realty.system_settings.is_public IS 'Everybody may read it; otherwise administrators only.';
COMMENT ON CONSTRAINT system_settings_key_is_a_name ON realty.system_settings IS 'must be a lower case name of at most 100 letters, digits, dots and underscores';
COMMENT ON CONSTRAINT system_settings_description_is_short ON realty.system_settings IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT system_settings_extra_is_an_object ON realty.system_settings IS 'must be a JSON object';

CREATE TABLE realty.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    action text NOT NULL
        CONSTRAINT audit_log_action_is_known CHECK (action IN ('insert', 'update', 'delete')),
    row_id text,
    booking_id bigint,
    builder_id bigint,
    user_id bigint,
    session_role text NOT NULL DEFAULT session_user,
    request_id text,
    old_row jsonb,
    new_row jsonb
);
COMMENT ON TABLE realty.audit_log IS 'Who changed what, when: one line a row, and one a statement for inserts of units. Append only.';
COMMENT ON COLUMN realty.audit_log.user_id IS 'The account that did it; empty when it was not done by an account, see session_role.';
COMMENT ON COLUMN realty.audit_log.booking_id IS 'The booking it belongs to, so that its builder can read it.';
COMMENT ON CONSTRAINT audit_log_action_is_known ON realty.audit_log IS 'must be one of insert, update, delete';
CREATE INDEX audit_log_of_row ON realty.audit_log (table_name, row_id);
CREATE INDEX audit_log_of_booking ON realty.audit_log (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX audit_log_newest ON realty.audit_log (created_at DESC, id DESC);

CREATE TABLE realty.idempotency_keys (
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    key text NOT NULL
        CONSTRAINT idempotency_keys_key_has_text CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
COMMENT ON TABLE realty.idempotency_keys IS 'First answers to requests with an Idempotency-Key, kept for 24 hours.';
COMMENT ON CONSTRAINT idempotency_keys_key_has_text ON realty.idempotency_keys IS 'must have 1 to 255 characters';
CREATE INDEX idempotency_keys_oldest ON realty.idempotency_keys (created_at);
