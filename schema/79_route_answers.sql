-- What functions that return jsonb answer, as JSON Schema: /openapi.json shows it under
-- <Operation>Result, and a test holds every answer against it. Objects are closed, so that a
-- member which nobody described is found.

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.register', jsonb '{"type": "object", "additionalProperties": false, "properties": {"user": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"$ref":
     "#/components/schemas/UserResponse/properties/id"}, "email": {"$ref":
     "#/components/schemas/UserResponse/properties/email"}, "user_type": {"$ref":
     "#/components/schemas/UserResponse/properties/user_type"}, "full_name": {"$ref":
     "#/components/schemas/UserResponse/properties/full_name"}, "phone": {"$ref":
     "#/components/schemas/UserResponse/properties/phone"}, "is_active": {"$ref":
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
     "email", "user_type", "full_name", "phone", "is_active", "is_verified", "last_login_at",
     "extra", "created_at", "updated_at", "profile_id"]}, "token": {"type": "string", "description":
     "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string", "description":
     "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer", "description":
     "seconds that the token counts"}}, "required": ["user", "token", "refresh_token", "expires_in"]}'),
    ('api.login', '{"$ref": "#/components/schemas/PostAuthRegisterResult"}'),
    ('api.refresh', '{"type": "object", "additionalProperties": false, "properties": {"token": {"type": "string",
     "description": "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string",
     "description": "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer",
     "description": "seconds that the token counts"}}, "required": ["token", "refresh_token",
     "expires_in"]}'),
    ('api.logout', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.logout_all', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.change_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.reset_password', '{"type": "object", "additionalProperties": false, "properties": {"ended_sessions": {"type":
     "integer"}}, "required": ["ended_sessions"]}'),
    ('api.forgot_password', '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "string"}},
     "required": ["message"]}'),
    ('api.me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}'),
    ('api.update_me', '{"type": "object", "additionalProperties": false, "properties": {"user": {"$ref":
     "#/components/schemas/PostAuthRegisterResult/properties/user"}}, "required": ["user"]}'),
    ('api.project_availability', '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
     "integer"}, "total": {"type": "integer"}, "available": {"type": "integer"}, "by_status":
     {"type": "object", "additionalProperties": {"type": "integer"}, "description":
     "units of each status that has any"}, "by_type": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"unit_type": {"type": ["string", "null"]},
     "total": {"type": "integer"}, "available": {"type": "integer"}, "price_from": {"type":
     ["number", "null"]}}, "required": ["unit_type", "total", "available", "price_from"]}},
     "by_price": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"price_from": {"type": "number"}, "price_below": {"type": "number"}, "total":
     {"type": "integer"}, "available": {"type": "integer"}}, "required": ["price_from",
     "price_below", "total", "available"]}}}, "required": ["project_id", "total", "available",
     "by_status", "by_type", "by_price"]}'),
    ('api.booking_statement', '{"type": "object", "additionalProperties": false, "properties": {"booking_id": {"type":
     "integer"}, "booking_number": {"type": "string"}, "status": {"$ref":
     "#/components/schemas/BookingResponse/properties/status"}, "charges": {"type": "array", "items":
     {"type": "object", "additionalProperties": false, "properties": {"what": {"enum": ["price",
     "change", "discount"]}, "title": {"type": ["string", "null"]}, "amount": {"type": "number"}},
     "required": ["what", "title", "amount"]}}, "payments": {"type": "array", "items": {"type":
     "object", "additionalProperties": false, "properties": {"payment_id": {"type": "integer"},
     "kind": {"$ref": "#/components/schemas/PaymentResponse/properties/kind"}, "milestone": {"$ref":
     "#/components/schemas/PaymentResponse/properties/milestone"}, "amount": {"$ref":
     "#/components/schemas/PaymentResponse/properties/amount"}, "status": {"$ref":
     "#/components/schemas/PaymentResponse/properties/status"}, "due_date": {"$ref":
     "#/components/schemas/PaymentResponse/properties/due_date"}, "paid_at": {"$ref":
     "#/components/schemas/PaymentResponse/properties/paid_at"}, "receipt_number": {"$ref":
     "#/components/schemas/PaymentResponse/properties/receipt_number"}, "transaction_reference":
     {"$ref": "#/components/schemas/PaymentResponse/properties/transaction_reference"}}, "required":
     ["payment_id", "kind", "milestone", "amount", "status", "due_date", "paid_at", "receipt_number",
     "transaction_reference"]}}, "charged": {"type": "number"}, "paid": {"type": "number"},
     "submitted": {"type": "number"}, "scheduled": {"type": "number"}, "overdue": {"type": "number"},
     "refunds_due": {"type": "number"}, "balance": {"type": "number"}}, "required": ["booking_id",
     "booking_number", "status", "charges", "payments", "charged", "paid", "submitted", "scheduled",
     "overdue", "refunds_due", "balance"]}'),
    ('api.delete_message', '{"type": "object", "additionalProperties": false, "properties": {"message": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"type": "integer"}}, "required": ["id"]}},
     "required": ["message"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
