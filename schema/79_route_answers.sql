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
    ('api.login', '{"$ref": "#/components/schemas/PostAuthRegisterResult"}'),
    ('api.refresh', '{"type": "object", "additionalProperties": false, "properties": {"token": {"type": "string",
     "description": "Send it as Authorization: Bearer."}, "refresh_token": {"type": "string",
     "description": "For POST /api/auth/refresh; works once."}, "expires_in": {"type": "integer",
     "description": "seconds that the token counts"}}, "required": ["token", "refresh_token",
     "expires_in"]}'),
    ('api.reset_setting', '{"type": "object", "additionalProperties": false, "properties": {"key": {"type": "string"}, "value":
     {"description": "what counts now; null when nothing does"}}, "required": ["key", "value"]}'),
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
    ('api.project_counts', '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
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
     "required": ["message"]}'),
    ('api.sales_report', '{"type": "object", "additionalProperties": false, "properties": {"period": {"enum": ["day",
     "week", "month", "quarter", "year"]}, "series": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"starts_on": {"type": "string", "format": "date"},
     "units": {"type": "integer"}, "value": {"type": "number"}, "discount": {"type": "number"},
     "net_value": {"type": "number"}}, "required": ["starts_on", "units", "value", "discount",
     "net_value"]}}, "totals": {"type": "object", "additionalProperties": false, "properties":
     {"units": {"type": "integer"}, "value": {"type": "number"}, "discount": {"type": "number"},
     "net_value": {"type": "number"}, "average_net_value": {"type": ["number", "null"]},
     "realisation_percent": {"type": ["number", "null"]}}, "required": ["units", "value", "discount",
     "net_value", "average_net_value", "realisation_percent"]}}, "required": ["period", "series",
     "totals"]}'),
    ('api.inventory_report', '{"type": "object", "additionalProperties": false, "properties": {"totals": {"type": "object",
     "additionalProperties": false, "properties": {"units": {"type": "integer"}, "available":
     {"type": "integer"}, "held": {"type": "integer"}, "booked": {"type": "integer"}, "sold":
     {"type": "integer"}, "blocked": {"type": "integer"}, "value_available": {"type": "number"},
     "average_days_on_market": {"type": ["number", "null"]}}, "required": ["units", "available",
     "held", "booked", "sold", "blocked", "value_available", "average_days_on_market"]}, "by_age":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"age": {"enum": ["0-30", "31-90", "91-180", "181-365", "over 365"]}, "units": {"type":
     "integer"}, "value": {"type": "number"}}, "required": ["age", "units", "value"]}}, "by_type":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"unit_type": {"type": ["string", "null"]}, "units": {"type": "integer"}, "sold": {"type":
     "integer"}, "average_price": {"type": "number"}}, "required": ["unit_type", "units", "sold",
     "average_price"]}}, "absorption": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"month": {"type": "string", "format": "date"},
     "on_offer": {"type": "integer"}, "sold": {"type": "integer"}, "absorption_percent": {"type":
     ["number", "null"]}}, "required": ["month", "on_offer", "sold", "absorption_percent"]}}},
     "required": ["totals", "by_age", "by_type", "absorption"]}'),
    ('api.collections_report', '{"type": "object", "additionalProperties": false, "properties": {"totals": {"type": "object",
     "additionalProperties": false, "properties": {"received": {"type": "number"}, "refunded":
     {"type": "number"}, "outstanding": {"type": "number"}, "submitted": {"type": "number"},
     "overdue": {"type": "number"}, "overdue_instalments": {"type": "integer"}}, "required":
     ["received", "refunded", "outstanding", "submitted", "overdue", "overdue_instalments"]},
     "by_overdue": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"overdue": {"enum": ["not yet due", "1-30", "31-60", "61-90", "over 90"]},
     "instalments": {"type": "integer"}, "amount": {"type": "number"}}, "required": ["overdue",
     "instalments", "amount"]}}, "cash_flow": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"month": {"type": "string", "format": "date"},
     "received": {"type": "number"}, "refunded": {"type": "number"}, "expected": {"type": "number"}},
     "required": ["month", "received", "refunded", "expected"]}}}, "required": ["totals",
     "by_overdue", "cash_flow"]}'),
    ('api.pipeline_report', '{"type": "object", "additionalProperties": false, "properties": {"bookings": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"status": {"type":
     "string"}, "items": {"type": "integer"}, "value": {"type": ["number", "null"]}, "oldest_days":
     {"type": "integer"}}, "required": ["status", "items", "value", "oldest_days"]}},
     "change_requests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"status": {"type": "string"}, "items": {"type": "integer"}, "value": {"type":
     ["number", "null"]}, "oldest_days": {"type": "integer"}}, "required": ["status", "items",
     "value", "oldest_days"]}}, "appointments": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"status": {"type": "string"}, "items": {"type":
     "integer"}, "value": {"type": ["number", "null"]}, "oldest_days": {"type": "integer"}},
     "required": ["status", "items", "value", "oldest_days"]}}}, "required": ["bookings",
     "change_requests", "appointments"]}'),
    ('api.project_stats', '{"type": "object", "additionalProperties": false, "properties": {"project_id": {"type":
     "integer"}, "inventory": {"$ref":
     "#/components/schemas/GetAnalyticsInventoryResult/properties/totals"}, "sales": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "collections": {"$ref":
     "#/components/schemas/GetAnalyticsCollectionsResult/properties/totals"}, "pipeline": {"$ref":
     "#/components/schemas/GetAnalyticsPipelineResult"}, "progress": {"type": "object",
     "additionalProperties": false, "properties": {"actual_percent": {"type": "number"},
     "planned_percent": {"type": ["number", "null"]}, "late_phases": {"type": "integer"}},
     "required": ["actual_percent", "planned_percent", "late_phases"]}}, "required": ["project_id",
     "inventory", "sales", "collections", "pipeline", "progress"]}'),
    ('api.builder_dashboard', '{"type": "object", "additionalProperties": false, "properties": {"projects": {"type":
     "integer"}, "inventory": {"$ref":
     "#/components/schemas/GetAnalyticsInventoryResult/properties/totals"}, "sales": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "sales_this_month": {"$ref":
     "#/components/schemas/GetAnalyticsSalesResult/properties/totals"}, "collections": {"$ref":
     "#/components/schemas/GetAnalyticsCollectionsResult/properties/totals"}, "pipeline": {"$ref":
     "#/components/schemas/GetAnalyticsPipelineResult"}, "upcoming_appointments": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"id": {"type":
     "integer"}, "project_id": {"type": "integer"}, "kind": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/kind"}, "status": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/status"}, "starts_at": {"type": "string",
     "format": "date-time"}, "ends_at": {"type": "string", "format": "date-time"}, "customer":
     {"type": ["string", "null"]}}, "required": ["id", "project_id", "kind", "status", "starts_at",
     "ends_at", "customer"]}}, "latest_bookings": {"type": "array", "items": {"type": "object",
     "additionalProperties": false, "properties": {"id": {"type": "integer"}, "booking_number":
     {"type": "string"}, "project": {"type": "string"}, "status": {"type": "string"}, "net_amount":
     {"type": "number"}, "booked_on": {"type": "string", "format": "date"}}, "required": ["id",
     "booking_number", "project", "status", "net_amount", "booked_on"]}}, "unread_messages": {"type":
     "integer"}, "unread_notifications": {"type": "integer"}}, "required": ["projects", "inventory",
     "sales", "sales_this_month", "collections", "pipeline", "upcoming_appointments",
     "latest_bookings", "unread_messages", "unread_notifications"]}'),
    ('api.customer_dashboard', '{"type": "object", "additionalProperties": false, "properties": {"bookings": {"type": "array",
     "items": {"type": "object", "additionalProperties": false, "properties": {"id": {"type":
     "integer"}, "booking_number": {"type": "string"}, "status": {"type": "string"}, "unit_id":
     {"type": "integer"}, "unit_number": {"type": "string"}, "tower": {"type": "string"},
     "project_id": {"type": "integer"}, "project": {"type": "string"}, "total_amount": {"type":
     "number"}, "discount": {"type": "number"}, "paid_amount": {"type": "number"}, "balance":
     {"type": "number"}, "unit_progress_percent": {"type": "number"}, "project_progress_percent":
     {"type": "number"}, "hold_expires_at": {"type": ["string", "null"], "format": "date-time"}},
     "required": ["id", "booking_number", "status", "unit_id", "unit_number", "tower", "project_id",
     "project", "total_amount", "discount", "paid_amount", "balance", "unit_progress_percent",
     "project_progress_percent", "hold_expires_at"]}}, "totals": {"type": "object",
     "additionalProperties": false, "properties": {"bookings": {"type": "integer"}, "paid": {"type":
     "number"}, "balance": {"type": "number"}}, "required": ["bookings", "paid", "balance"]},
     "next_payments": {"type": "array", "items": {"type": "object", "additionalProperties": false,
     "properties": {"id": {"type": "integer"}, "booking_id": {"type": "integer"}, "milestone":
     {"type": ["string", "null"]}, "amount": {"type": "number"}, "due_date": {"type": ["string",
     "null"], "format": "date"}, "is_overdue": {"type": ["boolean", "null"]}}, "required": ["id",
     "booking_id", "milestone", "amount", "due_date", "is_overdue"]}}, "upcoming_appointments":
     {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties":
     {"id": {"type": "integer"}, "project_id": {"type": "integer"}, "kind": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/kind"}, "status": {"$ref":
     "#/components/schemas/AppointmentResponse/properties/status"}, "starts_at": {"type": "string",
     "format": "date-time"}, "ends_at": {"type": "string", "format": "date-time"}}, "required":
     ["id", "project_id", "kind", "status", "starts_at", "ends_at"]}}, "open_change_requests":
     {"type": "integer"}, "unread_messages": {"type": "integer"}, "unread_notifications": {"type":
     "integer"}}, "required": ["bookings", "totals", "next_payments", "upcoming_appointments",
     "open_change_requests", "unread_messages", "unread_notifications"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
