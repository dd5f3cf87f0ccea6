CREATE TRIGGER change_requests_000_no_truncate BEFORE TRUNCATE ON realty.change_requests
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER change_requests_010_decimals BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'estimated_cost', 'approved_cost', 'accepted_cost');
CREATE TRIGGER change_requests_090_same_status BEFORE UPDATE OF status ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER change_requests_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_guard();
CREATE TRIGGER change_requests_500_accept_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status AND (OLD.accepted_cost IS DISTINCT FROM NEW.accepted_cost
        OR OLD.estimated_cost IS DISTINCT FROM NEW.estimated_cost)) EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_insert_effects AFTER INSERT ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_update_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_700_touch BEFORE UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER change_requests_800_validate BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER change_requests_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
