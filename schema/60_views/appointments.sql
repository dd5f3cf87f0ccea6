CREATE VIEW api.appointments WITH (security_invoker = true) AS
SELECT id, customer_id, builder_id, project_id, unit_id, starts_at, ends_at, location, kind, status,
       cancellation_reason, notes, extra, created_at, updated_at
FROM realty.appointments;
COMMENT ON VIEW api.appointments IS 'Visits and calls, of their customer and builder.';

CREATE VIEW api.builder_availability WITH (security_invoker = true) AS
SELECT id, builder_id, weekday, exception_date, opens, closes, is_open, created_at, updated_at
FROM realty.builder_availability;
COMMENT ON VIEW api.builder_availability IS 'When builders receive visitors.';
