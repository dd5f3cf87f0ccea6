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
