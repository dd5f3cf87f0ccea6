CREATE FUNCTION api.confirm_booking(booking_id bigint) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.bookings b SET status = 'confirmed' WHERE b.id = booking_id RETURNING b AS booking
    )
    SELECT f.* FROM realty.found((SELECT booking FROM changed)) f;
END;
COMMENT ON FUNCTION api.confirm_booking(bigint) IS
'The builder accepts a pending booking. Errors PT404, PT403, PT409 (hold expired, or not pending).';

CREATE FUNCTION api.cancel_booking(booking_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'cancellation_reason=reason'
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.bookings b SET status = 'cancelled', cancellation_reason = reason
        WHERE b.id = booking_id RETURNING b AS booking
    )
    SELECT f.* FROM realty.found((SELECT booking FROM changed)) f;
END;
COMMENT ON FUNCTION api.cancel_booking(bigint, text) IS
'Customer or builder ends a booking; the unit is free again. Errors PT404, PT403, PT409 (already ended), PT422.';

CREATE FUNCTION api.complete_booking(booking_id bigint, override_reason text DEFAULT NULL) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET status = 'completed', override_reason = complete_booking.override_reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.complete_booking(bigint, text) IS
'The builder hands a confirmed booking''s unit over: it is sold. Something owed or progress below 100 needs an override_reason.
Errors PT404, PT403, PT409 (not confirmed, not ready), PT422.';

CREATE FUNCTION api.reopen_booking(booking_id bigint, reason text) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'override_reason=reason'
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET status = 'confirmed', override_reason = reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.reopen_booking(bigint, text) IS
'The builder opens a completed booking again; both parties are notified of the reason. Errors PT404, PT403, PT409 (not completed), PT422.';

CREATE FUNCTION api.extend_booking(booking_id bigint, until timestamptz, reason text) RETURNS SETOF api.bookings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'hold_expires_at=until override_reason=reason'
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_id));
    UPDATE realty.bookings b SET hold_expires_at = until, override_reason = reason WHERE b.id = booking_id;
    SELECT v.* FROM api.bookings v WHERE v.id = booking_id;
END;
COMMENT ON FUNCTION api.extend_booking(bigint, timestamptz, text) IS
'The builder holds the unit longer, at most realty.max_hold_extension from now; the customer is notified of the reason.
Errors PT404, PT409 (hold expired, or none that expires), PT422.';
