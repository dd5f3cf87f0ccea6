INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('bookings', 'api.bookings', 'booking', 'id',
     '{created_at,updated_at,total_amount,status,booking_number,id}', '-created_at', '{}',
     'customers'' claims on units', true),
    ('customers-at-limit', 'api.customers_at_limit', 'customer_at_limit', 'customer_id', '{open_bookings,since,customer_id}', '-open_bookings',
     '{}', 'customers at the limit of open bookings or appointments', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (356, 'GET', '/api/customers/at-limit', 'list', 'customers-at-limit', NULL, '{builder}', 200, '{}', '{}', NULL, 'customers', 'customers',
     'Customers at the limit of open bookings or requested appointments with you; with all companies together, for administrators', true),
    (701, 'GET', '/api/bookings', 'list', 'bookings', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'Your bookings, or those of your projects', true),
    (702, 'POST', '/api/bookings', 'create', 'bookings', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'bookings', 'Book a unit', true),
    (703, 'GET', '/api/bookings/{id}', 'get', 'bookings', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'One booking', true),
    (704, 'PATCH', '/api/bookings/{id}', 'update', 'bookings', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'bookings', 'Change notes or discount', true),
    (705, 'POST', '/api/bookings/{id}/confirm', 'call', 'bookings', 'api.confirm_booking',
     '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Accept a pending booking', true),
    (706, 'POST', '/api/bookings/{id}/cancel', 'call', 'bookings', 'api.cancel_booking',
     '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'End a booking; its unit is free again', true),
    (707, 'POST', '/api/bookings/{id}/complete', 'call', 'bookings', 'api.complete_booking',
     '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Hand the unit over: it is sold', true),
    (710, 'POST', '/api/bookings/{id}/extend', 'call', 'bookings', 'api.extend_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Hold the unit longer', true),
    (711, 'POST', '/api/bookings/{id}/reopen', 'call', 'bookings', 'api.reopen_booking', '{builder}', 200,
     '{"id": "booking_id"}', '{}', NULL, NULL, 'bookings', 'Open a completed booking again', true);
