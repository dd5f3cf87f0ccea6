INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('settings', 'api.settings', 'setting', 'key', '{key,created_at,updated_at}', 'key',
     '{}', 'settings of the site', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1601, 'GET', '/api/settings', 'list', 'settings', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'Settings in force: the public ones; all of them for administrators', true),
    (1602, 'GET', '/api/settings/{key}', 'get', 'settings', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'One setting', true),
    (1603, 'PUT', '/api/settings/{key}', 'call', 'settings', 'api.put_setting', '{admin}', 200,
     '{}', '{}', NULL, NULL, 'settings', 'Set a setting', true),
    (1604, 'DELETE', '/api/settings/{key}', 'call', 'settings', 'api.reset_setting', '{admin}', 200,
     '{}', '{}', NULL, 'setting', 'settings', 'Return a setting to its default', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.reset_setting', jsonb '{"type": "object", "additionalProperties": false, "properties": {"key": {"type": "string"}, "value":
     {"description": "what counts now; null when nothing does"}}, "required": ["key", "value"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
