-- Each CHECK by itself: with the triggers off, the values at its border are taken, those one step
-- beyond are refused, and by this CHECK. A CHECK without a line here fails, and so does a line
-- without its CHECK; those that need no line are listed at the end, so that none goes unnoticed.
\getenv abs_srcdir PG_ABS_SRCDIR
\set sample_rows :abs_srcdir '/sql/include/sample_rows.sql'
BEGIN;
\i :sample_rows
SET LOCAL session_replication_role = replica;
INSERT INTO realty.outbox (kind, recipient, data) VALUES ('letter', 'a@example.org', '{}');
INSERT INTO realty.unit_price_history (unit_id, builder_id, old_price, new_price) SELECT id, builder_id, 1, 2 FROM realty.units LIMIT 1;
INSERT INTO realty.idempotency_keys (user_id, key, request_hash, status, body) VALUES (1, 'k', '\x00', 200, '');
INSERT INTO realty.sessions (user_id, expires_at) VALUES (1, now()) RETURNING id AS session \gset
INSERT INTO realty.refresh_tokens (token_hash, session_id, expires_at) VALUES ('\x00', :session, now());
INSERT INTO realty.password_resets (token_hash, user_id, expires_at) VALUES ('\x00', 1, now());

-- By kind: the column is what stands between the table and the kind.
CREATE TEMP TABLE kinds (kind text, parameter text, good text[], bad text[]);
INSERT INTO kinds VALUES
    ('is_short', 'most', '{"repeat(''é'', %s)"}', '{"repeat(''é'', %s + 1)"}'),
    ('has_text', 'most', '{"repeat(''é'', %s)", "'' x''"}', '{"repeat(''é'', %s + 1)", "''''", "''  ''", "E''\\u2800\\u3000''", "E''\\u200b''"}'),
    ('is_one_line', NULL, '{"''A 1, ½ m² – №5''", "E''ക്\\u200dഷ നമി''", "E''می\\u200cخواهم''", "E''മോഹന്\\u200d''", "E''\\u2764\\ufe0f \\U0001f468\\u200d\\U0001f469\\u200d\\U0001f467''"}',
        '{"E''a\\nb''", "E''a\\tb''", "E''a\\u0085b''", "E''a\\u2028b''", "E''a\\u202eb''", "E''a\\u2066b''", "E''a\\u200bb''", "E''a\\ufeffb''", "E''a\\u00adb''", "E''a\\u200d''", "E''1\\u200d2''", "E''a\\ufe0fb''"}'),
    ('is_plain_text', NULL, '{"E''a\\r\\n\\tb\\u2029c''", "E''می\\u200cخواهم''"}', '{"E''a\\u0007''", "E''a\\u001bb''", "E''a\\u202eb''", "E''a\\u2060b''", "E''a\\u200d b''"}'),
    ('is_a_url', 'most', ARRAY[$$'http://' || repeat('x', %s - 7)$$, $$'HTTPS://x'$$, $$'/x'$$, $$'/'$$, $$'https://x:80/@y?z=a@b'$$, $$'/@x'$$],
        ARRAY[$$'http://' || repeat('x', %s - 6)$$, $$'ftp://x'$$, $$'http://'$$, $$'http:///x'$$, $$'http://a b'$$, $$'javascript:x'$$, $$' JavaScript:x'$$,
            $$E'java\tscript:x'$$, $$E'\u0001https://x'$$, $$E'https://x\u200b'$$, $$'//x'$$, $$'/\x'$$, $$'http:\\x'$$, $$'x.jpg'$$, $$'data:text/html,x'$$,
            $$'https://user:pw@x/y'$$, $$'http://user@x'$$, $$'https://x:80@y#z'$$]),
    ('is_an_object', 'most', ARRAY[$$'{}'$$, $$jsonb_build_object('k', repeat('x', %s - 9))$$, $$'{"n": [1e40, -1.5e-39]}'$$,
            $$('{"k": ' || repeat('[', 29) || repeat(']', 29) || '}')::jsonb$$],
        ARRAY[$$'[]'$$, $$'null'$$, $$'"x"'$$, $$jsonb_build_object('k', repeat('x', %s - 8))$$, $$jsonb_build_object('k', repeat('"', %s / 2))$$,
            $$'{"n": 1e131071}'$$, $$'{"n": [1e41]}'$$, $$jsonb_build_object('n', repeat('9', 41)::numeric)$$,
            $$('{"k": ' || repeat('[', 30) || repeat(']', 30) || '}')::jsonb$$]),
    ('is_a_media_list', NULL, ARRAY[$$'[]'$$, $$'["/a", "https://x/y", {"url": "/a", "caption": "x", "size_bytes": 1, "is_cover": true, "alt": null}]'$$,
            $$(SELECT jsonb_agg('/x'::text) FROM generate_series(1, 100))$$],
        ARRAY[$$'{}'$$, $$'null'$$, $$'"/x"'$$, $$'[1]'$$, $$'[["/x"]]'$$, $$'[null]'$$, $$'["x.jpg"]'$$, $$'["javascript:x"]'$$, $$'["https://user:pw@x/y"]'$$, $$'[{"url": "/a", "thumbnail_url": "http://user@x"}]'$$, $$'[" JAVASCRIPT:x"]'$$,
            $$'["//x"]'$$, $$'[{"url": "java\tscript:x"}]'$$, $$'[{"url": "/a", "thumbnail_url": "javascript:x"}]'$$, $$'[{"caption": "x"}]'$$,
            $$'[{"url": null}]'$$, $$'[{"url": "/a", "href": "/b"}]'$$, $$'[{"url": "/a", "size_bytes": "1"}]'$$,
            $$(SELECT jsonb_agg('/x'::text) FROM generate_series(1, 101))$$, $$(SELECT jsonb_agg('/' || repeat('x', 660)) FROM generate_series(1, 99))$$,
            $$(SELECT jsonb_agg(1e131071) FROM generate_series(1, 10))$$]),
    ('is_known', NULL, '{}', '{"''nonsense''", "''''"}'),
    ('is_not_negative', NULL, '{0}', '{-1}'),
    ('is_in_cents', NULL, '{}', '{0.001, 1000000000000}'),
    ('is_in_hundredths', NULL, '{}', '{0.001}'),
    ('is_positive', NULL, '{1}', '{0, -1}'),
    ('is_a_percentage', NULL, '{0, 100}', '{-1, 101}'),
    ('is_a_day', NULL, '{"''1900-01-01''", "''2199-12-31''"}', '{"''infinity''", "''-infinity''", "''0202-01-01''", "''5874897-12-31''"}'),
    ('is_a_time', NULL, '{"''2026-01-01''"}', '{"''infinity''", "''-infinity''", "''2026-01-01 BC''", "''20260-01-01''"}'),
    ('is_a_count', NULL, '{0, 2.5, 50.0}', '{-1, 50.5, 2.25}');

