-- The functions of the API's own, by name. Its readers may be told what they may read.

GRANT EXECUTE ON FUNCTION api.project_availability(bigint), api.project_counts(bigint), api.openapi()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.unread_notifications(), api.read_all_notifications()
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb), api.reset_setting(text), realty.setting(text),
    realty.setting_fault(text, jsonb) TO realty_admin;
GRANT EXECUTE ON FUNCTION realty.known_settings() TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON api.settings TO realty_anon, realty_customer, realty_builder, realty_admin;

-- The gateway's login, which may do nothing else: a request verifies its token itself.
GRANT USAGE ON SCHEMA realty TO realty_gateway;
GRANT EXECUTE ON FUNCTION realty.request(text, text, jsonb, jsonb),
    realty.request_raw(text, text, text, bytea, inet), realty.ready(), realty.metrics()
    TO realty_gateway;
