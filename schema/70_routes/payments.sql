INSERT INTO realty.resources (name, view, singular, key_column, sort, default_sort, embeds,
    description, builtin)
VALUES
    ('payments', 'api.payments', 'payment', 'id',
     '{created_at,updated_at,due_date,paid_at,amount,status,id}', '-created_at', '{}',
     'instalments, tokens and refunds of bookings', true);

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, status,
    params, fixed, parent, data_key, tag, summary, builtin)
VALUES
    (708, 'GET', '/api/bookings/{id}/payments', 'list', 'payments', NULL, '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', 'bookings', NULL, 'bookings', 'A booking''s payments', true),
    (709, 'GET', '/api/bookings/{id}/statement', 'call', 'bookings', 'api.booking_statement',
     '{builder,customer}', 200,
     '{"id": "booking_id"}', '{}', NULL, 'statement', 'bookings',
     'The account of a booking: charges, payments, balance', true),
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
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'The submitted payment did not arrive', true),
    (809, 'POST', '/api/payments/{id}/refund', 'call', 'payments', 'api.refund_payment',
     '{builder}', 201,
     '{"id": "payment_id"}', '{}', NULL, NULL, 'payments', 'Open a refund of a paid payment', true),
    (810, 'POST', '/api/payments/schedule', 'call', 'payments', 'api.schedule_payments',
     '{builder}', 201,
     '{}', '{}', NULL, NULL, 'payments', 'Make the instalment plan of a booking', true);

UPDATE realty.routes r SET answer = a.answer FROM (VALUES
    ('api.booking_statement', jsonb '{"type": "object", "additionalProperties": false, "properties": {"booking_id": {"type":
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
     "overdue", "refunds_due", "balance"]}')) a (function, answer)
WHERE r.function = a.function AND r.builtin;
