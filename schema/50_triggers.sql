-- Every trigger. The number is the firing order: decimals 10, guards 100, touch 700, the
-- validator last of the BEFORE triggers at 800; effects 500, audit 900 after.
--
-- What has changed is asked of the rows (WHEN), not of the statement (UPDATE OF): a trigger
-- of the site's may have set the column. Only the 090 ask what the statement names.

-- Decimals, before the guards, which ask whether an amount has changed
CREATE TRIGGER customers_010_decimals BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'budget_min', 'budget_max');
CREATE TRIGGER projects_010_decimals BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price_min', 'price_max');
CREATE TRIGGER projects_010_coordinates BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.round_decimals('6', 'latitude', 'longitude');
CREATE TRIGGER units_010_decimals BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'price', 'carpet_area', 'built_up_area', '0', 'bedrooms', 'bathrooms');
CREATE TRIGGER bookings_010_decimals BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'unit_price', 'total_amount', 'booking_amount', 'discount');
CREATE TRIGGER payments_010_decimals BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'amount');
CREATE TRIGGER project_progress_010_decimals BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'weight', 'percent');
CREATE TRIGGER construction_updates_010_decimals BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'progress_percent');
CREATE TRIGGER change_requests_010_decimals BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.keep_decimals('2', 'estimated_cost', 'approved_cost', 'accepted_cost');

-- References, before any guard that reads as the owner; each in the guard's own words for what is not there
CREATE TRIGGER units_020_references BEFORE INSERT OR UPDATE OF project_id ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project');
CREATE TRIGGER project_progress_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER construction_updates_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER models_3d_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project', 'unit_id', 'units', 'names no unit of the project');
CREATE TRIGGER messages_020_references BEFORE INSERT OR UPDATE OF project_id, unit_id, booking_id, parent_id ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.refer_visibly('project_id', 'projects', 'names no project of the builder',
        'unit_id', 'units', 'names no unit of the project or booking', 'booking_id', 'bookings', 'names no booking of the two',
        'parent_id', 'messages', 'names no message between the two');

-- Accounts
CREATE TRIGGER users_050_delete_begins BEFORE DELETE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.users_delete_begins();
CREATE TRIGGER users_100_guard BEFORE UPDATE OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_guard();
CREATE TRIGGER users_200_contact BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.users_contact();
CREATE TRIGGER users_900_audit AFTER INSERT OR DELETE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
CREATE TRIGGER users_900_audit_update AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN ((OLD.email, OLD.user_type, OLD.full_name, OLD.phone, OLD.is_active, OLD.is_verified, OLD.anonymised_at) IS DISTINCT FROM (NEW.email, NEW.user_type, NEW.full_name, NEW.phone, NEW.is_active, NEW.is_verified, NEW.anonymised_at))
    EXECUTE FUNCTION realty.audit();
-- Whoever sets it: WHEN looks at what is stored, not at what the statement names.
CREATE TRIGGER users_500_deactivated AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION realty.users_access('account deactivated');
CREATE TRIGGER users_500_email_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION realty.users_access('e-mail address changed');
CREATE TRIGGER users_500_type_changed AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type IS DISTINCT FROM NEW.user_type) EXECUTE FUNCTION realty.users_access('type of account changed');
CREATE TRIGGER database_identity_100_replace BEFORE INSERT ON realty.database_identity
    FOR EACH ROW EXECUTE FUNCTION realty.database_replace();
CREATE TRIGGER database_identity_900_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON realty.database_identity
    FOR EACH STATEMENT EXECUTE FUNCTION realty.database_changed();
-- a restore brings the identity of the original along
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_100_replace;
ALTER TABLE realty.database_identity ENABLE ALWAYS TRIGGER database_identity_900_changed;
CREATE TRIGGER users_510_last_admin AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.user_type = 'admin' AND OLD.is_active AND NOT (NEW.user_type = 'admin' AND NEW.is_active))
    EXECUTE FUNCTION realty.users_last_admin();
CREATE TRIGGER sessions_100_guard BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION realty.sessions_guard();
CREATE TRIGGER sessions_500_ended AFTER UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION realty.sessions_ended();
CREATE TRIGGER builders_100_guard BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('builder');
CREATE TRIGGER customers_100_guard BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.profiles_guard('customer');

