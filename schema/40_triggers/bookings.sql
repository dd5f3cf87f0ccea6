CREATE TRIGGER bookings_000_no_truncate BEFORE TRUNCATE ON realty.bookings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER bookings_010_decimals BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'unit_price', 'total_amount', 'booking_amount', 'discount');

-- Before the guard: a status named in SET is meant to change, and a second cancellation is an error.
CREATE TRIGGER bookings_090_same_status BEFORE UPDATE OF status ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER bookings_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_guard();
CREATE TRIGGER bookings_500_hold_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status AND OLD.hold_expires_at IS DISTINCT FROM NEW.hold_expires_at)
    EXECUTE FUNCTION realty.bookings_hold_effects();
CREATE TRIGGER bookings_500_insert_effects AFTER INSERT ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_500_update_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_700_touch BEFORE UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER bookings_800_validate BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER bookings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
