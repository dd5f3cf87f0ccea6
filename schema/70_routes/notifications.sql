INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('notifications', 'api.notifications', 'notification', 'id', '{created_at,id}', '-created_at',
     '{}', 'what a user should see', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1101, 'GET', '/api/notifications', 'list', 'notifications', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'notifications', 'Your notifications', true),
    (1102, 'GET', '/api/notifications/unread-count', 'call', NULL, 'api.unread_notifications',
     '{user}', 200,
     '{}', '{}', NULL, 'unread_count', 'notifications', 'How many are unread', true),
    (1103, 'POST', '/api/notifications/{id}/read', 'set', 'notifications', NULL, '{user}', 200,
     '{}', '{"read_at": "now"}', NULL, NULL, 'notifications', 'Mark one as read', true),
    (1104, 'POST', '/api/notifications/read-all', 'call', NULL, 'api.read_all_notifications',
     '{user}', 200,
     '{}', '{}', NULL, 'marked_read', 'notifications', 'Mark all as read', true),
    (1105, 'DELETE', '/api/notifications/{id}', 'delete', 'notifications', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'notifications', 'Delete one', true);