CREATE TRIGGER users_500_relist AFTER UPDATE ON realty.users
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active AND NEW.user_type = 'builder') EXECUTE FUNCTION realty.builders_relist();
-- What was verified was this name and this licence.
CREATE TRIGGER builders_200_unverify BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (NEW.is_verified AND (OLD.company_name, OLD.license_number) IS DISTINCT FROM (NEW.company_name, NEW.license_number))
    EXECUTE FUNCTION realty.builders_unverify();
CREATE TRIGGER builders_500_relist AFTER UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.is_verified <> NEW.is_verified) EXECUTE FUNCTION realty.builders_relist();

-- Projects
CREATE TRIGGER projects_100_guard BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER projects_100_guard_builder BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.builder_id IS DISTINCT FROM NEW.builder_id) EXECUTE FUNCTION realty.projects_guard();
CREATE TRIGGER projects_200_insert_publish BEFORE INSERT ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_200_update_publish BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.projects_publish();
CREATE TRIGGER projects_500_insert_effects AFTER INSERT ON realty.projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_update_effects AFTER UPDATE ON realty.projects
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();
CREATE TRIGGER projects_500_delete_effects AFTER DELETE ON realty.projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.projects_effects();

-- Units
CREATE TRIGGER units_100_guard BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.units_guard();
CREATE TRIGGER units_500_insert_inventory AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_update_inventory AFTER UPDATE ON realty.units
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_500_delete_inventory AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
CREATE TRIGGER units_550_amended AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (NEW.status IN ('held', 'booked', 'sold') AND (OLD.tower, OLD.floor, OLD.unit_number, OLD.unit_type, OLD.carpet_area, OLD.built_up_area)
        IS DISTINCT FROM (NEW.tower, NEW.floor, NEW.unit_number, NEW.unit_type, NEW.carpet_area, NEW.built_up_area))
    EXECUTE FUNCTION realty.units_amended();
CREATE TRIGGER units_900_audit_insert AFTER INSERT ON realty.units
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_insert();
CREATE TRIGGER units_900_audit_update AFTER UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION realty.audit();
CREATE TRIGGER units_900_audit_delete AFTER DELETE ON realty.units
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_units_delete();

-- Bookings
CREATE TRIGGER bookings_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_guard();
-- Before the guard: a status named in SET is meant to change, a second cancellation is told so.
CREATE TRIGGER bookings_090_same_status BEFORE UPDATE OF status ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER bookings_500_insert_effects AFTER INSERT ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_500_update_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.bookings_effects();
CREATE TRIGGER bookings_500_hold_effects AFTER UPDATE ON realty.bookings
    FOR EACH ROW WHEN (OLD.status = NEW.status AND OLD.hold_expires_at IS DISTINCT FROM NEW.hold_expires_at)
    EXECUTE FUNCTION realty.bookings_hold_effects();
CREATE TRIGGER bookings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

-- Payments
CREATE TRIGGER payments_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.payments_guard();
CREATE TRIGGER payments_090_same_status BEFORE UPDATE OF status ON realty.payments
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER payments_400_insert_reference AFTER INSERT ON realty.payments
    FOR EACH ROW WHEN (NEW.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_update_reference AFTER UPDATE ON realty.payments
    FOR EACH ROW WHEN ((OLD.reference_key IS NOT NULL OR NEW.reference_key IS NOT NULL)
        AND (OLD.reference_key IS DISTINCT FROM NEW.reference_key OR OLD.method IS DISTINCT FROM NEW.method
             OR (OLD.status = 'failed') <> (NEW.status = 'failed')))
    EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_400_delete_reference AFTER DELETE ON realty.payments
    FOR EACH ROW WHEN (OLD.reference_key IS NOT NULL) EXECUTE FUNCTION realty.payments_reference();
CREATE TRIGGER payments_500_insert_rollup AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_update_rollup AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_500_delete_rollup AFTER DELETE ON realty.payments
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_rollup();
CREATE TRIGGER payments_600_update_receipts AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_receipts();
CREATE TRIGGER payments_650_insert_effects AFTER INSERT ON realty.payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();
CREATE TRIGGER payments_650_update_effects AFTER UPDATE ON realty.payments
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.payments_effects();

-- Change requests
CREATE TRIGGER change_requests_100_guard BEFORE INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_guard();
CREATE TRIGGER change_requests_090_same_status BEFORE UPDATE OF status ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status) EXECUTE FUNCTION realty.guard_transition();
CREATE TRIGGER change_requests_500_insert_effects AFTER INSERT ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_accept_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status = NEW.status AND (OLD.accepted_cost IS DISTINCT FROM NEW.accepted_cost
        OR OLD.estimated_cost IS DISTINCT FROM NEW.estimated_cost)) EXECUTE FUNCTION realty.change_requests_effects();
