GRANT SELECT ON realty.builders, api.builders TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.users, api.users TO realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.customers, api.customers TO realty_customer, realty_admin;

-- What a customer can pay and wants is no builder's business. The grant on the view says so;
-- a view that runs with the caller's rights needs all of its table's columns.
GRANT SELECT ON realty.customers TO realty_builder;
GRANT SELECT (id, user_id, address, city, state, created_at, updated_at) ON api.customers TO realty_builder;
GRANT SELECT ON api.contacts TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (full_name, phone, extra)
    ON realty.users, api.users TO realty_customer, realty_builder;
GRANT UPDATE (email, full_name, phone, is_active, is_verified, extra)
    ON realty.users, api.users TO realty_admin;
GRANT DELETE ON realty.users, api.users TO realty_admin;
GRANT EXECUTE ON FUNCTION api.delete_user(bigint) TO realty_admin;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, extra)
    ON realty.builders, api.builders TO realty_builder;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, is_verified, extra)
    ON realty.builders, api.builders TO realty_admin;
GRANT UPDATE (address, city, state, budget_min, budget_max, preferences, extra)
    ON realty.customers, api.customers TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION
    api.register(text, text, text, text, text, text, text, text, text, text, text, text, text, numeric, numeric, jsonb)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.me(), api.update_me(text, text), api.delete_me(text), api.export_me()
    TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (time_zone) ON realty.builders, api.builders TO realty_builder, realty_admin;
