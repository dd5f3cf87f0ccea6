-- Triggers of appointments, progress, updates, models, prices and messages; the
-- numbers as in 50_triggers.

-- Appointments
CREATE TRIGGER appointments_100_guard BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.appointments_guard();
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
