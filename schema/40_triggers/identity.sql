CREATE TRIGGER database_identity_100_replace BEFORE INSERT ON realty.database_identity
    FOR EACH ROW EXECUTE FUNCTION realty.database_replace();

-- a restore brings the identity of the original along
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_100_replace;
CREATE TRIGGER database_identity_900_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON realty.database_identity
    FOR EACH STATEMENT EXECUTE FUNCTION realty.database_changed();
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_900_changed;
