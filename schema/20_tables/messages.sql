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
