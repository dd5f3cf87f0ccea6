ALTER TABLE realty.bookings ENABLE ROW LEVEL SECURITY;

-- Sales: what hangs on a booking is as visible as the booking
CREATE POLICY bookings_customer_reads_own ON realty.bookings FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_customer_creates_own ON realty.bookings FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_customer_changes_own ON realty.bookings FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY bookings_builder_reads_own ON realty.bookings FOR SELECT TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()));
CREATE POLICY bookings_builder_changes_own ON realty.bookings FOR UPDATE TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY bookings_admin_manages_all ON realty.bookings FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
