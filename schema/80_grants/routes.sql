GRANT EXECUTE ON FUNCTION api.openapi() TO realty_anon, realty_customer, realty_builder, realty_admin;

-- The gateway's login, which may do nothing else: a request verifies its token itself.
GRANT USAGE ON SCHEMA realty TO realty_gateway;
GRANT EXECUTE ON FUNCTION realty.request(text, text, jsonb, jsonb), realty.request_raw(text, text, text, bytea, inet),
    realty.ready() TO realty_gateway;
