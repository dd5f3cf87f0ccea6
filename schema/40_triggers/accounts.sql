CREATE TRIGGER users_000_no_truncate BEFORE TRUNCATE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER users_050_delete_begins BEFORE DELETE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.users_delete_begins();
CREATE TRIGGER users_100_guard BEFORE UPDATE OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_guard();
CREATE TRIGGER users_200_contact BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_contact();

-- However it is set: WHEN compares what is stored, not the columns that the statement names.
CREATE TRIGGER users_500_deactivated AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION realty.users_access('account deactivated');
CREATE TRIGGER users_500_email_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION realty.users_access('e-mail address changed');
CREATE TRIGGER users_500_relist AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active AND NEW.user_type = 'builder') EXECUTE FUNCTION realty.builders_relist();
CREATE TRIGGER users_500_type_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type IS DISTINCT FROM NEW.user_type) EXECUTE FUNCTION realty.users_access('type of account changed');
CREATE TRIGGER users_510_last_admin AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type = 'admin' AND OLD.is_active AND NOT (NEW.user_type = 'admin' AND NEW.is_active))
    EXECUTE FUNCTION realty.users_last_admin();
CREATE TRIGGER users_700_touch BEFORE UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER users_800_validate BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER users_900_audit AFTER INSERT OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
CREATE TRIGGER users_900_audit_update AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN ((OLD.email, OLD.user_type, OLD.full_name, OLD.phone, OLD.is_active, OLD.is_verified, OLD.anonymised_at) IS DISTINCT FROM (NEW.email, NEW.user_type, NEW.full_name, NEW.phone, NEW.is_active, NEW.is_verified, NEW.anonymised_at))
    EXECUTE FUNCTION realty.audit();

CREATE TRIGGER builders_000_no_truncate BEFORE TRUNCATE ON realty.builders
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builders_100_derived_insert BEFORE INSERT ON realty.builders
    FOR EACH ROW WHEN (NEW.total_projects <> 0) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER builders_100_derived_update BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects IS DISTINCT FROM NEW.total_projects) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER builders_100_guard BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('builder');
CREATE TRIGGER builders_100_guard_delete BEFORE DELETE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();

-- What was verified was this name and this licence.
CREATE TRIGGER builders_200_unverify BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (NEW.is_verified AND (OLD.company_name, OLD.license_number) IS DISTINCT FROM (NEW.company_name, NEW.license_number))
    EXECUTE FUNCTION realty.builders_unverify();
CREATE TRIGGER builders_500_relist AFTER UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.is_verified <> NEW.is_verified) EXECUTE FUNCTION realty.builders_relist();

-- not for a count: the time of a draft is its builder's alone
CREATE TRIGGER builders_700_touch BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects = NEW.total_projects) EXECUTE FUNCTION realty.touch();
CREATE TRIGGER builders_800_validate BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

CREATE TRIGGER customers_000_no_truncate BEFORE TRUNCATE ON realty.customers
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();

-- Decimals, before the guards, which ask whether an amount has changed
CREATE TRIGGER customers_010_decimals BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'budget_min', 'budget_max');
CREATE TRIGGER customers_100_guard BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('customer');
CREATE TRIGGER customers_100_guard_delete BEFORE DELETE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER customers_700_touch BEFORE UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER customers_800_validate BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
