CREATE TRIGGER appointments_000_no_truncate BEFORE TRUNCATE ON realty.appointments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();

-- Before the guard: a status named in SET is meant to change, as with bookings.
CREATE TRIGGER appointments_090_same_status BEFORE UPDATE OF status ON realty.appointments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER appointments_100_guard BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_guard();
CREATE TRIGGER appointments_500_delete_effects BEFORE DELETE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_500_effects AFTER INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_700_touch BEFORE UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER appointments_800_validate BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER builder_availability_000_no_truncate BEFORE TRUNCATE ON realty.builder_availability
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builder_availability_700_touch BEFORE UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER builder_availability_800_validate BEFORE INSERT OR UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
