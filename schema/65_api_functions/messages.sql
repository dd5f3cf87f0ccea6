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
