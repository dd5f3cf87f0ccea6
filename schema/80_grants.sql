-- Who may do what, by name. PUBLIC may do nothing. A right stands on the view and
-- on its table alike: the view runs with the caller's rights, and without USAGE on
-- schema realty the right on the table serves nothing but the view.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA realty, api FROM PUBLIC;
REVOKE ALL ON SCHEMA realty, api, analytics FROM PUBLIC;

GRANT USAGE ON SCHEMA api TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT USAGE ON SCHEMA analytics TO realty_analyst;

-- The functions that policies and column defaults call
GRANT EXECUTE ON FUNCTION realty.customer_id(), realty.builder_id(), realty.sees_blocked(bigint), realty.booked_projects(), realty.found(anyelement), realty.setting(text),
    realty.known_settings(), realty.setting_fault(text, jsonb), realty.time_zone(), realty.caller_time_zone(), realty.today()
    TO realty_anon, realty_customer, realty_builder, realty_admin;
-- Those that CHECKs and generated columns call
GRANT EXECUTE ON FUNCTION realty.identity_key(text), realty.unit_key(text, text), realty.has_text(text, integer),
    realty.is_line(text), realty.has_known_characters(text), realty.is_line_or_empty(text), realty.is_prose(text), realty.is_mailbox(text), realty.is_phone(text)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.is_bounded_json(jsonb, integer), realty.is_bounded_object(jsonb, integer), realty.is_web_address(text, integer),
    realty.are_short_texts(text[], integer, integer), realty.is_media_list(jsonb), realty.is_feature_list(jsonb),
    realty.is_in_hundredths(numeric, integer), realty.is_room_count(numeric)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.expire_lapsed_hold(bigint) TO realty_builder, realty_admin;
GRANT USAGE ON SEQUENCE realty.booking_numbers TO realty_customer, realty_admin;

-- Reading
GRANT SELECT ON realty.builders, api.builders, realty.projects, api.projects, realty.units, api.units, realty.builder_availability, api.builder_availability, realty.project_progress, api.project_progress,
    realty.construction_updates, api.construction_updates, realty.models_3d, api.models_3d, realty.system_settings, api.system_settings
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.inventory TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.users, api.users, realty.sessions, api.sessions, realty.bookings, api.bookings, realty.payments, api.payments, realty.appointments, api.appointments,
    realty.change_requests, api.change_requests, realty.messages, api.messages, realty.notifications, api.notifications
    TO realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.customers, api.customers TO realty_customer, realty_admin;
-- What a customer can pay and wants is no builder's business. The grant on the view says so;
-- a view that runs with the caller's rights needs all of its table's columns.
GRANT SELECT ON realty.customers TO realty_builder;
GRANT SELECT (id, user_id, address, city, state, created_at, updated_at) ON api.customers TO realty_builder;
GRANT SELECT ON realty.audit_log, api.audit_log TO realty_builder, realty_admin;
GRANT SELECT ON realty.unit_price_history TO realty_builder, realty_admin;
GRANT SELECT ON api.contacts TO realty_customer, realty_builder, realty_admin;

-- Accounts
GRANT UPDATE (full_name, phone, extra)
    ON realty.users, api.users TO realty_customer, realty_builder;
GRANT UPDATE (email, full_name, phone, is_active, is_verified, extra)
    ON realty.users, api.users TO realty_admin;
GRANT DELETE ON realty.users, api.users TO realty_admin;
GRANT EXECUTE ON FUNCTION api.delete_user(bigint) TO realty_admin;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, extra)
    ON realty.builders, api.builders TO realty_builder;
GRANT UPDATE (company_name, license_number, address, city, state, website, description, logo_url, is_verified, extra)
    ON realty.builders, api.builders TO realty_admin;
GRANT UPDATE (address, city, state, budget_min, budget_max, preferences, extra)
    ON realty.customers, api.customers TO realty_customer, realty_admin;
