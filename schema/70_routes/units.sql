INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('units', 'api.units', 'unit', 'id',
     '{created_at,updated_at,price,unit_number,tower,floor,bedrooms,carpet_area,id}', '-created_at',
     '{}', 'units for sale', true),
    ('price-history', 'api.unit_price_history', 'price_change', 'id', '{created_at,new_price,id}',
     '-created_at', '{}', 'changes of units'' prices', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (506, 'GET', '/api/projects/{id}/units', 'list', 'units', NULL, '{public}', 200,
     '{"id": "project_id"}', '{}', 'projects', NULL, 'projects', 'A project''s units', true),
    (601, 'GET', '/api/units', 'list', 'units', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'units', 'List units', true),
    (602, 'POST', '/api/units', 'create', 'units', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'units', 'Add a unit to your project', true),
    (603, 'POST', '/api/units/bulk', 'create_many', 'units', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'units', 'Add up to 10,000 units at once, all or none', true),
    (604, 'GET', '/api/units/{id}', 'get', 'units', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'units', 'One unit', true),
    (605, 'PATCH', '/api/units/{id}', 'update', 'units', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'units', 'Change a unit', true),
    (606, 'DELETE', '/api/units/{id}', 'delete', 'units', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'units', 'Delete a unit that nothing refers to', true),
    (607, 'GET', '/api/units/{id}/price-history', 'list', 'price-history', NULL, '{builder}', 200,
     '{"id": "unit_id"}', '{}', 'units', NULL, 'units', 'How the price of your unit changed', true),
    (608, 'POST', '/api/units/{id}/block', 'call', 'units', 'api.block_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Take a unit off sale', true),
    (609, 'POST', '/api/units/{id}/release', 'call', 'units', 'api.release_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Put a blocked unit on sale again', true),
    (697, 'POST', '/api/units/{id}/amend', 'call', 'units', 'api.amend_unit', '{builder}', 200,
     '{"id": "unit_id"}', '{}', NULL, NULL, 'units', 'Correct what a booked unit is known by', true);

UPDATE realty.resources SET search = 'api.unit_hits' WHERE name = 'units';

UPDATE realty.resources SET implied = '{"status": {"available": "unsold"}}' WHERE name = 'units';
