CREATE TRIGGER notifications_000_no_truncate BEFORE TRUNCATE ON realty.notifications
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER notifications_100_stamp BEFORE INSERT ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.notifications_stamp();

-- a restore brings the numbers of another cluster along
ALTER TABLE realty.notifications ENABLE ALWAYS TRIGGER notifications_100_stamp;
CREATE TRIGGER notifications_800_validate BEFORE INSERT OR UPDATE ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
