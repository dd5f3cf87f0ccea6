CREATE VIEW api.payments WITH (security_invoker = true) AS
SELECT id, booking_id, kind, milestone, amount, due_date, status, method, transaction_reference,
       receipt_number, paid_at, refund_of, note, extra, created_at, updated_at
FROM realty.payments;
COMMENT ON VIEW api.payments IS 'Payments of the bookings you see.';
