-- The rights on functions of auth, by name. All others are the owner's: issue_token and
-- create_admin can sign in as any user, and pgjwt's functions, password functions and
-- authenticate are for the logins that an administrator grants them to.

GRANT EXECUTE ON FUNCTION realty.customer_id(), realty.builder_id()
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- Policies call these under the role of the request.
GRANT EXECUTE ON FUNCTION realty.user_id(), realty.profile_id(), realty.user_type(),
    realty.session_id(), realty.request_id(), realty.require_builder(),
    realty.require_customer()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.pre_request() TO realty_anon, realty_customer, realty_builder, realty_admin;
