ALTER TABLE realty.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.common_passwords ENABLE ROW LEVEL SECURITY;

CREATE POLICY sessions_are_read_by_their_user ON realty.sessions FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY sessions_are_revoked_by_their_user ON realty.sessions FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()) AND revoked_at IS NOT NULL);
