ALTER TABLE realty.projects ENABLE ROW LEVEL SECURITY;

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
