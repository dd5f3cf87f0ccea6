GRANT SELECT ON realty.builder_availability, api.builder_availability
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.appointments, api.appointments TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.open_hours(bigint, date, date), realty.busy_hours(bigint, tstzmultirange)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.window_faults(jsonb) TO realty_builder, realty_admin;
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