-- What the kind alone does not say: its parameter, or the assignments themselves.
CREATE TEMP TABLE given (conname text, parameter int, good text[], bad text[]);
INSERT INTO given (conname, parameter) VALUES
    ('appointments_cancellation_reason_is_short', 1000), ('appointments_location_is_short', 500), ('appointments_notes_is_short', 5000),
    ('bookings_cancellation_reason_is_short', 1000), ('bookings_override_reason_has_text', 1000), ('bookings_notes_is_short', 5000), ('bookings_internal_note_is_short', 5000), ('builders_address_is_short', 500),
    ('builders_city_is_short', 100), ('builders_company_name_has_text', 200), ('builders_description_is_short', 10000),
    ('builders_license_number_has_text', 100), ('builders_logo_url_is_a_url', 500), ('builders_state_is_short', 100),
    ('change_requests_decision_note_is_short', 5000), ('change_requests_description_is_short', 20000),
    ('change_requests_title_has_text', 200), ('construction_updates_description_is_short', 20000), ('construction_updates_title_has_text', 200),
    ('customers_address_is_short', 500), ('customers_city_is_short', 100), ('customers_state_is_short', 100), ('messages_body_has_text', 20000),
    ('messages_subject_is_short', 200), ('models_3d_file_url_is_a_url', 1000), ('models_3d_name_has_text', 200), ('models_3d_thumbnail_url_is_a_url', 1000),
    ('payments_milestone_is_short', 200), ('payment_references_method_is_short', 50), ('payment_references_reference_key_is_short', 1000), ('payments_note_is_short', 1000), ('payments_transaction_reference_has_text', 200),
    ('project_progress_phase_has_text', 200), ('projects_address_is_short', 500), ('projects_city_has_text', 100), ('projects_description_is_short', 20000),
    ('projects_name_has_text', 200), ('projects_postal_code_is_short', 20), ('projects_rera_number_is_short', 100), ('projects_state_is_short', 100),
    ('system_settings_description_is_short', 1000), ('units_tower_is_short', 50), ('units_unit_number_has_text', 50), ('users_full_name_has_text', 200),
    ('audit_log_request_id_is_short', 100), ('audit_log_row_id_is_short', 200), ('audit_log_session_role_is_short', 63), ('audit_log_table_name_is_short', 63),
    ('bookings_booking_number_is_short', 50), ('common_passwords_password_is_short', 200), ('notification_templates_body_is_short', 5000),
    ('notification_templates_kind_is_short', 63), ('notification_templates_title_is_short', 500), ('notifications_body_is_short', 20000),
    ('notifications_kind_is_short', 63), ('notifications_title_is_short', 1000), ('outbox_recipient_is_short', 320), ('payments_receipt_number_is_short', 50),
    ('schema_objects_kind_is_short', 63), ('schema_objects_object_is_short', 1000), ('schema_objects_definition_is_short', 5000),
    ('receipt_counters_financial_year_is_short', 20), ('resources_description_is_short', 2000), ('resources_key_column_is_short', 63),
    ('resources_search_is_short', 300), ('routes_data_key_is_short', 63), ('routes_description_is_short', 5000), ('routes_parent_is_short', 63),
    ('routes_resource_is_short', 63), ('routes_summary_is_short', 500), ('routes_tag_is_short', 100), ('sessions_revoked_reason_is_short', 200),
    ('sessions_user_agent_is_short', 300), ('transitions_entity_is_short', 63), ('transitions_from_status_is_short', 63), ('transitions_notify_is_short', 63),
    ('transitions_stamp_is_short', 63), ('transitions_to_status_is_short', 63), ('transitions_unit_status_is_short', 63),
    ('user_credentials_password_hash_is_short', 300);
