INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('projects', 'api.projects', 'project', 'id',
     '{created_at,updated_at,name,city,status,price_min,price_max,launch_date,expected_completion,progress_percent,id}',
     '-created_at',
     '{"builder": {"resource": "builders", "by": "builder_id", "columns": ["id", "company_name", "is_verified"]}}',
     'developments', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (304, 'GET', '/api/builders/{id}/projects', 'list', 'projects', NULL, '{public}', 200,
     '{"id": "builder_id"}', '{}', 'builders', NULL, 'builders', 'A builder''s projects', true),
    (501, 'GET', '/api/projects', 'list', 'projects', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'List projects', true),
    (502, 'POST', '/api/projects', 'create', 'projects', NULL, '{builder}', 201,
     '{}', '{}', NULL, NULL, 'projects', 'Add a project', true),
    (503, 'GET', '/api/projects/{id}', 'get', 'projects', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'One project', true),
    (504, 'PATCH', '/api/projects/{id}', 'update', 'projects', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'Change a project', true),
    (505, 'DELETE', '/api/projects/{id}', 'delete', 'projects', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'projects', 'Delete a project that nothing refers to', true),
    (507, 'GET', '/api/projects/{id}/availability', 'call', 'projects',
     'api.project_counts', '{public}', 200,
     '{"id": "project_id"}', '{}', NULL, 'availability', 'projects',
     'Units by status, type and price band', true);

UPDATE realty.resources SET search = 'api.project_hits' WHERE name = 'projects';

UPDATE realty.resources SET lookups = '{"city": "api.project_cities"}' WHERE name = 'projects';

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.project_counts', jsonb '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
     "integer"}, "total": {"type": "integer"}, "available": {"type": "integer"}, "by_status":
     {"type": "object", "additionalProperties": {"type": "integer"}, "description":
     "units of each status that has any"}, "by_type": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"unit_type": {"type": ["string", "null"]},
     "total": {"type": "integer"}, "available": {"type": "integer"}, "price_from": {"type":
     ["number", "null"]}}, "required": ["unit_type", "total", "available", "price_from"]}},
     "by_price": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"price_from": {"type": "number"}, "price_below": {"type": "number"}, "total":
     {"type": "integer"}, "available": {"type": "integer"}}, "required": ["price_from",
     "price_below", "total", "available"]}}, "cut": {"type": "boolean", "description":
     "there are more types or price bands than the 100 with most units"}}, "required": ["project_id", "total", "available",
     "by_status", "by_type", "by_price"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
