CREATE TRIGGER units_000_no_truncate BEFORE TRUNCATE ON realty.units
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER units_010_decimals BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price', 'carpet_area', 'built_up_area', '0', 'bedrooms', 'bathrooms');

-- References, before any guard that reads as the owner; each in the guard's own words for what is not there
CREATE TRIGGER units_020_references BEFORE INSERT OR UPDATE OF project_id ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project');
CREATE TRIGGER units_100_derived_insert BEFORE INSERT ON realty.units
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_derived_update BEFORE UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_guard BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.units_guard();
CREATE TRIGGER units_100_guard_delete BEFORE DELETE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER units_500_delete_inventory AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_insert_inventory AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_update_inventory AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_update_price_history AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_price_history();
CREATE TRIGGER units_550_amended AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (NEW.status IN ('held', 'booked', 'sold') AND (OLD.tower, OLD.floor, OLD.unit_number, OLD.unit_type, OLD.carpet_area, OLD.built_up_area)
        IS DISTINCT FROM (NEW.tower, NEW.floor, NEW.unit_number, NEW.unit_type, NEW.carpet_area, NEW.built_up_area))
    EXECUTE FUNCTION realty.units_amended();
CREATE TRIGGER units_700_touch BEFORE UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER units_800_validate BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER units_900_audit_delete AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_delete();
CREATE TRIGGER units_900_audit_insert AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_insert();
CREATE TRIGGER units_900_audit_update AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION realty.audit();

CREATE TRIGGER inventory_000_no_truncate BEFORE TRUNCATE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER inventory_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

CREATE TRIGGER unit_changes_000_no_truncate BEFORE TRUNCATE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER unit_changes_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();
