GRANT EXECUTE ON FUNCTION realty.setting(text), realty.known_settings(), realty.setting_fault(text, jsonb),
    realty.time_zone(), realty.caller_time_zone(), realty.today()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.system_settings, api.system_settings TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT UPDATE (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT DELETE ON realty.system_settings, api.system_settings TO realty_admin;
GRANT EXECUTE ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb), api.reset_setting(text), realty.setting(text),
    realty.setting_fault(text, jsonb) TO realty_admin;
GRANT EXECUTE ON FUNCTION realty.known_settings() TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON api.settings TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.is_time_zone(text) TO realty_builder, realty_admin;
