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
