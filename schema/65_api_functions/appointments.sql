-- What is not a plain row operation on appointments. They run with the caller's
-- rights; the guard decides.

CREATE FUNCTION api.confirm_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'confirmed' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.confirm_appointment(bigint) IS
'The builder accepts a requested appointment. Errors PT404, PT403, PT409 (not requested, its time has passed).';

CREATE FUNCTION api.cancel_appointment(appointment_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'cancellation_reason=reason'
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'cancelled', cancellation_reason = reason
        WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.cancel_appointment(bigint, text) IS
'Customer or builder calls an appointment off; its time is free again. Errors PT404, PT403, PT409 (already over), PT422.';

CREATE FUNCTION api.complete_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'completed' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.complete_appointment(bigint) IS
'The builder records that a confirmed appointment was held. Errors PT404, PT403, PT409 (not confirmed, not begun).';

CREATE FUNCTION api.no_show_appointment(appointment_id bigint) RETURNS SETOF api.appointments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE api.appointments a SET status = 'no_show' WHERE a.id = appointment_id RETURNING a AS appointment
    )
    SELECT f.* FROM realty.found((SELECT appointment FROM changed)) f;
END;
COMMENT ON FUNCTION api.no_show_appointment(bigint) IS
'The builder records that the customer did not come. Errors PT404, PT403, PT409 (not confirmed, not begun).';

CREATE FUNCTION api.appointment_slots(project_id bigint, date date, minutes integer DEFAULT 60)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, default_hours boolean)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.refuse_field(minutes NOT BETWEEN 15 AND 480, 'minutes', 'must be between 15 and 480');
    SELECT realty.refuse_field(NOT pg_catalog.isfinite(date) OR date > realty.today() + 730, 'date',
                               'must be a day before two years from now');
    SELECT realty.found((SELECT p.id FROM api.projects p WHERE p.id = project_id));
    SELECT pg_catalog.lower(s.slot), pg_catalog.upper(s.slot),
           NOT EXISTS (SELECT FROM api.builder_availability a
                       WHERE a.builder_id = p.builder_id AND (a.weekday IS NOT NULL OR a.exception_date = date))
    FROM api.projects p,
         -- OFFSET 0: once, and not once for each slot
         LATERAL (SELECT realty.open_hours(p.builder_id, date, date) AS hours OFFSET 0) o,
         LATERAL (SELECT o.hours - realty.busy_hours(p.builder_id, o.hours) AS hours OFFSET 0) f,
         LATERAL pg_catalog.unnest(o.hours) w (hours),
         LATERAL pg_catalog.generate_series(pg_catalog.lower(w.hours),
             pg_catalog.upper(w.hours) - pg_catalog.make_interval(mins => minutes),
             pg_catalog.make_interval(mins => minutes)) g (starts_at),
         LATERAL (SELECT pg_catalog.tstzrange(g.starts_at, g.starts_at + pg_catalog.make_interval(mins => minutes)) AS slot) s
    WHERE p.id = project_id AND p.is_listed AND s.slot OPERATOR(pg_catalog.<@) f.hours AND g.starts_at > pg_catalog.statement_timestamp()
    ORDER BY 1;
END;
COMMENT ON FUNCTION api.appointment_slots(bigint, date, integer) IS
'Times on that day, in the builder''s time zone, at which the project''s builder receives visitors and is free, each that many minutes long and counted from the opening.
With default_hours the builder has set no windows: Monday to Saturday from 10:00 to 18:00.
Errors PT404, PT422.';

CREATE FUNCTION api.set_availability(windows jsonb, builder_id bigint DEFAULT NULL) RETURNS SETOF api.builder_availability
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT realty.refuse_faults(realty.window_faults(windows));
    -- one at a time for a builder, or the windows of two would add up
    SELECT realty.found((SELECT b.id FROM realty.builders b
                         WHERE b.id = coalesce(set_availability.builder_id, realty.builder_id()) FOR NO KEY UPDATE));
    DELETE FROM api.builder_availability a
    WHERE a.builder_id = coalesce(set_availability.builder_id, realty.builder_id());
    INSERT INTO api.builder_availability (builder_id, weekday, exception_date, opens, closes, is_open)
    SELECT coalesce(set_availability.builder_id, realty.builder_id()), w.weekday::integer, w.exception_date, w.opens, w.closes,
           coalesce(w.is_open, true)
    FROM pg_catalog.jsonb_to_recordset(windows)
         w (weekday numeric, exception_date date, opens time, closes time, is_open boolean);
    SELECT a.* FROM api.builder_availability a
    WHERE a.builder_id = coalesce(set_availability.builder_id, realty.builder_id())
    ORDER BY a.weekday, a.exception_date, a.opens;
END;
COMMENT ON FUNCTION api.set_availability(jsonb, bigint) IS
'Replaces a builder''s weekly windows and exceptions by an array of {weekday or exception_date, opens, closes, is_open}.
An administrator names the builder. Errors PT422 with all violations, PT404.';