CREATE TRIGGER change_requests_500_update_effects AFTER UPDATE ON realty.change_requests
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION realty.change_requests_effects();

-- Deletes that would leave somebody hanging
CREATE TRIGGER builders_100_guard_delete BEFORE DELETE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER customers_100_guard_delete BEFORE DELETE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER projects_100_guard_delete BEFORE DELETE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER units_100_guard_delete BEFORE DELETE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();
CREATE TRIGGER messages_100_guard_delete BEFORE DELETE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.guard_delete();

-- Audited as they are
CREATE TRIGGER payments_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
CREATE TRIGGER change_requests_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.audit();
CREATE TRIGGER system_settings_900_audit AFTER INSERT OR UPDATE OR DELETE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.audit();

-- State machines
CREATE TRIGGER transitions_100_guard BEFORE INSERT OR UPDATE ON realty.transitions
    FOR EACH ROW EXECUTE FUNCTION realty.transitions_guard();

-- Settings
CREATE TRIGGER system_settings_100_guard BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.settings_guard();

-- The audit log itself
CREATE TRIGGER audit_log_100_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON realty.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION realty.audit_append_only();

-- updated_at
CREATE TRIGGER users_700_touch BEFORE UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
-- not for a count: the time of a draft is its builder's alone
CREATE TRIGGER builders_700_touch BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects = NEW.total_projects) EXECUTE FUNCTION realty.touch();
CREATE TRIGGER customers_700_touch BEFORE UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER projects_700_touch BEFORE UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER units_700_touch BEFORE UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER bookings_700_touch BEFORE UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER payments_700_touch BEFORE UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER appointments_700_touch BEFORE UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER builder_availability_700_touch BEFORE UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER project_progress_700_touch BEFORE UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER construction_updates_700_touch BEFORE UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER models_3d_700_touch BEFORE UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER change_requests_700_touch BEFORE UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER messages_700_touch BEFORE UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.touch();
CREATE TRIGGER system_settings_700_touch BEFORE UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.touch();

-- The validator
CREATE TRIGGER users_800_validate BEFORE INSERT OR UPDATE ON realty.users
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER sessions_800_validate BEFORE UPDATE ON realty.sessions
    FOR EACH ROW WHEN (OLD.revoked_reason IS DISTINCT FROM NEW.revoked_reason) EXECUTE FUNCTION realty.validate();
CREATE TRIGGER builders_800_validate BEFORE INSERT OR UPDATE ON realty.builders
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER customers_800_validate BEFORE INSERT OR UPDATE ON realty.customers
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER projects_800_validate BEFORE INSERT OR UPDATE ON realty.projects
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER units_800_validate BEFORE INSERT OR UPDATE ON realty.units
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER bookings_800_validate BEFORE INSERT OR UPDATE ON realty.bookings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER payments_800_validate BEFORE INSERT OR UPDATE ON realty.payments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER appointments_800_validate BEFORE INSERT OR UPDATE ON realty.appointments
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER builder_availability_800_validate BEFORE INSERT OR UPDATE ON realty.builder_availability
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER project_progress_800_validate BEFORE INSERT OR UPDATE ON realty.project_progress
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER construction_updates_800_validate BEFORE INSERT OR UPDATE ON realty.construction_updates
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER models_3d_800_validate BEFORE INSERT OR UPDATE ON realty.models_3d
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER change_requests_800_validate BEFORE INSERT OR UPDATE ON realty.change_requests
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER messages_800_validate BEFORE INSERT OR UPDATE ON realty.messages
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER notifications_800_validate BEFORE INSERT OR UPDATE ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER notifications_100_stamp BEFORE INSERT ON realty.notifications
    FOR EACH ROW EXECUTE FUNCTION realty.notifications_stamp();
