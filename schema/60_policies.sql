-- Row security on every table. A policy's name is a sentence: who may do what
-- with which rows. Each tests the verified identity, never the role alone; the
-- functions stand in (select …) so that a scan calls them once. A table with no
-- policy is closed to every API role.
--
-- Of an administrator the whole comparison stands in there: the planner takes half of the rows
-- for a boolean it will learn, but one in two hundred for a text compared with one, and then
-- reads and sorts a whole table for its newest ten rows.

ALTER TABLE realty.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.database_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.user_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builders ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.units ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.inventory ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.unit_price_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.bookings ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.payment_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.receipt_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.transitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.notification_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.appointments ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.builder_availability ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.project_progress ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.construction_updates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.models_3d ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.change_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.resources ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.routes ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.system_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.common_passwords ENABLE ROW LEVEL SECURITY;


-- Accounts
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
-- The three are read under their own policies: what the builder may see of them is his.
CREATE POLICY customers_are_known_to_their_builders ON realty.customers FOR SELECT TO realty_builder
    USING (EXISTS (SELECT FROM realty.bookings b
                   WHERE b.customer_id = customers.id AND b.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.appointments a
                   WHERE a.customer_id = customers.id AND a.builder_id = (SELECT realty.builder_id()))
        OR EXISTS (SELECT FROM realty.messages m
                   WHERE m.sender_id = customers.user_id AND m.recipient_id = (SELECT realty.user_id())));
CREATE POLICY customers_admin_manages_all ON realty.customers FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY sessions_are_read_by_their_user ON realty.sessions FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY sessions_are_revoked_by_their_user ON realty.sessions FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()) AND revoked_at IS NOT NULL);

-- Property
CREATE POLICY projects_listed_are_public ON realty.projects FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_listed);
-- Also where the project has left the market: its progress and news are the buyer's concern.
-- Policies are tried from the last name to the first: before the one of what is listed, it costs a list of such projects nothing.
CREATE POLICY projects_customer_reads_booked ON realty.projects FOR SELECT TO realty_customer
    USING (id = ANY ((SELECT realty.booked_projects())::bigint[]));
CREATE POLICY projects_builder_manages_own ON realty.projects FOR ALL TO realty_builder
    USING (builder_id = (SELECT realty.builder_id()))
    WITH CHECK (builder_id = (SELECT realty.builder_id()));
CREATE POLICY projects_admin_manages_all ON realty.projects FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
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

-- Appointments
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

-- Construction: as visible as the project, and as the unit where there is one: of a blocked one nothing is told
CREATE POLICY project_progress_of_listed_projects_is_public ON realty.project_progress FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY project_progress_builder_manages_own ON realty.project_progress FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY project_progress_admin_manages_all ON realty.project_progress FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY construction_updates_of_listed_projects_are_public ON realty.construction_updates FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (published_at IS NOT NULL AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY construction_updates_builder_manages_own ON realty.construction_updates FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY construction_updates_admin_manages_all ON realty.construction_updates FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY models_3d_of_listed_projects_are_public ON realty.models_3d FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_active AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY models_3d_builder_manages_own ON realty.models_3d FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY models_3d_admin_manages_all ON realty.models_3d FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));

-- Communication
CREATE POLICY messages_are_read_by_their_parties ON realty.messages FOR SELECT TO realty_customer, realty_builder
    USING (sender_id = (SELECT realty.user_id()) AND sender_deleted_at IS NULL
           OR recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL);
CREATE POLICY messages_are_sent_by_their_sender ON realty.messages FOR INSERT TO realty_customer, realty_builder, realty_admin
    WITH CHECK (sender_id = (SELECT realty.user_id()));
CREATE POLICY messages_are_marked_by_their_recipient ON realty.messages FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL)
    WITH CHECK (recipient_id = (SELECT realty.user_id()));
CREATE POLICY messages_admin_reads_all ON realty.messages FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY notifications_are_read_by_their_user ON realty.notifications FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_marked_by_their_user ON realty.notifications FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_deleted_by_their_user ON realty.notifications FOR DELETE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));

-- System
CREATE POLICY system_settings_public_ones_are_public ON realty.system_settings FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_public);
CREATE POLICY system_settings_admin_manages_all ON realty.system_settings FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY audit_log_builder_reads_own_bookings ON realty.audit_log FOR SELECT TO realty_builder
    USING (booking_id IS NOT NULL AND builder_id = (SELECT realty.builder_id()));
CREATE POLICY audit_log_admin_reads_all ON realty.audit_log FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
