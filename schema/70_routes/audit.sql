INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('audit', 'api.audit_log', 'entry', 'id', '{created_at,id}', '-created_at', '{}',
     'the history of changes, with the row before and after', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1901, 'GET', '/api/audit', 'list', 'audit', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'audit', 'The audit log; builders see what concerns bookings of theirs', true);
