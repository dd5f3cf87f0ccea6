INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('change-requests', 'api.change_requests', 'change_request', 'id',
     '{created_at,updated_at,decided_at,status,id}', '-created_at', '{}',
     'changes requested by customers', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (1401, 'GET', '/api/change-requests', 'list', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Your change requests, or those of your projects', true),
    (1402, 'POST', '/api/change-requests', 'create', 'change-requests', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'change-requests', 'Request a change of a unit you booked', true),
    (1403, 'GET', '/api/change-requests/{id}', 'get', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'One change request', true),
    (1404, 'PATCH', '/api/change-requests/{id}', 'update', 'change-requests', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Change the request, while it is submitted', true),
    (1405, 'POST', '/api/change-requests/{id}/review', 'call', 'change-requests',
     'api.review_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Take it under review', true),
    (1406, 'POST', '/api/change-requests/{id}/approve', 'call', 'change-requests',
     'api.approve_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests',
     'Approve it: its cost is added to the booking', true),
    (1407, 'POST', '/api/change-requests/{id}/reject', 'call', 'change-requests',
     'api.reject_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Reject it', true),
    (1408, 'POST', '/api/change-requests/{id}/complete', 'call', 'change-requests',
     'api.complete_change_request', '{builder}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'It is done', true),
    (1409, 'POST', '/api/change-requests/{id}/withdraw', 'call', 'change-requests',
     'api.withdraw_change_request', '{customer}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'You no longer want it', true),
    (1410, 'POST', '/api/change-requests/{id}/accept', 'call', 'change-requests',
     'api.accept_change_request', '{customer}', 200,
     '{"id": "change_request_id"}', '{}', NULL, NULL, 'change-requests', 'Agree to a cost above the estimate', true);
