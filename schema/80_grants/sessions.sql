GRANT SELECT ON realty.sessions, api.sessions TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (revoked_at, revoked_reason)
    ON realty.sessions, api.sessions TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.login(text, text), api.refresh(text), api.forgot_password(text), api.reset_password(text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.logout(), api.logout_all(), api.change_password(text, text)
    TO realty_customer, realty_builder, realty_admin;
