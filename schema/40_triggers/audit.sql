CREATE TRIGGER audit_log_100_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON realty.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_append_only();
