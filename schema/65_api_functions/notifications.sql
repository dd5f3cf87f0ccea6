CREATE FUNCTION api.unread_notifications() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.count(*) FROM api.notifications n WHERE n.read_at IS NULL;
END;
COMMENT ON FUNCTION api.unread_notifications() IS 'How many of your notifications are unread.';

CREATE FUNCTION api.read_all_notifications() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH done AS (
        UPDATE api.notifications n SET read_at = pg_catalog.statement_timestamp()
        WHERE n.read_at IS NULL RETURNING n.id
    )
    SELECT pg_catalog.count(*) FROM done;
END;
COMMENT ON FUNCTION api.read_all_notifications() IS
'Marks all your notifications as read; how many those were.';
