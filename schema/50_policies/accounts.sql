ALTER TABLE realty.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.user_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builders ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.customers ENABLE ROW LEVEL SECURITY;

CREATE POLICY users_read_themselves ON realty.users FOR SELECT TO realty_customer, realty_builder
    USING (id = (SELECT realty.user_id()));
CREATE POLICY users_update_themselves ON realty.users FOR UPDATE TO realty_customer, realty_builder
    USING (id = (SELECT realty.user_id()))
    WITH CHECK (id = (SELECT realty.user_id()));
CREATE POLICY users_admin_manages_all ON realty.users FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY builders_are_public ON realty.builders FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (true);
CREATE POLICY builders_update_themselves ON realty.builders FOR UPDATE TO realty_builder
    USING (id = (SELECT realty.builder_id()))
    WITH CHECK (id = (SELECT realty.builder_id()));
CREATE POLICY builders_admin_manages_all ON realty.builders FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY customers_read_themselves ON realty.customers FOR SELECT TO realty_customer
    USING (id = (SELECT realty.customer_id()));
CREATE POLICY customers_update_themselves ON realty.customers FOR UPDATE TO realty_customer
    USING (id = (SELECT realty.customer_id()))
    WITH CHECK (id = (SELECT realty.customer_id()));

-- The three are read under their own policies: the builder's own rows of them.
CREATE POLICY customers_are_known_to_their_builders ON realty.customers FOR SELECT TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b
                   WHERE b.customer_id = customers.id AND b.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.appointments a
                   WHERE a.customer_id = customers.id AND a.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.messages m
                   WHERE m.sender_id = customers.user_id AND m.recipient_id = (SELECT realty.user_id())));
CREATE POLICY customers_admin_manages_all ON realty.customers FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
