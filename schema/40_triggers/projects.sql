CREATE TRIGGER projects_000_no_truncate BEFORE TRUNCATE ON realty.projects
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER projects_010_coordinates BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.round_decimals('6', 'latitude', 'longitude');
CREATE TRIGGER projects_010_decimals BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price_min', 'price_max');
CREATE TRIGGER projects_100_derived_insert BEFORE INSERT ON realty.projects
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER projects_100_derived_update BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER projects_100_guard BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER projects_100_guard_builder BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.builder_id IS DISTINCT FROM NEW.builder_id) EXECUTE FUNCTION realty.projects_guard();
CREATE TRIGGER projects_100_guard_delete BEFORE DELETE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER projects_200_insert_publish BEFORE INSERT ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_200_update_publish BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_500_delete_effects AFTER DELETE ON realty.projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_insert_effects AFTER INSERT ON realty.projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_update_effects AFTER UPDATE ON realty.projects
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_700_touch BEFORE UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER projects_800_validate BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
