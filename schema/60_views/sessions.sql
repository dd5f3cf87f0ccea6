CREATE VIEW api.sessions WITH (security_invoker = true) AS
SELECT id, user_id, created_at, last_used_at, expires_at, revoked_at, revoked_reason, user_agent, client
FROM realty.sessions;
COMMENT ON VIEW api.sessions IS 'Your sign-ins.';
COMMENT ON COLUMN api.sessions.last_used_at IS 'When it last refreshed its tokens.';
COMMENT ON COLUMN api.sessions.revoked_at IS 'From then on its tokens are rejected. Set it to end a session.';
COMMENT ON COLUMN api.sessions.client IS 'The address that signed in.';
