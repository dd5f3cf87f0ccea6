CREATE TRIGGER project_progress_000_no_truncate BEFORE TRUNCATE ON realty.project_progress
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER project_progress_010_decimals BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'weight', 'percent');
CREATE TRIGGER project_progress_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER project_progress_100_guard BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.progress_guard();
CREATE TRIGGER project_progress_500_delete_rollup AFTER DELETE ON realty.project_progress
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_insert_rollup AFTER INSERT ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_500_update_rollup AFTER UPDATE ON realty.project_progress
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.progress_rollup();
CREATE TRIGGER project_progress_700_touch BEFORE UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER project_progress_800_validate BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER construction_updates_000_no_truncate BEFORE TRUNCATE ON realty.construction_updates
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER construction_updates_010_decimals BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'progress_percent');
CREATE TRIGGER construction_updates_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER construction_updates_100_guard BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.updates_guard();
CREATE TRIGGER construction_updates_500_insert_notify AFTER INSERT ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();
CREATE TRIGGER construction_updates_500_update_notify AFTER UPDATE ON realty.construction_updates
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.updates_notify();
CREATE TRIGGER construction_updates_700_touch BEFORE UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER construction_updates_800_validate BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER models_3d_000_no_truncate BEFORE TRUNCATE ON realty.models_3d
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER models_3d_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER models_3d_100_guard BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.models_guard();
CREATE TRIGGER models_3d_500_retire AFTER INSERT ON realty.models_3d
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.models_retire();
CREATE TRIGGER models_3d_700_touch BEFORE UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER models_3d_800_validate BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
