-- Who may do what with appointments, progress, updates, models and messages.

GRANT EXECUTE ON FUNCTION realty.refuse_faults(jsonb), realty.refuse_field(boolean, text, text),
    realty.open_hours(bigint, date, date), realty.busy_hours(bigint, tstzmultirange)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.is_time_zone(text), realty.window_faults(jsonb) TO realty_builder, realty_admin;

-- Appointments
GRANT UPDATE (time_zone) ON realty.builders, api.builders TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, starts_at, ends_at, location, kind, notes, extra)
    ON realty.appointments, api.appointments TO realty_customer;
GRANT INSERT (customer_id, project_id, unit_id, starts_at, ends_at, location, kind, notes, extra)
    ON realty.appointments, api.appointments TO realty_admin;
GRANT UPDATE (starts_at, ends_at, location, status, cancellation_reason, notes, extra)
    ON realty.appointments, api.appointments TO realty_customer, realty_builder, realty_admin;
GRANT DELETE ON realty.appointments, api.appointments TO realty_customer, realty_admin;
GRANT INSERT (builder_id, weekday, exception_date, opens, closes, is_open)
    ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT UPDATE (weekday, exception_date, opens, closes, is_open)
    ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT DELETE ON realty.builder_availability, api.builder_availability TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.appointment_slots(bigint, date, integer)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.cancel_appointment(bigint, text) TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.confirm_appointment(bigint), api.complete_appointment(bigint),
    api.no_show_appointment(bigint), api.set_availability(jsonb, bigint) TO realty_builder, realty_admin;

-- Progress
GRANT INSERT (project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT UPDATE (phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT DELETE ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;

-- Updates, models, prices
GRANT INSERT (project_id, unit_id, title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT UPDATE (title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT UPDATE (name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT DELETE ON realty.construction_updates, api.construction_updates, realty.models_3d, api.models_3d
    TO realty_builder, realty_admin;
GRANT SELECT ON api.unit_price_history TO realty_builder, realty_admin;

-- Messages
GRANT INSERT (recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments, extra)
    ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (read_at) ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.hide_message(bigint), api.conversations(integer), api.unread_messages(), api.delete_message(bigint)
    TO realty_customer, realty_builder, realty_admin;
