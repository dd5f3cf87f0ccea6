ALTER TABLE realty.system_settings ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_settings_public_ones_are_public ON realty.system_settings FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_public);
CREATE POLICY system_settings_admin_manages_all ON realty.system_settings FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
