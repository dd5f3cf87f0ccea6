INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds, description, builtin)
SELECT 'private-' || k, 'api.private_' || k, 'private_' || s, 'id', '{id}', 'id', '{}', 'what the company keeps of its ' || k || ' for itself', true
FROM (VALUES ('builders', 'builder'), ('customers', 'customer'), ('projects', 'project'), ('units', 'unit'), ('bookings', 'booking')) v (k, s);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status, params, fixed, parent, data_key, tag, summary, builtin)
SELECT v.id + m.n, m.method, '/api/' || v.k || '/{id}/private', m.handler, 'private-' || v.k, NULL, v.roles::text[], 200, '{}', '{}', NULL, 'private', v.k,
       m.summary, true
FROM (VALUES (348, 'builders', '{builder}'), (358, 'customers', '{admin}'), (598, 'projects', '{builder}'), (698, 'units', '{builder}'),
             (798, 'bookings', '{builder}')) v (id, k, roles),
     (VALUES (0, 'GET', 'get', 'What the company keeps of it for itself'), (1, 'PATCH', 'update', 'Change what the company keeps of it for itself')) m (n, method, handler, summary);
