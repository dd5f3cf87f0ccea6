CREATE VIEW api.bookings WITH (security_invoker = true) AS
SELECT id, booking_number, unit_id, customer_id, project_id, builder_id, status, total_amount, booking_amount,
       discount, paid_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at, cancellation_reason,
       override_reason, notes, extra, created_at, updated_at
FROM realty.bookings;
COMMENT ON VIEW api.bookings IS 'Bookings: a customer''s own, a builder''s projects''.';

-- Counted over the bookings and appointments that the reader sees: a customer's others are not revealed, not even by a
-- total. Customers at the limit with several companies together are in the administrators' list.
CREATE VIEW api.customers_at_limit WITH (security_invoker = true) AS
SELECT customer_id, sum(bookings)::integer AS open_bookings, sum(visits)::integer AS requested_appointments,
       array_agg(booking_id ORDER BY booking_id) FILTER (WHERE booking_id IS NOT NULL) AS booking_ids, min(since) AS since
FROM (SELECT b.customer_id, 1 AS bookings, 0 AS visits, b.id AS booking_id, b.created_at AS since FROM realty.bookings b
      WHERE b.status IN ('pending', 'confirmed') AND b.paid_amount = 0
            AND (b.hold_expires_at IS NULL OR b.hold_expires_at > statement_timestamp())
      UNION ALL
      SELECT a.customer_id, 0, 1, NULL, a.created_at FROM realty.appointments a
      WHERE a.status = 'requested' AND a.ends_at > statement_timestamp()) o
GROUP BY customer_id
HAVING sum(bookings) >= nullif(current_setting('realty.max_open_bookings_per_customer')::integer, 0)
    OR sum(visits) >= nullif(current_setting('realty.max_requested_appointments_per_customer')::integer, 0);
COMMENT ON VIEW api.customers_at_limit IS 'Customers at the limit of open bookings or requested appointments with you, for whom a further one is rejected. Administrators see those of all companies together.';
COMMENT ON COLUMN api.customers_at_limit.open_bookings IS 'Pending or confirmed, with nothing paid.';
COMMENT ON COLUMN api.customers_at_limit.requested_appointments IS 'In the future, and not confirmed yet.';
COMMENT ON COLUMN api.customers_at_limit.since IS 'When the first of them was made.';
