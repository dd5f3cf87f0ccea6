CREATE FUNCTION realty.bookings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_guard';
COMMENT ON FUNCTION realty.bookings_guard() IS
'Trigger: which bookings are possible and how a booking may change. Errors PT409 (unit taken, hold lapsed, too many bookings, transition), PT422, PT403.';

CREATE FUNCTION realty.bookings_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_effects';
COMMENT ON FUNCTION realty.bookings_effects() IS 'Trigger: marks the unit and notifies customer and builder.';

CREATE FUNCTION realty.bookings_hold_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_hold_effects';
COMMENT ON FUNCTION realty.bookings_hold_effects() IS
'Trigger: the unit is held as long as its booking, or booked while a payment keeps it; the parties are notified of an extended hold.';

CREATE FUNCTION realty.booked_projects() RETURNS bigint[]
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_booked_projects';
COMMENT ON FUNCTION realty.booked_projects() IS 'Projects in which the caller has an active booking; empty when the caller is not a customer.';

CREATE FUNCTION realty.expire_lapsed_hold(unit_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_expire_lapsed_hold';
COMMENT ON FUNCTION realty.expire_lapsed_hold(bigint) IS
'Expires the booking whose hold of this unit has lapsed, if there is one. Every role may call it: it only records what has happened by time.';

CREATE FUNCTION realty.lock_booking(booking_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_booking';
COMMENT ON FUNCTION realty.lock_booking(bigint) IS 'Locks the booking''s row: booking first, then what hangs on it.';

ALTER TABLE realty.bookings ALTER COLUMN customer_id SET DEFAULT realty.customer_id();
