INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1, 'GET', '/openapi.json', 'call', NULL, 'api.openapi', '{public}', 200,
     '{}', '{}', NULL, '', 'meta', 'This description', true);

UPDATE realty.routes SET envelope = 'bare' WHERE id = 1;
