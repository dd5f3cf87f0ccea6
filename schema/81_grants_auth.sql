-- Who may call what of auth, by name. All else stays with the owner: issue_token and
-- create_admin sign in as anybody, and pgjwt's functions, password functions and
-- authenticate are for the logins that an administrator grants them to.

-- Policies call these under the role of the request.
GRANT EXECUTE ON FUNCTION realty.user_id(), realty.profile_id(), realty.user_type(),
    realty.session_id(), realty.request_id(), realty.require_builder(),
    realty.require_customer()
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- A client that is signed in may log in again, as somebody else too.
GRANT EXECUTE ON FUNCTION api.login(text, text), api.refresh(text), api.pre_request(),
    api.forgot_password(text), api.reset_password(text, text),
    api.register(text, text, text, text, text, text, text, text, text, text, text, text,
        text, numeric, numeric, jsonb)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- Signed in.
GRANT EXECUTE ON FUNCTION api.logout(), api.logout_all(), api.me(),
    api.update_me(text, text), api.change_password(text, text),
    api.delete_me(text), api.export_me()
    TO realty_customer, realty_builder, realty_admin;
