INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, params, data_key, tag, summary, builtin)
VALUES
    (306, 'GET', '/api/builders/me/dashboard', 'call', NULL, 'api.builder_dashboard', '{builder}', '{}',
     'dashboard', 'builders', 'The first page of your portal', true),
    (354, 'GET', '/api/customers/me/dashboard', 'call', NULL, 'api.customer_dashboard', '{customer}', '{}',
     'dashboard', 'customers', 'The first page of your portal', true),
    (514, 'GET', '/api/projects/{id}/stats', 'call', 'projects', 'api.project_stats', '{builder}', '{"id": "project_id"}',
     'stats', 'projects', 'The numbers of your project', true),
    (1801, 'GET', '/api/analytics/sales', 'call', NULL, 'api.sales_report', '{builder}', '{}',
     'sales', 'analytics', 'Sales by period', true),
    (1802, 'GET', '/api/analytics/inventory', 'call', NULL, 'api.inventory_report', '{builder}', '{}',
     'inventory', 'analytics', 'Units by state and age, absorption', true),
    (1803, 'GET', '/api/analytics/collections', 'call', NULL, 'api.collections_report', '{builder}', '{}',
     'collections', 'analytics', 'Paid, due, overdue, cash flow', true),
    (1804, 'GET', '/api/analytics/pipeline', 'call', NULL, 'api.pipeline_report', '{builder}', '{}',
     'pipeline', 'analytics', 'Bookings, change requests and appointments by status', true),
    (1805, 'GET', '/api/analytics/progress', 'call', NULL, 'api.progress_report', '{builder}', '{}',
     'projects', 'analytics', 'Progress against plan', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.sales_report', jsonb '{"type": "object", "additionalProperties": false, "properties": {"period": {"enum": ["day",
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
