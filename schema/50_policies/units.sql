ALTER TABLE realty.units ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.inventory ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_price_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY units_listed_are_public ON realty.units FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (shown AND is_listed AND status <> 'blocked');

-- Also where the project has left the market. Both say shown, which the planner takes out of the two: so the index of what is
-- shown serves their lists. By its name it is tried last, as that of projects.
CREATE POLICY units_customer_reads_booked ON realty.units FOR SELECT TO realty_customer
    USING (shown AND id = ANY (ARRAY(SELECT b.unit_id FROM realty.bookings b
                                     WHERE b.customer_id = (SELECT realty.customer_id()) AND b.status IN ('pending', 'confirmed', 'completed'))));
CREATE POLICY units_builder_manages_own ON realty.units FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY units_admin_manages_all ON realty.units FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY inventory_is_public ON realty.inventory FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY inventory_admin_reads_all ON realty.inventory FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY unit_changes_are_public ON realty.unit_changes FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY unit_changes_admin_reads_all ON realty.unit_changes FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY unit_price_history_builder_reads_own ON realty.unit_price_history FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY unit_price_history_admin_reads_all ON realty.unit_price_history FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