-- A document has 64 kB, a site's own columns a quarter of that.
INSERT INTO given (conname, parameter) SELECT conname, CASE WHEN conname ~ '_(extra|private)_is_an_object$' THEN 16384 ELSE 65536 END
FROM pg_constraint WHERE contype = 'c' AND connamespace = 'realty'::regnamespace AND conname LIKE '%\_is\_an\_object';
INSERT INTO given (conname, good, bad)
SELECT 'audit_log_' || col || '_is_small', ARRAY[col || $$ = to_jsonb(repeat('x', 65534))$$, col || $$ = '[1e1000]'$$],
    ARRAY[col || $$ = to_jsonb(repeat('x', 65535))$$, col || $$ = '1e65536'$$] FROM unnest(ARRAY['new_row', 'old_row']) col;
INSERT INTO given (conname, good, bad)
SELECT format('%s_%s_is_short', tab, col), ARRAY[col || $$ = repeat('x', 64)::bytea$$], ARRAY[col || $$ = repeat('x', 65)::bytea$$]
FROM (VALUES ('idempotency_keys', 'request_hash'), ('password_resets', 'token_hash'), ('refresh_tokens', 'token_hash')) v (tab, col);
INSERT INTO given (conname, good, bad) VALUES
    ('appointments_ends_at_is_after_start', '{}'::text[], '{"ends_at = starts_at", "ends_at = starts_at - interval ''1 hour''"}'),
    ('appointments_ends_at_is_soon_after_start', '{"ends_at = starts_at + interval ''15 min''", "ends_at = starts_at + interval ''8 h''"}',
        '{"ends_at = starts_at + interval ''14 min''", "ends_at = starts_at + interval ''8 h 1 s''"}'),
    ('appointments_starts_at_is_near', '{}', '{"starts_at = ''1999-12-31Z'', ends_at = ''1999-12-31 01:00Z''", "starts_at = ''2200-01-02Z'', ends_at = ''2200-01-02 01:00Z''"}'),
    ('bookings_booking_amount_is_within_total', '{"booking_amount = total_amount"}', '{"booking_amount = total_amount + 0.01"}'),
    ('bookings_discount_is_within_total', '{}', '{"discount = total_amount + 0.01"}'),
    ('bookings_discount_leaves_the_payments', '{"discount = total_amount - paid_amount - scheduled_amount"}', '{"discount = total_amount, scheduled_amount = 1"}'),
    ('bookings_refunding_amount_is_within_paid', '{"refunding_amount = paid_amount"}', '{"refunding_amount = paid_amount + 0.01"}'),
    ('bookings_total_amount_is_positive', '{}', '{"total_amount = 0, unit_price = 0, changes_amount = 0, paid_amount = 0, scheduled_amount = 0, booking_amount = 0, discount = 0"}'),
    ('bookings_total_amount_is_price_and_changes', '{}', '{"total_amount = total_amount + 1"}'),
    ('builder_availability_closes_after_opening', '{}', '{"closes = opens"}'),
    ('builder_availability_exception_date_is_a_day', '{}', '{"weekday = NULL, exception_date = ''infinity''"}'),
    ('builder_availability_is_weekly_or_exception', '{"weekday = NULL, exception_date = ''2030-01-01''"}', '{"weekday = NULL", "exception_date = ''2030-01-01''"}'),
    ('builder_availability_weekday_is_iso', '{"weekday = 1", "weekday = 7"}', '{"weekday = 0", "weekday = 8"}'),
    ('builder_availability_window_is_open', '{"is_open = false, opens = NULL, closes = NULL"}', '{"opens = NULL", "is_open = false"}'),
    ('builders_time_zone_exists', '{"time_zone = ''Europe/Paris''"}', '{"time_zone = ''Mars/Olympus''"}'),
    ('common_passwords_password_is_lower_case', '{}', '{"password = ''Secret''"}'),
    ('customers_budget_is_a_range', '{"budget_min = 5, budget_max = 5"}', '{"budget_min = 5, budget_max = 4"}'),
    ('database_identity_is_current_is_true', '{}', '{"is_current = false"}'),
    ('idempotency_keys_key_has_text', '{"key = repeat(''k'', 255)"}', '{"key = ''''", "key = repeat(''k'', 256)"}'),
    ('messages_recipient_is_somebody_else', '{}', '{"recipient_id = sender_id"}'),
    ('outbox_kind_is_a_word', '{"kind = ''a_1''"}', '{"kind = ''A''", "kind = ''1''", "kind = repeat(''k'', 64)"}'),
    ('payments_refund_of_is_for_refunds', '{}', '{"refund_of = id, kind = ''instalment''"}'),
    ('project_progress_actual_end_is_after_start', '{}', '{"actual_start = ''2026-01-02'', actual_end = ''2026-01-01''"}'),
    ('project_progress_planned_end_is_after_start', '{}', '{"planned_start = ''2026-01-02'', planned_end = ''2026-01-01''"}'),
    ('projects_actual_completion_is_after_launch', '{}', '{"launch_date = ''2026-01-02'', actual_completion = ''2026-01-01''"}'),
    ('projects_expected_completion_is_after_launch', '{}', '{"launch_date = ''2026-01-02'', expected_completion = ''2026-01-01''"}'),
    ('projects_actual_completion_is_a_day', '{}', '{"launch_date = NULL, actual_completion = ''infinity''"}'),
    ('projects_expected_completion_is_a_day', '{}', '{"launch_date = NULL, expected_completion = ''infinity''"}'),
    ('projects_launch_date_is_a_day', '{}', '{"launch_date = ''infinity'', actual_completion = NULL, expected_completion = NULL"}'),
    ('project_progress_actual_end_is_a_day', '{}', '{"actual_start = NULL, actual_end = ''infinity''"}'),
    ('project_progress_actual_start_is_a_day', '{}', '{"actual_start = ''infinity'', actual_end = NULL"}'),
    ('project_progress_planned_end_is_a_day', '{}', '{"planned_start = NULL, planned_end = ''infinity''"}'),
    ('project_progress_planned_start_is_a_day', '{}', '{"planned_start = ''infinity'', planned_end = NULL"}'),
    ('projects_amenities_are_few', ARRAY[$$amenities = array_fill(repeat('é', 100), ARRAY[100])$$, $$amenities = '{}'$$],
        ARRAY[$$amenities = array_fill('x'::text, ARRAY[101])$$, $$amenities = '{a, NULL}'$$, $$amenities = '{{a}, {b}}'$$, $$amenities = ARRAY[' ']$$, $$amenities = ARRAY[repeat('é', 101)]$$]),
    ('builders_website_is_a_url', ARRAY[$$website = 'http://' || repeat('x', 493)$$], ARRAY[$$website = 'http://' || repeat('x', 494)$$, $$website = '/x'$$, $$website = 'javascript:x'$$]),
    ('idempotency_keys_body_is_short', ARRAY[$$body = repeat('x', 4194304)$$], ARRAY[$$body = repeat('x', 4194305)$$]),
    ('resources_sort_are_few', ARRAY[$$sort = sort || array_fill('x'::text, ARRAY[100 - cardinality(sort)])$$],
        ARRAY[$$sort = sort || array_fill('x'::text, ARRAY[100])$$, $$sort = sort || repeat('x', 64)$$]),
    ('resources_view_is_short', ARRAY[$$view = 'a.' || repeat('b', 198)$$], ARRAY[$$view = 'a.' || repeat('b', 199)$$]),
    ('routes_function_is_short', ARRAY[$$handler = 'call', function = repeat('f', 2000)$$], ARRAY[$$handler = 'call', function = repeat('f', 2001)$$]),
    ('routes_media_type_is_short', ARRAY[$$handler = 'call', function = 'f', media_type = 'text/' || repeat('x', 95)$$],
        ARRAY[$$handler = 'call', function = 'f', media_type = 'text/' || repeat('x', 96)$$]),
    ('routes_path_is_short', ARRAY[$$path = '/' || repeat('x', 499)$$], ARRAY[$$path = '/' || repeat('x', 500)$$]),
    ('routes_roles_are_few', ARRAY[$$roles = array_fill('admin'::text, ARRAY[10])$$], ARRAY[$$roles = array_fill('admin'::text, ARRAY[11])$$]),
    ('system_settings_value_is_small', ARRAY[$$value = to_jsonb(repeat('x', 65534))$$, $$value = 'null'$$],
        ARRAY[$$value = to_jsonb(repeat('x', 65535))$$, $$value = '1e131071'$$, $$value = (repeat('[', 31) || repeat(']', 31))::jsonb$$]),
    ('transitions_actors_are_few', ARRAY[$$actors = array_fill('x'::text, ARRAY[10])$$], ARRAY[$$actors = array_fill('x'::text, ARRAY[11])$$, $$actors = '{a, NULL}'$$]),
    ('projects_latitude_is_on_earth', '{"latitude = -90", "latitude = 90"}', '{"latitude = -90.1", "latitude = 90.1", "latitude = 0.0000001"}'),
    ('projects_longitude_is_on_earth', '{"longitude = -180", "longitude = 180"}', '{"longitude = -180.1", "longitude = 180.1", "longitude = 0.0000001"}'),
    ('unit_price_history_new_price_is_positive', '{}', '{"new_price = 0", "new_price = ''NaN''"}'),
    ('unit_price_history_old_price_is_positive', '{}', '{"old_price = 0", "old_price = ''NaN''"}'),
    ('projects_price_is_a_range', '{"price_min = 5, price_max = 5"}', '{"price_min = 5, price_max = 4"}'),
    ('resources_default_sort_is_listed', '{}', '{"default_sort = ''-nothing''"}'),
    ('resources_name_is_a_path_word', '{}', '{"name = ''A''", "name = ''a_b''"}'),
    ('resources_singular_is_a_word', '{}', '{"singular = ''a-b''"}'),
    ('resources_view_is_qualified', '{}', '{"view = ''units''"}'),
    ('routes_call_names_a_function', '{}', '{"handler = ''call'', function = NULL"}'),
    ('routes_id_tells_builtin', '{}', '{"builtin = false"}'),
    ('routes_media_type_is_one', '{}', '{"media_type = ''nonsense'', handler = ''call'', function = ''f''", "media_type = ''text/csv''"}'),
    ('routes_path_is_absolute', '{}', '{"path = ''api''", "path = ''/a b''", "path = ''/{A}''"}'),
    ('routes_roles_are_known', '{"roles = ''{anonymous,admin}''"}', '{"roles = ''{}''", "roles = ''{king}''"}'),
    ('routes_rows_need_a_resource', '{}', '{"resource = NULL, handler = ''list'', function = NULL"}'),
    ('routes_set_has_values', '{}', '{"handler = ''set'', fixed = ''{}''"}'),
    ('routes_status_is_success', '{}', '{"status = 199", "status = 300"}'),
    ('system_settings_key_is_a_name', '{}', '{"key = ''A''", "key = repeat(''k'', 101)"}'),
    ('units_built_up_area_covers_carpet_area', '{"built_up_area = 5, carpet_area = 5"}', '{"built_up_area = 4, carpet_area = 5"}'),
    ('units_features_is_a_feature_list', ARRAY[$$features = '{}'$$, $$features = '[]'$$, $$features = '["sea", {"name": "balcony", "count": 2, "value": null}]'$$,
            $$features = '{"balcony": true, "parking": 1.5, "view": "sea"}'$$, $$features = (SELECT jsonb_agg(repeat('é', 200)) FROM generate_series(1, 100))$$],
        ARRAY[$$features = '1'$$, $$features = 'null'$$, $$features = '[1]'$$, $$features = '[" "]'$$, $$features = '[{"count": 1}]'$$, $$features = '{"a": {"b": 1}}'$$,
            $$features = '[{"name": "x", "onclick": "y"}]'$$, $$features = jsonb_build_array(repeat('é', 201))$$, $$features = '{"a": 1e131071}'$$,
            $$features = (SELECT jsonb_agg('x'::text) FROM generate_series(1, 101))$$, $$features = (SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 101) n)$$]),
    ('projects_progress_weight_is_a_sum', '{"progress_weight = 999999999999999.99"}', '{"progress_weight = -1", "progress_weight = 1e15", "progress_weight = 0.001", "progress_weight = ''NaN''"}'),
    ('projects_progress_points_is_a_sum', '{"progress_points = 1e17"}', '{"progress_points = -1", "progress_points = 1e17 + 1", "progress_points = 0.00001", "progress_points = ''NaN''"}'),
    ('units_progress_weight_is_a_sum', '{"progress_weight = 999999999999999.99"}', '{"progress_weight = -1", "progress_weight = 1e15", "progress_weight = 0.001", "progress_weight = ''NaN''"}'),
    ('units_progress_points_is_a_sum', '{"progress_points = 1e17"}', '{"progress_points = -1", "progress_points = 1e17 + 1", "progress_points = 0.00001", "progress_points = ''NaN''"}'),
    ('units_floor_is_in_a_building', '{"floor = -10", "floor = 300"}', '{"floor = -11", "floor = 301"}'),
    ('units_held_until_goes_with_held', '{"status = ''held'', held_until = now()"}', '{"status = ''held'', held_until = NULL", "status = ''available'', held_until = now()"}'),
    ('units_unit_type_is_short', '{"unit_type = repeat(''é'', 50)"}', '{"unit_type = ''''", "unit_type = repeat(''é'', 51)"}'),
    ('users_email_is_well_formed', '{"email = ''é@x.y''", "email = repeat(''a'', 64) || ''@'' || repeat(repeat(''x'', 62) || ''.'', 2) || repeat(''x'', 63)"}',
        '{"email = ''a@x''", "email = ''a b@x.y''", "email = ''@x.y''", "email = ''a@x..y''", "email = ''a@x.y, b@x.y''", "email = ''A <a@x.y>''", "email = repeat(''a'', 65) || ''@x.y''", "email = repeat(''a'', 64) || ''@'' || repeat(repeat(''x'', 62) || ''.'', 3) || ''yy''"}'),
    ('users_phone_is_a_number', '{"phone = ''+91 (80) 1234-5678''", "phone = ''080.1234567''", "phone = ''1234567''", "phone = repeat(''1'', 15)", "phone = ''1'' || repeat('' '', 43) || ''234567''"}',
        '{"phone = ''123456''", "phone = ''1-----''", "phone = ''call me''", "phone = repeat(''1'', 16)", "phone = ''1+234567''", "phone = ''1'' || repeat('' '', 44) || ''234567''"}'),
    ('users_email_is_not_of_the_deleted', '{"email = ''deleted-1@anonymised.invalid'', is_active = false, anonymised_at = now()", "email = ''a@anonymised.invalid.example''"}', '{"email = ''deleted-1@anonymised.invalid''", "email = ''X@Anonymised.INVALID''"}'),
    ('users_is_active_ends_with_deletion', '{"is_active = false", "is_active = false, anonymised_at = now()"}', '{"is_active = true, anonymised_at = now()"}'),
    ('users_phone_e164_is_a_number', '{"phone_e164 = ''+919845012345''"}', '{"phone_e164 = ''919845012345''", "phone_e164 = ''+0919845012''", "phone_e164 = ''+1234567''", "phone_e164 = ''+1234567890123456''"}'),
    ('units_built_up_area_is_positive', '{}', '{"built_up_area = 0, carpet_area = NULL"}'),
    ('units_carpet_area_is_positive', '{}', '{"carpet_area = 0, built_up_area = NULL"}'),
    ('units_built_up_area_is_in_hundredths', '{"built_up_area = 99999999.99"}', '{"built_up_area = 99999999.991", "built_up_area = 100000000", "built_up_area = ''NaN''"}'),
    ('units_carpet_area_is_in_hundredths', '{"carpet_area = 1.250, built_up_area = NULL"}', '{"carpet_area = 1.251, built_up_area = NULL", "carpet_area = ''NaN'', built_up_area = NULL"}'),
    ('project_progress_percent_is_in_hundredths', '{"percent = 12.50"}', '{"percent = 12.505"}'),
    ('construction_updates_progress_percent_is_in_hundredths', '{"progress_percent = 12.50"}', '{"progress_percent = 12.505"}'),
    ('projects_latitude_goes_with_longitude', '{"latitude = NULL, longitude = NULL", "latitude = 1, longitude = 1"}',
        '{"latitude = NULL, longitude = 1", "latitude = 1, longitude = NULL"}'),
    ('bookings_paid_amount_is_not_negative', '{"paid_amount = 0, scheduled_amount = 0, refunding_amount = 0"}',
        '{"paid_amount = -1, scheduled_amount = 0, refunding_amount = -1"}'),
    ('bookings_unit_price_is_not_negative', '{"unit_price = 0, changes_amount = total_amount"}',
        '{"unit_price = -1, changes_amount = total_amount + 1"}'),
    ('bookings_total_amount_is_in_cents', '{}', '{"total_amount = total_amount + 0.001", "total_amount = ''NaN''"}'),
    ('customers_budget_min_is_not_negative', '{"budget_min = 0"}', '{"budget_min = -1"}'),
    ('customers_budget_max_is_not_negative', '{"budget_max = 0, budget_min = NULL"}', '{"budget_max = -1, budget_min = NULL"}'),
    ('customers_budget_min_is_in_cents', '{"budget_min = 0.10"}', '{"budget_min = 0.001", "budget_min = ''NaN'', budget_max = NULL"}'),
    ('customers_budget_max_is_in_cents', '{"budget_max = 999999999999.99"}', '{"budget_max = 0.001, budget_min = NULL", "budget_max = 1000000000000", "budget_max = ''NaN''"}'),
    ('payments_amount_is_in_cents', '{"amount = 0.010"}', '{"amount = 0.001", "amount = 1000000000000", "amount = ''NaN''", "amount = ''Infinity''"}'),
    ('projects_price_min_is_in_cents', '{"price_min = 0.10"}', '{"price_min = 0.001"}'),
    ('projects_price_max_is_in_cents', '{"price_max = 999999999999.99"}', '{"price_max = 0.001, price_min = NULL", "price_max = 1000000000000"}'),
    ('projects_price_min_is_not_negative', '{"price_min = 0"}', '{"price_min = -1"}'),
    ('projects_price_max_is_not_negative', '{"price_max = 0, price_min = NULL"}', '{"price_max = -1, price_min = NULL"}'),
    ('notification_templates_audience_is_known', '{}', '{"audience = ''world''"}');

