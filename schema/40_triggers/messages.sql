CREATE TRIGGER messages_000_no_truncate BEFORE TRUNCATE ON realty.messages
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER messages_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id, booking_id, parent_id ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project of the builder',
        'unit_id', 'units', 'names no unit of the project or booking', 'booking_id', 'bookings', 'names no booking of the two',
        'parent_id', 'messages', 'names no message between the two');
CREATE TRIGGER messages_100_guard BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.messages_guard();
CREATE TRIGGER messages_100_guard_delete BEFORE DELETE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER messages_500_notify AFTER INSERT ON realty.messages
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.messages_notify();
CREATE TRIGGER messages_700_touch BEFORE UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER messages_800_validate BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
