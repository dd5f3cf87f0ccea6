CREATE TRIGGER payments_000_no_truncate BEFORE TRUNCATE ON realty.payments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payments_010_decimals BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'amount');
CREATE TRIGGER payments_090_same_status BEFORE UPDATE OF status ON realty.payments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER payments_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.payments_guard();
CREATE TRIGGER payments_400_delete_reference AFTER DELETE ON realty.payments
    FOR EACH ROW WHEN (OLD.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_insert_reference AFTER INSERT ON realty.payments
    FOR EACH ROW WHEN (NEW.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_update_reference AFTER UPDATE ON realty.payments
    FOR EACH ROW WHEN ((OLD.reference_key IS NOT NULL OR NEW.reference_key IS NOT NULL)
        AND (OLD.reference_key IS DISTINCT FROM NEW.reference_key OR OLD.method IS DISTINCT FROM NEW.method
             OR (OLD.status = 'failed') <> (NEW.status = 'failed')))
    EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_500_delete_rollup AFTER DELETE ON realty.payments
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_insert_rollup AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_update_rollup AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_600_update_receipts AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_receipts();
CREATE TRIGGER payments_650_insert_effects AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();
CREATE TRIGGER payments_650_update_effects AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();
CREATE TRIGGER payments_700_touch BEFORE UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER payments_800_validate BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER payments_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

CREATE TRIGGER payment_references_000_no_truncate BEFORE TRUNCATE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payment_references_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

CREATE TRIGGER receipt_counters_000_no_truncate BEFORE TRUNCATE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER receipt_counters_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();
