-- The naive schema's booking as one server-side function: a counter column on projects, kept
-- in the same transaction, its hot row taken last.
CREATE FUNCTION book(p_unit int, p_customer int) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    u units;
    c customers;
    b bookings;
BEGIN
    SELECT * INTO c FROM customers WHERE id = p_customer;
    PERFORM 1 FROM users WHERE id = c.user_id AND is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unauthorized';
    END IF;
    SELECT * INTO u FROM units WHERE id = p_unit FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unit not found';
    END IF;
    IF u.status <> 'available' THEN
        RAISE EXCEPTION 'unit not available';
    END IF;
    INSERT INTO bookings (customer_id, unit_id, status, total_amount, booking_amount)
        VALUES (p_customer, p_unit, 'pending', u.price, 100000) RETURNING * INTO b;
    UPDATE units SET status = 'booked', updated_at = now() WHERE id = p_unit;
    INSERT INTO notifications (user_id, type, title, message, related_id)
        VALUES (c.user_id, 'booking', 'Booking created',
                'Your booking for unit ' || u.unit_number || ' has been received.', b.id);
    UPDATE projects SET available_units = available_units - 1, updated_at = now() WHERE id = u.project_id;
    RETURN json_build_object('success', true, 'data', json_build_object('booking', row_to_json(b)));
END $$;
CREATE SEQUENCE booked MINVALUE 0;
