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
