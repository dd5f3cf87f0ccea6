ALTER TABLE realty.change_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY change_requests_customer_reads_own ON realty.change_requests FOR SELECT TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()));
CREATE POLICY change_requests_customer_creates_own ON realty.change_requests FOR INSERT TO realty_customer
    WITH CHECK (customer_id = (SELECT realty.customer_id()) AND EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_customer_changes_own ON realty.change_requests FOR UPDATE TO realty_customer
    USING (customer_id = (SELECT realty.customer_id()))
    WITH CHECK (customer_id = (SELECT realty.customer_id()));
CREATE POLICY change_requests_builder_reads_own ON realty.change_requests FOR SELECT TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_builder_decides_own ON realty.change_requests FOR UPDATE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY change_requests_admin_manages_all ON realty.change_requests FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