CREATE TEMP VIEW owned AS
SELECT c.conrelid::regclass AS tab, c.conname, c.convalidated FROM pg_constraint c JOIN pg_depend d ON d.objid = c.conrelid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'realty' WHERE c.contype = 'c';
CREATE TEMP TABLE cases AS
SELECT o.tab, o.conname, f.good, a.assignment
FROM owned o LEFT JOIN kinds k ON right(o.conname, length(k.kind) + 1) = '_' || k.kind LEFT JOIN given g USING (conname),
     LATERAL (VALUES (true, coalesce(g.good, k.good)), (false, coalesce(g.bad, k.bad))) f (good, list), unnest(f.list) v,
     LATERAL (SELECT CASE WHEN g.good IS NOT NULL THEN v ELSE format('%I = %s',
         substr(o.conname, length(split_part(o.tab::text, '.', 2)) + 2, length(o.conname) - length(split_part(o.tab::text, '.', 2)) - length(k.kind) - 2),
         replace(v, '%s', coalesce(g.parameter::text, 'none'))) END) a (assignment);

-- The first row of the table is changed, and changed back.
CREATE FUNCTION pg_temp.verdict(tab regclass, assignment text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refused_by text;
BEGIN
    EXECUTE format('UPDATE %s SET %s WHERE ctid = (SELECT min(ctid) FROM %1$s)', tab, assignment);
    RAISE EXCEPTION 'undo' USING ERRCODE = 'UNDO0';
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    RETURN 'taken';
WHEN check_violation THEN
    GET STACKED DIAGNOSTICS refused_by = CONSTRAINT_NAME;
    RETURN refused_by;
WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
-- None of these gives a row.
SELECT c.conname, c.good, left(c.assignment, 80) AS assignment, v.verdict FROM cases c, LATERAL pg_temp.verdict(c.tab, c.assignment) v (verdict)
WHERE v.verdict <> CASE WHEN c.good THEN 'taken' ELSE c.conname END ORDER BY 1, 2, 3;
SELECT conname AS without_a_case FROM owned WHERE conname NOT IN (SELECT conname FROM cases WHERE NOT good) ORDER BY 1;
SELECT conname AS without_its_check FROM given WHERE conname NOT IN (SELECT conname FROM owned) ORDER BY 1;
-- Those of which the kind says it all.
SELECT k.kind, o.conname FROM owned o JOIN kinds k ON right(o.conname, length(k.kind) + 1) = '_' || k.kind
WHERE NOT EXISTS (SELECT FROM given g WHERE g.conname = o.conname) ORDER BY 1, o.conname COLLATE "C";
ROLLBACK;

-- CHECKs are kept for the session: a changed one, and a changed function of one, hold from the next statement on;
-- a statement in whose middle they change ends on those it began with.
BEGIN;
CREATE SCHEMA site;
CREATE FUNCTION site.is_fine(recipient text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN recipient <> 'bad';
CREATE FUNCTION site.verdict(recipient text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO realty.outbox (kind, recipient) VALUES ('site', recipient);
    RETURN 'taken';
EXCEPTION WHEN check_violation THEN
    RETURN SQLERRM;
END $$;
SELECT site.verdict('bad') AS before, site.verdict('worse') AS also_before;
ALTER TABLE realty.outbox ADD CONSTRAINT site_recipient_is_fine CHECK (site.is_fine(recipient)) NOT VALID;
SELECT site.verdict('bad') AS added, site.verdict('worse') AS not_named;
CREATE OR REPLACE FUNCTION site.is_fine(recipient text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN recipient <> 'worse';
SELECT site.verdict('bad') AS replaced, site.verdict('worse') AS now_named;
CREATE FUNCTION site.turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION site.is_fine(recipient text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN recipient <> %L', 'turned ' || NEW.recipient);
    RETURN NEW;
END $$;
CREATE TRIGGER site_turn BEFORE INSERT ON realty.outbox FOR EACH ROW EXECUTE FUNCTION site.turn();
INSERT INTO realty.outbox (kind, recipient) SELECT 'site', 'row ' || n FROM generate_series(1, 20) n;
DROP TRIGGER site_turn ON realty.outbox;
ALTER TABLE realty.outbox DROP CONSTRAINT site_recipient_is_fine;
SELECT site.verdict('bad') AS dropped;
ROLLBACK;
