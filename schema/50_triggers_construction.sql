-- Triggers of appointments, progress, updates, models, prices and messages; the
-- numbers as in 50_triggers.

-- Appointments
CREATE TRIGGER appointments_100_guard BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_guard();
CREATE TRIGGER appointments_500_delete_effects BEFORE DELETE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_500_effects AFTER INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