GRANT UPDATE (revoked_at, revoked_reason)
    ON realty.sessions, api.sessions TO realty_customer, realty_builder, realty_admin;

-- Property
GRANT INSERT (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder;
GRANT UPDATE (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder, realty_admin;
GRANT INSERT (builder_id, name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_admin;
GRANT INSERT (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;
-- project_id for the upsert of a price list, which sets its keys to what they are
GRANT UPDATE (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;
GRANT UPDATE (status, held_until) ON realty.units TO realty_builder, realty_admin;
GRANT DELETE ON realty.projects, api.projects, realty.units, api.units TO realty_builder, realty_admin;

-- Sales
GRANT INSERT (unit_id, booking_amount, notes, extra)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT UPDATE (status, cancellation_reason)
    ON realty.bookings, api.bookings TO realty_customer;
GRANT INSERT (unit_id, customer_id, booking_amount, discount, override_reason, notes, extra)
    ON realty.bookings, api.bookings TO realty_admin;
GRANT UPDATE (status, cancellation_reason, discount, notes, extra)
    ON realty.bookings, api.bookings TO realty_builder, realty_admin;
GRANT UPDATE (hold_expires_at, override_reason) ON realty.bookings TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.begin_amendment(bigint, text), api.amend_unit(bigint, jsonb, text) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.extend_booking(bigint, timestamptz, text), api.confirm_booking(bigint), api.complete_booking(bigint, text), api.reopen_booking(bigint, text), api.block_unit(bigint),
    api.release_unit(bigint) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.cancel_booking(bigint, text) TO realty_customer, realty_builder, realty_admin;

-- Payments: the status goes through functions of api, which take the locks in their
-- order, so the rights that they need stand on the table alone.
GRANT UPDATE (status, method, transaction_reference)
    ON realty.payments TO realty_customer;
GRANT INSERT (booking_id, kind, milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT INSERT (refund_of, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT UPDATE (milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT UPDATE (status, method, transaction_reference, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT DELETE ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.begin_transition(text, bigint, text) TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.lock_booking(bigint), realty.lock_payment(bigint), realty.payment_plan(jsonb, numeric)
    TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.pay_payment(bigint, text, text), api.booking_statement(bigint)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.confirm_payment(bigint), api.reject_payment(bigint, text), api.refund_payment(bigint, numeric, text),
    api.schedule_payments(bigint, jsonb) TO realty_builder, realty_admin;

-- Change requests
GRANT INSERT (booking_id, title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (status)
    ON realty.change_requests TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (estimated_cost, approved_cost, decision_note)
    ON realty.change_requests TO realty_builder, realty_admin;
GRANT UPDATE (accepted_cost)
    ON realty.change_requests TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.accept_change_request(bigint, numeric), api.withdraw_change_request(bigint) TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.review_change_request(bigint, numeric), api.approve_change_request(bigint, numeric, text),
    api.reject_change_request(bigint, text), api.complete_change_request(bigint) TO realty_builder, realty_admin;

-- Notifications and settings
GRANT UPDATE (read_at)
    ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT DELETE ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT UPDATE (key, value, description, is_public, extra)
    ON realty.system_settings, api.system_settings TO realty_admin;
GRANT DELETE ON realty.system_settings, api.system_settings TO realty_admin;

GRANT SELECT ON api.customers_at_limit TO realty_builder, realty_admin;

-- What a company keeps for itself
GRANT SELECT ON api.private_builders, api.private_projects, api.private_units, api.private_bookings TO realty_builder, realty_admin;
GRANT SELECT ON api.private_customers TO realty_admin;
GRANT UPDATE (private) ON realty.builders, api.private_builders, realty.projects, api.private_projects, realty.units, api.private_units,
    realty.bookings, api.private_bookings TO realty_builder, realty_admin;
GRANT UPDATE (private) ON realty.customers, api.private_customers TO realty_admin;
GRANT UPDATE (internal_note) ON realty.bookings, api.private_bookings TO realty_builder, realty_admin;