-- a restore brings the numbers of another cluster along
ALTER TABLE realty.notifications ENABLE ALWAYS TRIGGER notifications_100_stamp;
CREATE TRIGGER system_settings_800_validate BEFORE INSERT OR UPDATE ON realty.system_settings
    FOR EACH ROW EXECUTE FUNCTION realty.validate();

-- What is added up
CREATE TRIGGER builders_100_derived_insert BEFORE INSERT ON realty.builders
    FOR EACH ROW WHEN (NEW.total_projects <> 0) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER builders_100_derived_update BEFORE UPDATE ON realty.builders
    FOR EACH ROW WHEN (OLD.total_projects IS DISTINCT FROM NEW.total_projects) EXECUTE FUNCTION realty.guard_derived('total_projects');
CREATE TRIGGER projects_100_derived_insert BEFORE INSERT ON realty.projects
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER projects_100_derived_update BEFORE UPDATE ON realty.projects
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_derived_insert BEFORE INSERT ON realty.units
    FOR EACH ROW WHEN (NEW.progress_percent <> 0 OR NEW.progress_weight <> 0 OR NEW.progress_points <> 0)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER units_100_derived_update BEFORE UPDATE ON realty.units
    FOR EACH ROW WHEN (OLD.progress_percent IS DISTINCT FROM NEW.progress_percent OR OLD.progress_weight IS DISTINCT FROM NEW.progress_weight
        OR OLD.progress_points IS DISTINCT FROM NEW.progress_points)
    EXECUTE FUNCTION realty.guard_derived('progress_percent', 'progress_weight', 'progress_points');
CREATE TRIGGER inventory_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();
CREATE TRIGGER unit_changes_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();
CREATE TRIGGER payment_references_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();
CREATE TRIGGER receipt_counters_100_derived BEFORE INSERT OR UPDATE OR DELETE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.guard_derived();

-- TRUNCATE passes by every rule
CREATE TRIGGER users_000_no_truncate BEFORE TRUNCATE ON realty.users
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builders_000_no_truncate BEFORE TRUNCATE ON realty.builders
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER customers_000_no_truncate BEFORE TRUNCATE ON realty.customers
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER projects_000_no_truncate BEFORE TRUNCATE ON realty.projects
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER units_000_no_truncate BEFORE TRUNCATE ON realty.units
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER bookings_000_no_truncate BEFORE TRUNCATE ON realty.bookings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payment_references_000_no_truncate BEFORE TRUNCATE ON realty.payment_references
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER receipt_counters_000_no_truncate BEFORE TRUNCATE ON realty.receipt_counters
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER payments_000_no_truncate BEFORE TRUNCATE ON realty.payments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER appointments_000_no_truncate BEFORE TRUNCATE ON realty.appointments
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER builder_availability_000_no_truncate BEFORE TRUNCATE ON realty.builder_availability
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER project_progress_000_no_truncate BEFORE TRUNCATE ON realty.project_progress
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER construction_updates_000_no_truncate BEFORE TRUNCATE ON realty.construction_updates
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER models_3d_000_no_truncate BEFORE TRUNCATE ON realty.models_3d
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER change_requests_000_no_truncate BEFORE TRUNCATE ON realty.change_requests
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER messages_000_no_truncate BEFORE TRUNCATE ON realty.messages
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER notifications_000_no_truncate BEFORE TRUNCATE ON realty.notifications
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER unit_changes_000_no_truncate BEFORE TRUNCATE ON realty.unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER inventory_000_no_truncate BEFORE TRUNCATE ON realty.inventory
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();
CREATE TRIGGER system_settings_000_no_truncate BEFORE TRUNCATE ON realty.system_settings
    FOR EACH STATEMENT EXECUTE FUNCTION realty.refuse_truncate();

-- Letters
CREATE TRIGGER outbox_900_wake AFTER INSERT ON realty.outbox
    FOR EACH ROW EXECUTE FUNCTION realty.outbox_came();
