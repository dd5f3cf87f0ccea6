GRANT EXECUTE ON FUNCTION realty.booked_projects() TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.expire_lapsed_hold(bigint) TO realty_builder, realty_admin;
GRANT USAGE ON SEQUENCE realty.booking_numbers TO realty_customer, realty_admin;
GRANT SELECT ON realty.bookings, api.bookings TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (unit_id, booking_amount, notes, extra)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT UPDATE (status, cancellation_reason)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT INSERT (unit_id, customer_id, booking_amount, discount, override_reason, notes, extra)
    ON realty.bookings, api.bookings TO realty_admin;
GRANT UPDATE (status, cancellation_reason, discount, notes, extra)
    ON realty.bookings, api.bookings TO realty_builder, realty_admin;
GRANT UPDATE (hold_expires_at, override_reason) ON realty.bookings TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.extend_booking(bigint, timestamptz, text), api.confirm_booking(bigint),
    api.complete_booking(bigint, text), api.reopen_booking(bigint, text) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.cancel_booking(bigint, text) TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.lock_booking(bigint) TO realty_builder, realty_admin;
GRANT SELECT ON api.customers_at_limit TO realty_builder, realty_admin;
