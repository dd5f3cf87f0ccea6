-- Triggers of appointments, progress, updates, models, prices and messages; the
-- numbers as in 50_triggers.

-- Appointments
CREATE TRIGGER appointments_100_guard BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_guard();
-- Before the guard: a status named in SET is meant to change, as with bookings.
CREATE TRIGGER appointments_090_same_status BEFORE UPDATE OF status ON realty.appointments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER appointments_500_delete_effects BEFORE DELETE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();
CREATE TRIGGER appointments_500_effects AFTER INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_effects();

-- Progress
CREATE TRIGGER project_progress_100_guard BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.progress_guard();
CREATE TRIGGER project_progress_500_insert_rollup AFTER INSERT ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_update_rollup AFTER UPDATE ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_delete_rollup AFTER DELETE ON realty.project_progress
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();

-- Updates
CREATE TRIGGER construction_updates_100_guard BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.updates_guard();
CREATE TRIGGER construction_updates_500_insert_notify AFTER INSERT ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();
CREATE TRIGGER construction_updates_500_update_notify AFTER UPDATE ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();

-- Models
CREATE TRIGGER models_3d_100_guard BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.models_guard();
CREATE TRIGGER models_3d_500_retire AFTER INSERT ON realty.models_3d
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.models_retire();

-- Prices
CREATE TRIGGER units_500_update_price_history AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_price_history();

-- Messages
CREATE TRIGGER messages_100_guard BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.messages_guard();
CREATE TRIGGER messages_500_notify AFTER INSERT ON realty.messages
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.messages_notify();
