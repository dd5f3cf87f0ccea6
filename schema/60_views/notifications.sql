CREATE VIEW api.notifications WITH (security_invoker = true) AS
SELECT id, user_id, kind, title, body, data, read_at, extra, created_at
FROM realty.notifications;
COMMENT ON VIEW api.notifications IS 'Your notifications.';
