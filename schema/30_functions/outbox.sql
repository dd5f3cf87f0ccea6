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
