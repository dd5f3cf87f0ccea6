INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('messages', 'api.messages', 'message', 'id', '{created_at,read_at,id}', '-created_at', '{}',
     'messages between two people', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1001, 'GET', '/api/messages', 'list', 'messages', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'Messages that you sent or received', true),
    (1002, 'POST', '/api/messages', 'create', 'messages', NULL, '{user}', 201,
     '{}', '{}', NULL, NULL, 'messages', 'Write a message', true),
    (1003, 'GET', '/api/messages/conversations', 'call', NULL, 'api.conversations', '{user}', 200,
     '{}', '{}', NULL, 'conversations', 'messages', 'Accounts with which you exchange messages', true),
    (1004, 'GET', '/api/messages/unread-count', 'call', NULL, 'api.unread_messages', '{user}', 200,
     '{}', '{}', NULL, 'unread_count', 'messages', 'How many are unread', true),
    (1005, 'GET', '/api/messages/{id}', 'get', 'messages', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'One message', true),
    (1006, 'POST', '/api/messages/{id}/read', 'set', 'messages', NULL, '{user}', 200,
     '{}', '{"read_at": "now"}', NULL, NULL, 'messages', 'Mark a message to you as read', true),
    (1007, 'DELETE', '/api/messages/{id}', 'call', NULL, 'api.delete_message', '{user}', 200,
     '{"id": "message_id"}', '{}', NULL, NULL, 'messages', 'Delete a message for yourself', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.delete_message', jsonb '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"type": "integer"}}, "required": ["id"]}},
     "required": ["message"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
