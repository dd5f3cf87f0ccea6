-- The routes of payments and change requests, and what hangs on a booking.

INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('payments', 'api.payments', 'payment', 'id',
     '{created_at,updated_at,due_date,paid_at,amount,status,id}', '-created_at', '{}',
     'instalments, tokens and refunds of bookings', true),
    ('change-requests', 'api.change_requests', 'change_request', 'id',
     '{created_at,updated_at,decided_at,status,id}', '-created_at', '{}',
     'changes that customers ask for', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (708, 'GET', '/api/bookings/{id}/payments', 'list', 'payments', NULL, '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', 'bookings', NULL, 'bookings', 'A booking''s payments', true),
    (709, 'GET', '/api/bookings/{id}/statement', 'call', 'bookings', 'api.booking_statement',
     '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', NULL, 'statement', 'bookings',
     'The account of a booking: charges, payments, balance', true),
    (710, 'POST', '/api/bookings/{id}/extend', 'call', 'bookings', 'api.extend_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Hold the unit longer', true),
    (697, 'POST', '/api/units/{id}/amend', 'call', 'units', 'api.amend_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Correct what a booked unit is known by', true),
    (711, 'POST', '/api/bookings/{id}/reopen', 'call', 'bookings', 'api.reopen_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Open a completed booking again', true),

    (801, 'GET', '/api/payments', 'list', 'payments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Your payments, or those of your projects', true),
    (802, 'POST', '/api/payments', 'create', 'payments', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'payments', 'Schedule one payment of a booking', true),
    (803, 'GET', '/api/payments/{id}', 'get', 'payments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'One payment', true),
    (804, 'PATCH', '/api/payments/{id}', 'update', 'payments', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Change a payment that is not paid', true),
    (805, 'DELETE', '/api/payments/{id}', 'delete', 'payments', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'payments', 'Delete a payment that is not paid', true),
    (806, 'POST', '/api/payments/{id}/pay', 'call', 'payments', 'api.pay_payment',
     '{builder,customer}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'Record how a payment was made', true),
    (807, 'POST', '/api/payments/{id}/confirm', 'call', 'payments', 'api.confirm_payment',
     '{builder}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'The money is there: it counts and gets a receipt', true),
    (808, 'POST', '/api/payments/{id}/reject', 'call', 'payments', 'api.reject_payment',
     '{builder}', 200,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'The money that was submitted did not come', true),
    (809, 'POST', '/api/payments/{id}/refund', 'call', 'payments', 'api.refund_payment',
     '{builder}', 201,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'Open a refund of a paid payment', true),
    (810, 'POST', '/api/payments/schedule', 'call', 'payments', 'api.schedule_payments',
     '{builder}', 201,
     '{}', '{}', NULL, NULL, 'payments', 'Make the instalment plan of a booking', true),

    (1401, 'GET', '/api/change-requests', 'list', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Your change requests, or those of your projects', true),
    (1402, 'POST', '/api/change-requests', 'create', 'change-requests', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'change-requests', 'Ask for a change of a unit you booked', true),
    (1403, 'GET', '/api/change-requests/{id}', 'get', 'change-requests', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'One change request', true),
    (1404, 'PATCH', '/api/change-requests/{id}', 'update', 'change-requests', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'change-requests', 'Change what you ask for, while it is submitted', true),
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

INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds, description, builtin)
VALUES ('customers-at-limit', 'api.customers_at_limit', 'customer_at_limit', 'customer_id', '{open_bookings,since,customer_id}', '-open_bookings',
        '{}', 'customers who have as much open as they may', true);
INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status, params, fixed, parent, data_key, tag, summary, builtin)
VALUES (356, 'GET', '/api/customers/at-limit', 'list', 'customers-at-limit', NULL, '{builder}', 200, '{}', '{}', NULL, 'customers', 'customers',
        'Customers who have as many open bookings or requested appointments with you as one may have; with all companies together, for administrators', true);

-- What a company keeps for itself
INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds, description, builtin)
SELECT 'private-' || k, 'api.private_' || k, 'private_' || s, 'id', '{id}', 'id', '{}', 'what the company keeps of its ' || k || ' for itself', true
FROM (VALUES ('builders', 'builder'), ('customers', 'customer'), ('projects', 'project'), ('units', 'unit'), ('bookings', 'booking')) v (k, s);
INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status, params, fixed, parent, data_key, tag, summary, builtin)
SELECT v.id + m.n, m.method, '/api/' || v.k || '/{id}/private', m.handler, 'private-' || v.k, NULL, v.roles::text[], 200, '{}', '{}', NULL, 'private', v.k,
       m.summary, true
FROM (VALUES (348, 'builders', '{builder}'), (358, 'customers', '{admin}'), (598, 'projects', '{builder}'), (698, 'units', '{builder}'),
             (798, 'bookings', '{builder}')) v (id, k, roles),
     (VALUES (0, 'GET', 'get', 'What the company keeps of it for itself'), (1, 'PATCH', 'update', 'Change what the company keeps of it for itself')) m (n, method, handler, summary);
