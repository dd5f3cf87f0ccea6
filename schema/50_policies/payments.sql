ALTER TABLE realty.payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.payment_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.receipt_counters ENABLE ROW LEVEL SECURITY;

CREATE POLICY payments_are_read_with_their_booking ON realty.payments FOR SELECT TO realty_customer, realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_customer_pays_own ON realty.payments FOR UPDATE TO realty_customer
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_creates_own ON realty.payments FOR INSERT TO realty_builder
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_changes_own ON realty.payments FOR UPDATE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id))
    WITH CHECK (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_builder_deletes_own ON realty.payments FOR DELETE TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b WHERE b.id = booking_id));
CREATE POLICY payments_admin_manages_all ON realty.payments FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
