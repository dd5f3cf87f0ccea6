ALTER TABLE realty.audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_log_builder_reads_own_bookings ON realty.audit_log FOR SELECT TO realty_builder
    USING (booking_id IS NOT NULL AND builder_id = (SELECT realty.builder_id()));
CREATE POLICY audit_log_admin_reads_all ON realty.audit_log FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
