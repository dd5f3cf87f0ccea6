-- The trigger functions of the domain, the row check, and the invariants.

CREATE FUNCTION realty.touch() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_touch';
COMMENT ON FUNCTION realty.touch() IS 'Trigger: keeps updated_at.';

CREATE FUNCTION realty.keep_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_keep_decimals';
COMMENT ON FUNCTION realty.keep_decimals() IS
'Trigger: writes the columns of its arguments with as many decimals as the number before them says (100 as 100.00), and never rounds.';

CREATE FUNCTION realty.round_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_round_decimals';
COMMENT ON FUNCTION realty.round_decimals() IS
'Trigger: rounds the columns of its arguments to as many decimals as the number before them says.';

CREATE FUNCTION realty.validate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_validate';
COMMENT ON FUNCTION realty.validate() IS
'Trigger: refuses a row with all of its faults at once. Error PT422; DETAIL is a JSON array of {field, message}.';

CREATE FUNCTION realty.row_faults(relation regclass, record jsonb, skip text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_row_faults';
COMMENT ON FUNCTION realty.row_faults(regclass, jsonb, text[]) IS
'The faults a row of this relation made from the record would have: a JSON array of {field, message}. Columns in skip are left out,
NULL in a column with a default is not a fault.';

CREATE FUNCTION realty.refer_visibly() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refer_visibly';
COMMENT ON FUNCTION realty.refer_visibly() IS
'Trigger, with arguments column, view of api and message by threes: a reference that the writer cannot see is refused as one that is
not there. Error PT422.';

CREATE FUNCTION realty.guard_transition() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_transition';
COMMENT ON FUNCTION realty.guard_transition() IS
'Trigger: a status changes only as realty.transitions says. Errors PT409 (no such transition), PT403 (not yours to make).';

CREATE FUNCTION realty.transitions_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_transitions_guard';
COMMENT ON FUNCTION realty.transitions_guard() IS 'Trigger: the column that gets the time can hold one (PT422).';

CREATE FUNCTION realty.bookings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_guard';
COMMENT ON FUNCTION realty.bookings_guard() IS
'Trigger: what may be booked and how a booking may change. Errors PT409 (unit taken, hold lapsed, too many holds, transition), PT422, PT403.';

CREATE FUNCTION realty.bookings_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_effects';
COMMENT ON FUNCTION realty.bookings_effects() IS 'Trigger: marks the unit and notifies customer and builder.';

CREATE FUNCTION realty.bookings_hold_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_bookings_hold_effects';
COMMENT ON FUNCTION realty.bookings_hold_effects() IS
'Trigger: the unit is held as long as its booking, or booked while money keeps it; who is held longer is told.';

CREATE FUNCTION realty.users_contact() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_contact';
COMMENT ON FUNCTION realty.users_contact() IS 'Trigger: takes blanks from around an e-mail address, keeps phone_e164.';

CREATE FUNCTION realty.fill_template(template text, facts jsonb) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_fill_template';
COMMENT ON FUNCTION realty.fill_template(text, jsonb) IS
'The template with each {name} replaced by the fact of that name; a name without a fact stays as it is, a null fact is empty. Cut at
20000 characters.';

CREATE FUNCTION realty.units_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_guard';
COMMENT ON FUNCTION realty.units_guard() IS
'Trigger: copies builder and listing from the project; a unit''s status must agree with its active booking. Errors PT409, PT422.';

CREATE FUNCTION realty.units_amended() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_amended';
COMMENT ON FUNCTION realty.units_amended() IS 'Trigger: tells the buyer and the audit log what was amended, and why.';

CREATE FUNCTION realty.begin_amendment(unit_id bigint, reason text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_amendment';
COMMENT ON FUNCTION realty.begin_amendment(bigint, text) IS
'From here to the end of the transaction what the buyer of this unit knows it by may change; he is told the reason.';

CREATE FUNCTION realty.units_inventory() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_inventory';
COMMENT ON FUNCTION realty.units_inventory() IS 'Trigger: adds the statement''s difference to the inventory ledger, and what the public has seen change to unit_changes.';

CREATE FUNCTION realty.fold_inventory(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_fold_inventory';
COMMENT ON FUNCTION realty.fold_inventory(integer) IS
'Folds the ledger of at most so many projects that have many rows, and tells which. For realty.sweep().';

CREATE FUNCTION realty.trim_unit_changes(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_trim_unit_changes';
COMMENT ON FUNCTION realty.trim_unit_changes(integer) IS
'Lets go of the old changes of at most so many projects, and tells whose. For realty.sweep().';

CREATE FUNCTION realty.notifications_stamp() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_notifications_stamp';
COMMENT ON FUNCTION realty.notifications_stamp() IS
'Trigger: writes which transaction told it, and wakes its user''s streams at the commit.';

CREATE FUNCTION realty.projects_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_guard';
COMMENT ON FUNCTION realty.projects_guard() IS 'Trigger: a project stays with its builder (PT422).';

CREATE FUNCTION realty.projects_publish() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_publish';
COMMENT ON FUNCTION realty.projects_publish() IS
'Trigger: whether the project''s builder sells. Error PT409: a company that is not verified and has to be publishes nothing.';

CREATE FUNCTION realty.builders_relist() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_builders_relist';
COMMENT ON FUNCTION realty.builders_relist() IS
'Trigger: the projects of a company whose account or verification changes leave the market, or come back.';

CREATE FUNCTION realty.builders_unverify() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_builders_unverify';
COMMENT ON FUNCTION realty.builders_unverify() IS
'Trigger: a company that changes its name or licence is no longer verified, and the administrators are told.';

CREATE FUNCTION realty.relist_projects() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH changed AS (
        UPDATE realty.projects p SET builder_sells = NOT p.builder_sells
        FROM realty.builders d JOIN realty.users a ON a.id = d.user_id
        WHERE p.builder_id = d.id
          AND p.builder_sells <> (a.is_active AND (d.is_verified OR NOT pg_catalog.current_setting('realty.verified_builders_only')::boolean))
        RETURNING p.id
    )
    SELECT pg_catalog.count(*) FROM changed;
END;
COMMENT ON FUNCTION realty.relist_projects() IS
'Applies a change of realty.verified_builders_only at once, as the sweeper does within realty.sweep_interval: how many projects left the market, or came back. Owner only.';

CREATE FUNCTION realty.projects_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_effects';
COMMENT ON FUNCTION realty.projects_effects() IS 'Trigger: keeps builders.total_projects and the listing of units.';

CREATE FUNCTION realty.users_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_guard';
COMMENT ON FUNCTION realty.users_guard() IS 'Trigger: DELETE erases the person instead (realty.erase_user); user_type never changes (PT422).';

CREATE FUNCTION realty.users_delete_begins() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_delete_begins';
COMMENT ON FUNCTION realty.users_delete_begins() IS 'Trigger: one DELETE erases one account (PT400).';

CREATE FUNCTION realty.erase_user(user_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_erase_user';
COMMENT ON FUNCTION realty.erase_user(bigint) IS
'Takes the person out of an account and out of all that refers to it, as DELETE of the account does; docs/erasure.md says what goes. For the owner alone. Errors PT404, PT409.';

CREATE FUNCTION realty.users_last_admin() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_users_last_admin';
COMMENT ON FUNCTION realty.users_last_admin() IS 'Trigger: the last active administrator stays one (PT409).';

CREATE FUNCTION realty.profiles_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_profiles_guard';
COMMENT ON FUNCTION realty.profiles_guard() IS
'Trigger: a profile belongs to an account of its kind, which is the argument (PT422).';

CREATE FUNCTION realty.audit_image(image jsonb) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_audit_image';
COMMENT ON FUNCTION realty.audit_image(jsonb) IS
'The row as the audit log keeps it: of more than 64 kB the largest members are cut, and _cut tells how many bytes each had.';

CREATE FUNCTION realty.audit() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit';
COMMENT ON FUNCTION realty.audit() IS 'Trigger: one line in the audit log for each row.';

CREATE FUNCTION realty.audit_units_insert() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_insert';
COMMENT ON FUNCTION realty.audit_units_insert() IS 'Trigger: one line in the audit log for each statement that inserts units.';

CREATE FUNCTION realty.audit_units_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_delete';
COMMENT ON FUNCTION realty.audit_units_delete() IS 'Trigger: one line in the audit log for each unit that a statement deletes.';

CREATE FUNCTION realty.audit_append_only() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_append_only';
COMMENT ON FUNCTION realty.audit_append_only() IS 'Trigger: nobody but a superuser alters the audit log (PT403).';

CREATE FUNCTION realty.guard_derived() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_derived';
COMMENT ON FUNCTION realty.guard_derived() IS
'Trigger: a column (its argument: PT422) or a table (PT409) that is added up changes by triggers only.';

CREATE FUNCTION realty.refuse_truncate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refuse_truncate';
COMMENT ON FUNCTION realty.refuse_truncate() IS 'Trigger: TRUNCATE is refused (PT409).';

CREATE FUNCTION realty.customer_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_type() = 'customer' THEN realty.profile_id() END;
COMMENT ON FUNCTION realty.customer_id() IS 'The caller''s customers.id; null when the caller is no customer.';

CREATE FUNCTION realty.builder_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_type() = 'builder' THEN realty.profile_id() END;
COMMENT ON FUNCTION realty.builder_id() IS 'The caller''s builders.id; null when the caller is no builder.';

CREATE FUNCTION realty.sees_blocked(builder_id bigint) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_sees_blocked';
COMMENT ON FUNCTION realty.sees_blocked(bigint) IS
'Does the caller see blocked units of this builder: the builder, an administrator, or without identity whoever owns the table.';

CREATE FUNCTION realty.booked_projects() RETURNS bigint[]
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_booked_projects';
COMMENT ON FUNCTION realty.booked_projects() IS 'Projects in which the caller has a booking that stands; empty when the caller is no customer.';

CREATE FUNCTION realty.found(what anyelement) RETURNS anyelement
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_found';
COMMENT ON FUNCTION realty.found(anyelement) IS 'Its argument; error PT404 when that is null.';

-- Whose it is, when the client may not say.
ALTER TABLE realty.projects ALTER COLUMN builder_id SET DEFAULT realty.builder_id();
ALTER TABLE realty.bookings ALTER COLUMN customer_id SET DEFAULT realty.customer_id();

CREATE FUNCTION realty.expire_lapsed_hold(unit_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_expire_lapsed_hold';
COMMENT ON FUNCTION realty.expire_lapsed_hold(bigint) IS
'Expires the booking whose hold of this unit has run out, if there is one. Anybody may: it only writes down what time has decided.';

CREATE FUNCTION realty.guard_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_delete';
COMMENT ON FUNCTION realty.guard_delete() IS
'Trigger: a row that others refer to is not deleted; DETAIL counts them by table (PT409).';

-- Settings of the site
CREATE FUNCTION realty.known_settings() RETURNS TABLE (key text, kind text, value jsonb, description text)
LANGUAGE C STABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_known_settings';
COMMENT ON FUNCTION realty.known_settings() IS
'The settings that realty itself reads or a front end expects, each with its kind (text, time_zone, number, integer) and default.';

CREATE FUNCTION realty.setting_fault(key text, value jsonb) RETURNS text
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_setting_fault';
COMMENT ON FUNCTION realty.setting_fault(text, jsonb) IS
'Why this value does not fit the setting; null when it does, or when the setting is a site''s own.';

CREATE FUNCTION realty.setting(key text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN coalesce((SELECT s.value FROM realty.system_settings s
                 WHERE s.key = setting.key AND realty.setting_fault(s.key, s.value) IS NULL),
                (SELECT k.value FROM realty.known_settings() k WHERE k.key = setting.key));
COMMENT ON FUNCTION realty.setting(text) IS
'The value of a setting: the site''s, else the default; null for one that is neither set nor known.';

CREATE FUNCTION realty.time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN realty.setting('time_zone') #>> '{}';
COMMENT ON FUNCTION realty.time_zone() IS
'The site''s time zone: that of a builder who sets none, and of what is listed or counted across builders.';

CREATE FUNCTION realty.caller_time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce((SELECT b.time_zone FROM realty.builders b WHERE b.id = realty.builder_id()), realty.time_zone());
COMMENT ON FUNCTION realty.caller_time_zone() IS
'Whose day the caller''s is: a builder''s own, the site''s for everybody else.';

CREATE FUNCTION realty.today() RETURNS date
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN (statement_timestamp() AT TIME ZONE realty.caller_time_zone())::date;
COMMENT ON FUNCTION realty.today() IS 'The day it is at the caller''s: realty.caller_time_zone().';

CREATE FUNCTION realty.settings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_settings_guard';
COMMENT ON FUNCTION realty.settings_guard() IS
'Trigger: a known setting has a value of its kind, and everybody may read it; updated_by is the account that writes. Error PT422.';

-- Payments and change requests
CREATE FUNCTION realty.payments_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_guard';
COMMENT ON FUNCTION realty.payments_guard() IS
'Trigger: what may be scheduled, paid and refunded. Errors PT409 (transition, booking ended, hold lapsed, paid), PT422, PT403.';

CREATE FUNCTION realty.payments_reference() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_reference';
COMMENT ON FUNCTION realty.payments_reference() IS
'Trigger: a transaction reference belongs to one booking among a builder''s payments by one method. Error PT409: it is another''s.';

CREATE FUNCTION realty.payments_rollup() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_rollup';
COMMENT ON FUNCTION realty.payments_rollup() IS
'Trigger: keeps the booking''s sums of payments, once a statement. Error PT422: more than is owed, or than was paid.';

CREATE FUNCTION realty.payments_receipts() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_receipts';
COMMENT ON FUNCTION realty.payments_receipts() IS 'Trigger: gives receipt numbers, without a gap per builder and financial year.';

CREATE FUNCTION realty.payments_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_effects';
COMMENT ON FUNCTION realty.payments_effects() IS 'Trigger: notifies the parties; opens the refund of what is confirmed after its booking has ended.';

CREATE FUNCTION realty.change_requests_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_guard';
COMMENT ON FUNCTION realty.change_requests_guard() IS
'Trigger: copies unit and customer from the booking; how a change request may change. Errors PT409, PT422, PT403.';

CREATE FUNCTION realty.change_requests_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_effects';
COMMENT ON FUNCTION realty.change_requests_effects() IS
'Trigger: an approval adds its cost to the booking and opens an instalment; the other party is notified.';

CREATE FUNCTION realty.lock_booking(booking_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_booking';
COMMENT ON FUNCTION realty.lock_booking(bigint) IS 'Locks the booking''s row: booking first, then what hangs on it.';

CREATE FUNCTION realty.lock_payment(payment_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_payment';
COMMENT ON FUNCTION realty.lock_payment(bigint) IS 'Locks the rows of the payment''s booking and of the payment, in this order.';

CREATE FUNCTION realty.begin_transition(entity text, id bigint, to_status text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_transition';
COMMENT ON FUNCTION realty.begin_transition(text, bigint, text) IS
'Takes the locks for a change of status of a payment or a change request, in their order, and refuses one that is none (PT409) or
not the caller''s (PT403). The caller has shown before that the row is his to know of.';

CREATE FUNCTION realty.payment_plan(plan jsonb, amount_left numeric)
RETURNS TABLE (milestone text, amount numeric, due_date date)
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_payment_plan';
COMMENT ON FUNCTION realty.payment_plan(jsonb, numeric) IS
'The instalments that a plan makes of an amount, adding up to the cent. Errors PT422 (all faults of the plan), PT409 (nothing is left).';
