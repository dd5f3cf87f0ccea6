-- The routes of administration: accounts, customers, the audit log; ids by group as in
-- 75_routes.

-- The statement counts no row, because the guard anonymises instead; so the answer is read after.
CREATE FUNCTION api.delete_user(user_id bigint) RETURNS SETOF api.users
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.found((SELECT u.id FROM api.users u WHERE u.id = user_id));
    DELETE FROM api.users u WHERE u.id = user_id;
    SELECT v.* FROM api.users v WHERE v.id = user_id;
END;
COMMENT ON FUNCTION api.delete_user(bigint) IS
'Deactivates an account and takes the person out of it; bookings and audit keep referring to it. Administrators only. Errors PT404, PT409 (something is open with it).';

INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('contacts', 'api.contacts', 'contact', 'user_id', '{name,user_id}', 'name', '{}',
     'people you have to do with', true),
    ('audit', 'api.audit_log', 'entry', 'id', '{created_at,id}', '-created_at', '{}',
     'who changed what, with the row before and after', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (201, 'GET', '/api/users', 'list', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'List accounts', true),
    (202, 'GET', '/api/users/{id}', 'get', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'One account', true),
    (203, 'PATCH', '/api/users/{id}', 'update', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'Activate, verify or correct an account', true),
    (204, 'DELETE', '/api/users/{id}', 'call', 'users', 'api.delete_user', '{admin}', 200,
     '{"id": "user_id"}', '{}', NULL, NULL, 'users', 'Deactivate and anonymise an account', true),

    (351, 'GET', '/api/customers', 'list', 'customers', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'List customers: builders see those who booked with them, made an appointment or wrote', true),
    (352, 'GET', '/api/customers/{id}', 'get', 'customers', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Your profile, or a customer of yours', true),
    (353, 'PATCH', '/api/customers/{id}', 'update', 'customers', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Change your profile', true),

    (361, 'GET', '/api/contacts', 'list', 'contacts', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'You, and the people you share a booking, an appointment or a message with', true),

    (1901, 'GET', '/api/audit', 'list', 'audit', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'audit', 'The audit log; builders see what concerns bookings of theirs', true);
