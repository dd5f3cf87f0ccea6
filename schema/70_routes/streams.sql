-- The streams. Asked without the gateway they answer one batch; it keeps them open.

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, params, data_key, tag, summary,
    description, media_type, builtin)
VALUES
    (508, 'GET', '/api/projects/{id}/stream', 'call', NULL, 'api.project_stream', '{public}',
     '{"id": "project_id"}', NULL, 'projects', 'The availability of a project''s units, live',
     'Server-sent events. availability: units (id, status, held_until, price) that have changed, ids of removed units, total_units and available_units. sync: read the units again, changes follow from here; it comes first, and when too much has changed. A unit whose held_until has passed is available with no further event. Resume with Last-Event-ID. Prefer: wait=0 asks for one batch.',
     'text/event-stream', true),
    (1106, 'GET', '/api/notifications/stream', 'call', NULL, 'api.notifications_stream', '{user}',
     '{}', NULL, 'notifications', 'Your notifications, live',
     'Server-sent events. notification: as in the list. sync: read the list, changes follow from here; it comes first unless Last-Event-ID is given. end: the stream has ended with this error, for example because the token has expired. Prefer: wait=0 asks for one batch.',
     'text/event-stream', true);
