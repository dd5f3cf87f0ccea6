INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('sessions', 'api.sessions', 'session', 'id', '{created_at,last_used_at,id}', '-created_at',
     '{}', 'sign-ins', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (102, 'POST', '/api/auth/login', 'call', NULL, 'api.login', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Sign in', true),
    (103, 'POST', '/api/auth/refresh', 'call', NULL, 'api.refresh', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'New tokens for a refresh token', true),
    (104, 'POST', '/api/auth/logout', 'call', NULL, 'api.logout', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'End this session', true),
    (105, 'POST', '/api/auth/logout-all', 'call', NULL, 'api.logout_all', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'End all your sessions', true),
    (108, 'POST', '/api/auth/change-password', 'call', NULL, 'api.change_password', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Set a new password', true),
    (109, 'POST', '/api/auth/forgot-password', 'call', NULL, 'api.forgot_password', '{anonymous}', 202,
     '{}', '{}', NULL, NULL, 'auth', 'Have a token for a new password sent to your address', true),
    (110, 'POST', '/api/auth/reset-password', 'call', NULL, 'api.reset_password', '{anonymous}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Set a new password with that token', true),
    (111, 'GET', '/api/auth/sessions', 'list', 'sessions', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Where you are signed in', true),
    (112, 'DELETE', '/api/auth/sessions/{id}', 'set', 'sessions', NULL, '{user}', 200,
     '{}', '{"revoked_at": "now", "revoked_reason": "revoked by its user"}', NULL, NULL,
     'auth', 'End one of your sessions', true);

-- Routes that hash a password, could be used to guess a secret, or export all data of a user.
UPDATE realty.routes SET rate_class = 'auth'
WHERE function IN ('api.login', 'api.refresh', 'api.change_password', 'api.forgot_password', 'api.reset_password');

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.login', jsonb '{"$ref": "#/components/schemas/PostAuthRegisterResult"}'),
    ('api.refresh', '{"type": "object", "additionalProperties": false, "properties": {"token": {"type": "string",
     "description": "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string",
     "description": "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer",
     "description": "seconds that the token counts"}}, "required": ["token", "refresh_token",
     "expires_in"]}'),
    ('api.logout', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.logout_all', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.change_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.reset_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.forgot_password', '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "string"}},
     "required": ["message"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
