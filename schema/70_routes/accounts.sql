INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('users', 'api.users', 'user', 'id', '{created_at,email,full_name,id}', '-created_at', '{}',
     'accounts', true),
    ('builders', 'api.builders', 'builder', 'id',
     '{created_at,company_name,city,total_projects,id}', '-created_at', '{}', 'builders', true),
    ('customers', 'api.customers', 'customer', 'id', '{created_at,city,id}', '-created_at',
     '{"contact": {"resource": "contacts", "by": "user_id", "columns": ["name", "email", "phone", "phone_e164"]}}',
     'customers', true),
    ('contacts', 'api.contacts', 'contact', 'user_id', '{name,user_id}', 'name', '{}',
     'people you have to do with', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (101, 'POST', '/api/auth/register', 'call', NULL, 'api.register', '{anonymous}', 201,
     '{}', '{}', NULL, NULL, 'auth', 'Make an account, as a builder or a customer, and sign in', true),
    (106, 'GET', '/api/auth/me', 'call', NULL, 'api.me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'The signed-in user', true),
    (107, 'PATCH', '/api/auth/me', 'call', NULL, 'api.update_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Change your name or phone', true),
    (113, 'GET', '/api/auth/me/export', 'call', NULL, 'api.export_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'All your data', true),
    (114, 'DELETE', '/api/auth/me', 'call', NULL, 'api.delete_me', '{user}', 200,
     '{}', '{}', NULL, NULL, 'auth', 'Delete your account', true),
    (201, 'GET', '/api/users', 'list', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'List accounts', true),
    (202, 'GET', '/api/users/{id}', 'get', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'One account', true),
    (203, 'PATCH', '/api/users/{id}', 'update', 'users', NULL, '{admin}', 200,
     '{}', '{}', NULL, NULL, 'users', 'Activate, verify or correct an account', true),
    (204, 'DELETE', '/api/users/{id}', 'call', 'users', 'api.delete_user', '{admin}', 200,
     '{"id": "user_id"}', '{}', NULL, NULL, 'users', 'Deactivate and anonymise an account', true),
    (301, 'GET', '/api/builders', 'list', 'builders', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'List builders', true),
    (302, 'GET', '/api/builders/{id}', 'get', 'builders', NULL, '{public}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'One builder', true),
    (303, 'PATCH', '/api/builders/{id}', 'update', 'builders', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'builders', 'Change your profile', true),
    (351, 'GET', '/api/customers', 'list', 'customers', NULL, '{builder}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'List customers: builders see those with a booking, an appointment or a message', true),
    (352, 'GET', '/api/customers/{id}', 'get', 'customers', NULL, '{builder,customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Your profile, or a customer of yours', true),
    (353, 'PATCH', '/api/customers/{id}', 'update', 'customers', NULL, '{customer}', 200,
     '{}', '{}', NULL, NULL, 'customers', 'Change your profile', true),
    (361, 'GET', '/api/contacts', 'list', 'contacts', NULL, '{user}', 200,
     '{}', '{}', NULL, NULL, 'messages', 'You, and the people you share a booking, an appointment or a message with', true);

-- Routes that hash a password, could be used to guess a secret, or export all data of a user.
UPDATE realty.routes SET rate_class = 'auth'
WHERE function IN ('api.register', 'api.delete_me', 'api.export_me');

UPDATE realty.resources SET search = 'api.builder_hits' WHERE name = 'builders';

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.register', jsonb '{"type": "object", "additionalProperties": false, "properties": {"user": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"$ref":
     "#/components/schemas/UserResponse/properties/id"}, "email": {"$ref":
     "#/components/schemas/UserResponse/properties/email"}, "user_type": {"$ref":
     "#/components/schemas/UserResponse/properties/user_type"}, "full_name": {"$ref":
     "#/components/schemas/UserResponse/properties/full_name"}, "phone": {"$ref":
     "#/components/schemas/UserResponse/properties/phone"}, "phone_e164": {"$ref":
     "#/components/schemas/UserResponse/properties/phone_e164"}, "is_active": {"$ref":
     "#/components/schemas/UserResponse/properties/is_active"}, "is_verified": {"$ref":
     "#/components/schemas/UserResponse/properties/is_verified"}, "last_login_at": {"$ref":
     "#/components/schemas/UserResponse/properties/last_login_at"}, "extra": {"$ref":
     "#/components/schemas/UserResponse/properties/extra"}, "created_at": {"$ref":
     "#/components/schemas/UserResponse/properties/created_at"}, "updated_at": {"$ref":
     "#/components/schemas/UserResponse/properties/updated_at"}, "profile_id": {"type": ["integer",
     "null"]}, "builder": {"type": "object", "additionalProperties": false, "properties": {"id":
     {"$ref": "#/components/schemas/BuilderResponse/properties/id"}, "company_name": {"$ref":
     "#/components/schemas/BuilderResponse/properties/company_name"}, "license_number": {"$ref":
     "#/components/schemas/BuilderResponse/properties/license_number"}, "address": {"$ref":
     "#/components/schemas/BuilderResponse/properties/address"}, "city": {"$ref":
     "#/components/schemas/BuilderResponse/properties/city"}, "state": {"$ref":
     "#/components/schemas/BuilderResponse/properties/state"}, "website": {"$ref":
     "#/components/schemas/BuilderResponse/properties/website"}, "description": {"$ref":
     "#/components/schemas/BuilderResponse/properties/description"}, "logo_url": {"$ref":
     "#/components/schemas/BuilderResponse/properties/logo_url"}, "is_verified": {"$ref":
     "#/components/schemas/BuilderResponse/properties/is_verified"}, "total_projects": {"$ref":
     "#/components/schemas/BuilderResponse/properties/total_projects"}, "extra": {"$ref":
     "#/components/schemas/BuilderResponse/properties/extra"}}, "required": ["id", "company_name",
     "license_number", "address", "city", "state", "website", "description", "logo_url",
     "is_verified", "total_projects", "extra"]}, "customer": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"$ref":
     "#/components/schemas/CustomerResponse/properties/id"}, "address": {"$ref":
     "#/components/schemas/CustomerResponse/properties/address"}, "city": {"$ref":
     "#/components/schemas/CustomerResponse/properties/city"}, "state": {"$ref":
     "#/components/schemas/CustomerResponse/properties/state"}, "budget_min": {"$ref":
     "#/components/schemas/CustomerResponse/properties/budget_min"}, "budget_max": {"$ref":
     "#/components/schemas/CustomerResponse/properties/budget_max"}, "preferences": {"$ref":
     "#/components/schemas/CustomerResponse/properties/preferences"}, "extra": {"$ref":
     "#/components/schemas/CustomerResponse/properties/extra"}}, "required": ["id", "address",
     "city", "state", "budget_min", "budget_max", "preferences", "extra"]}}, "required": ["id",
     "email", "user_type", "full_name", "phone", "phone_e164", "is_active", "is_verified", "last_login_at",
     "extra", "created_at", "updated_at", "profile_id"]}, "token": {"type": "string", "description":
     "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string", "description":
     "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer", "description":
     "seconds that the token counts"}}, "required": ["user", "token", "refresh_token", "expires_in"]}'),
    ('api.delete_me', '{"type": "object", "additionalProperties": false, "properties": {"deleted": {"type":
     "boolean"}}, "required": ["deleted"]}'),
    ('api.export_me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}, "sessions": {"type": "array", "items": {"type": "object"}},
     "bookings": {"type": "array", "items": {"type": "object"}},
     "payments": {"type": "array", "items": {"type": "object"}},
     "change_requests": {"type": "array", "items": {"type": "object"}},
     "appointments": {"type": "array", "items": {"type": "object"}},
     "messages": {"type": "array", "items": {"type": "object"}},
     "notifications": {"type": "array", "items": {"type": "object"}},
     "projects": {"type": "array", "items": {"type": "object"}},
     "availability": {"type": "array", "items": {"type": "object"}},
     "updates": {"type": "array", "items": {"type": "object"}},
     "models": {"type": "array", "items": {"type": "object"}},
     "progress": {"type": "array", "items": {"type": "object"}},
     "units": {"type": "array", "items": {"type": "object"}},
     "price_history": {"type": "array", "items": {"type": "object"}},
     "private_builders": {"type": "array", "items": {"type": "object"}},
     "private_projects": {"type": "array", "items": {"type": "object"}},
     "private_units": {"type": "array", "items": {"type": "object"}},
     "private_bookings": {"type": "array", "items": {"type": "object"}},
     "cut": {"type": "array", "items": {"type": "string"}, "description": "lists of which only the newest rows are here"}},
     "required": ["user", "sessions", "messages", "notifications", "cut"]}'),
    ('api.me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}'),
    ('api.update_me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
