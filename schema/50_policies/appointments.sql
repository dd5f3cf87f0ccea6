ALTER TABLE realty.appointments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builder_availability ENABLE ROW LEVEL SECURITY;

CREATE POLICY appointments_customer_reads_own ON realty.appointments FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_creates_own ON realty.appointments FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_changes_own ON realty.appointments FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY appointments_customer_deletes_own_unless_held ON realty.appointments FOR DELETE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()) AND status IN ('requested', 'cancelled'));
CREATE POLICY appointments_builder_reads_own ON realty.appointments FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY appointments_builder_changes_own ON realty.appointments FOR UPDATE TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY appointments_admin_manages_all ON realty.appointments FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY builder_availability_is_public ON realty.builder_availability FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY builder_availability_builder_manages_own ON realty.builder_availability FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY builder_availability_admin_manages_all ON realty.builder_availability FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
