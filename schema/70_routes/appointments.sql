INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('appointments', 'api.appointments', 'appointment', 'id',
     '{created_at,updated_at,starts_at,status,id}', '-created_at', '{}', 'visits and calls', true),
    ('availability', 'api.builder_availability', 'window', 'id',
     '{created_at,weekday,exception_date,opens,id}', 'weekday', '{}', 'when builders receive visitors', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (305, 'GET', '/api/builders/{id}/availability', 'list', 'availability', NULL, '{public}', 200,
     '{"id": "builder_id"}', '{}', 'builders', NULL, 'builders', 'When a builder receives visitors', true),
    (901, 'GET', '/api/appointments', 'list', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Your appointments', true),
    (902, 'POST', '/api/appointments', 'create', 'appointments', NULL, '{customer}', 201,
     '{}', '{}', NULL, NULL, 'appointments', 'Request an appointment', true),
    (903, 'GET', '/api/appointments/slots', 'call', NULL, 'api.appointment_slots', '{public}', 200,
     '{}', '{}', NULL, 'slots', 'appointments', 'Free times of a project''s builder on a day', true),
    (904, 'GET', '/api/appointments/{id}', 'get', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'One appointment', true),
    (905, 'PATCH', '/api/appointments/{id}', 'update', 'appointments', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Move an appointment, or change its place and notes', true),
    (906, 'POST', '/api/appointments/{id}/confirm', 'call', 'appointments', 'api.confirm_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Accept a requested appointment', true),
    (907, 'POST', '/api/appointments/{id}/cancel', 'call', 'appointments', 'api.cancel_appointment',
     '{builder,customer}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Call an appointment off', true),
    (908, 'POST', '/api/appointments/{id}/complete', 'call', 'appointments', 'api.complete_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Record that it was held', true),
    (909, 'POST', '/api/appointments/{id}/no-show', 'call', 'appointments', 'api.no_show_appointment',
     '{builder}', 200,
     '{"id": "appointment_id"}', '{}', NULL, NULL, 'appointments', 'Record that the customer did not come', true),
    (910, 'PUT', '/api/appointments/availability', 'call', 'availability', 'api.set_availability',
     '{builder}', 200,
     '{}', '{}', NULL, NULL, 'appointments', 'Replace your weekly windows and exceptions', true);
