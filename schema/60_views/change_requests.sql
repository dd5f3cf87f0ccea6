CREATE VIEW api.change_requests WITH (security_invoker = true) AS
SELECT id, booking_id, unit_id, customer_id, title, description, category, status, estimated_cost,
       accepted_cost, approved_cost, decision_note, decided_by, decided_at, extra, created_at, updated_at
FROM realty.change_requests;
COMMENT ON VIEW api.change_requests IS 'Changes requested by customers, of the bookings you see.';
