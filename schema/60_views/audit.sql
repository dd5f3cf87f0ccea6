CREATE VIEW api.audit_log WITH (security_invoker = true) AS
SELECT id, created_at, table_name, action, row_id, booking_id, builder_id, user_id, session_role, request_id,
       old_row, new_row
FROM realty.audit_log;
COMMENT ON VIEW api.audit_log IS 'The history of changes: all of it for administrators, own bookings'' history for builders.';
