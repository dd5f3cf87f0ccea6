CREATE TRIGGER sessions_100_guard BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION realty.sessions_guard();
CREATE TRIGGER sessions_500_ended AFTER UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION realty.sessions_ended();
CREATE TRIGGER sessions_800_validate BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_reason IS DISTINCT FROM NEW.revoked_reason) EXECUTE FUNCTION realty.validate();
