CREATE TRIGGER system_settings_000_no_truncate BEFORE TRUNCATE ON realty.system_settings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER system_settings_100_guard BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.settings_guard();
CREATE TRIGGER system_settings_700_touch BEFORE UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER system_settings_800_validate BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER system_settings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
