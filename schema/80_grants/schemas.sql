REVOKE ALL ON ALL FUNCTIONS IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON SCHEMA realty, api, analytics FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT USAGE ON SCHEMA analytics TO realty_analyst;
