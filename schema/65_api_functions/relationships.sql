-- What PostgREST cannot see in the foreign keys: computed relationships and fields.
--
-- Columns that a trigger copies have no foreign key (docs/decisions/0002), and people see each other
-- through api.contacts only. A function of one row of a view, named as the other
-- end, is a relationship: /bookings?select=*,projects(name),customer(name). One that returns a
-- value is a field that is there when it is asked for: /bookings?select=id,balance.
-- They are read with the caller's rights, and inlined: STABLE, not STRICT, no settings.

CREATE FUNCTION api.projects(api.bookings) RETURNS SETOF api.projects
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT p.* FROM api.projects p WHERE p.id = $1.project_id; END;
COMMENT ON FUNCTION api.projects(api.bookings) IS 'The project of a booking.';

CREATE FUNCTION api.bookings(api.projects) RETURNS SETOF api.bookings
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT b.* FROM api.bookings b WHERE b.project_id = $1.id; END;
COMMENT ON FUNCTION api.bookings(api.projects) IS 'The bookings of a project that you may see.';

CREATE FUNCTION api.builders(api.bookings) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.bookings) IS 'The builder of a booking.';

CREATE FUNCTION api.bookings(api.builders) RETURNS SETOF api.bookings
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT b.* FROM api.bookings b WHERE b.builder_id = $1.id; END;
COMMENT ON FUNCTION api.bookings(api.builders) IS 'The bookings of a builder''s projects that you may see.';

CREATE FUNCTION api.builders(api.units) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.units) IS 'The builder of a unit.';

CREATE FUNCTION api.units(api.builders) RETURNS SETOF api.units
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT u.* FROM api.units u WHERE u.builder_id = $1.id; END;
COMMENT ON FUNCTION api.units(api.builders) IS 'The units of a builder.';

CREATE FUNCTION api.customer(api.bookings) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.bookings) IS 'The customer of the booking: id, name and kind.';

CREATE FUNCTION api.customer(api.appointments) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.appointments) IS 'The customer of the appointment: id, name and kind.';

CREATE FUNCTION api.customer(api.change_requests) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.profile_id = $1.customer_id AND c.kind = 'customer'; END;
COMMENT ON FUNCTION api.customer(api.change_requests) IS 'The customer that requests it: id, name and kind.';

CREATE FUNCTION api.users(api.notifications) RETURNS SETOF api.users
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT u.* FROM api.users u WHERE u.id = $1.user_id; END;
COMMENT ON FUNCTION api.users(api.notifications) IS 'The account that is notified: yours.';

CREATE FUNCTION api.notifications(api.users) RETURNS SETOF api.notifications
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT n.* FROM api.notifications n WHERE n.user_id = $1.id; END;
COMMENT ON FUNCTION api.notifications(api.users) IS 'The notifications of an account: yours.';

CREATE FUNCTION api.builders(api.unit_price_history) RETURNS SETOF api.builders
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT d.* FROM api.builders d WHERE d.id = $1.builder_id; END;
COMMENT ON FUNCTION api.builders(api.unit_price_history) IS 'The builder whose price changed.';

CREATE FUNCTION api.sender(api.messages) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.user_id = $1.sender_id; END;
COMMENT ON FUNCTION api.sender(api.messages) IS 'Its author: id, name and kind.';

CREATE FUNCTION api.recipient(api.messages) RETURNS SETOF api.contacts
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC SELECT c.* FROM api.contacts c WHERE c.user_id = $1.recipient_id; END;
COMMENT ON FUNCTION api.recipient(api.messages) IS 'Its recipient: id, name and kind.';

CREATE FUNCTION api.availability(api.projects) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC SELECT api.project_availability($1.id); END;
COMMENT ON FUNCTION api.availability(api.projects) IS 'Units of the project by status, type and price band: api.project_availability.';

CREATE FUNCTION api.balance(api.bookings) RETURNS numeric
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT CASE WHEN $1.status IN ('cancelled', 'expired') THEN 0.00
                ELSE $1.total_amount - $1.discount - $1.paid_amount END;
END;
COMMENT ON FUNCTION api.balance(api.bookings) IS
'What is still owed for a booking, in the site''s currency: total less discount less paid; nothing once it has ended.';
