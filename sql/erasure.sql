-- Erasure: what docs/erasure.md says of each column holds. Chitra leaves words in every column that she or those she has
-- to do with can fill, all with a mark; afterwards the mark is nowhere but where the law keeps it.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
-- The document's table: one row for each column.
\set page `sed -n 's/^| \([a-z_0-9]*\) | \([a-z_0-9, ]*\) | \(goes\|law\|company\|site\|technical\) |$/\1|\2|\3/p' "$PG_ABS_SRCDIR/docs/erasure.md"`
CREATE VIEW documented AS
SELECT split_part(line, '|', 1) AS table_name, c.column_name, split_part(line, '|', 3) AS treatment
FROM string_to_table(:'page', E'\n') line, string_to_table(split_part(line, '|', 2), ', ') c (column_name);
CREATE VIEW columns AS
SELECT c.relname::text AS table_name, a.attname::text AS column_name
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind IN ('r', 'p', 'm')
  AND NOT (t.typcategory IN ('N', 'B', 'D', 'T') OR t.oid = 'int8range'::regtype);
-- Each column that can hold words is in it, once, and no other: none is without a decision.
SELECT table_name, column_name FROM columns EXCEPT ALL SELECT table_name, column_name FROM documented ORDER BY 1, 2;
SELECT table_name, column_name FROM documented EXCEPT ALL SELECT table_name, column_name FROM columns ORDER BY 1, 2;

-- A mark in every column that goes
\set mark 'zqx|98123.?77770|203[.]0[.]113[.]77'
CREATE FUNCTION marked(table_name text, column_name text, mark text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM realty.%I t WHERE t.%I::text ~ $1', $1, $2) INTO n USING mark;
	RETURN n;
END $$;
CREATE FUNCTION ask(method text, path text, body jsonb, token text, key text DEFAULT NULL) RETURNS int LANGUAGE sql AS $$
	SELECT status FROM realty.request($1, $2, $3, bearer($4) || jsonb_build_object('X-Request-Id', CASE WHEN (realty.jwt_verify(token) ->> 'sub')::bigint > 5 THEN 'zqx-request' ELSE 'other' END)
		|| CASE WHEN key IS NULL THEN '{}' ELSE jsonb_build_object('Idempotency-Key', key) END) $$;
SELECT ask('POST', '/api/projects', '{"name": "Palm Court", "city": "Pune", "status": "launched"}', :'aya') AS project,
	ask('POST', '/api/units', '{"project_id": 1, "unit_number": "1", "price": 5000000}', :'aya') AS unit,
	ask('POST', '/api/units', '{"project_id": 1, "unit_number": "2", "price": 5000000}', :'aya') AS another;
SELECT r.status FROM realty.request_raw('POST', '/api/auth/register', E'Content-Type: application/json\r\nUser-Agent: zqx-agent\r\n', convert_to(
	'{"email": "zqx.first@api.example", "password": "correct horse battery", "user_type": "customer", "full_name": "Zqx zqx First",
	"phone": "+91 98123 77770", "address": "zqx street", "city": "zqx city", "state": "zqx state", "preferences": {"zqx": "zqx"}}', 'UTF8'), '203.0.113.77') r;
SELECT id AS zqx_id FROM realty.users WHERE email = 'zqx.first@api.example' \gset
SELECT id AS zqx_c FROM realty.customers WHERE user_id = :zqx_id \gset
SELECT realty.issue_token(:zqx_id) AS zqx \gset
SELECT ask('PATCH', '/api/auth/me', '{"full_name": "zqx second"}', :'zqx') AS name, ask('PATCH', '/api/users/' || :zqx_id, '{"email": "zqx.second@api.example", "extra": {"zqx": 1}}', :'root') AS address,
	ask('PATCH', '/api/customers/' || :zqx_c, '{"extra": {"zqx": "zqx"}, "budget_max": 77}', realty.issue_token(:zqx_id)) AS profile;
SELECT realty.issue_token(:zqx_id) AS zqx \gset
BEGIN;
SELECT realty.authenticate(:'zqx') \gset
UPDATE api.sessions SET revoked_at = now(), revoked_reason = 'zqx reason' WHERE id <> (SELECT max(id) FROM api.sessions);
COMMIT;
SELECT ask('POST', '/api/bookings', '{"unit_id": 1, "notes": "zqx note", "extra": {"zqx": 1}}', :'zqx', 'zqx-key') AS booking,
	ask('POST', '/api/bookings/1/confirm', NULL, :'aya', 'aya-1') AS confirmed,
	ask('PATCH', '/api/bookings/1', '{"notes": "zqx other note"}', :'aya') AS noted;
-- what an administrator does for her with a key, and what the builder amends and why
SELECT ask('POST', '/api/bookings', jsonb_build_object('unit_id', 2, 'customer_id', :zqx_c, 'notes', 'zqx called'), :'root', 'root-1') AS by_root,
	ask('POST', '/api/bookings/2/cancel', '{"reason": "zqx called again"}', :'root', 'root-2') AS off_by_root,
	ask('POST', '/api/units/1/amend', '{"changes": {"floor": 3}, "reason": "zqx saw it"}', :'aya') AS amended;
SELECT ask('POST', '/api/change-requests', '{"booking_id": 1, "title": "zqx title", "description": "zqx description", "extra": {"zqx": 1}}', :'zqx') AS asked,
	ask('POST', '/api/change-requests/1/reject', '{"decision_note": "zqx no"}', :'aya') AS rejected;
SELECT ask('POST', '/api/payments', '{"booking_id": 1, "kind": "token", "amount": 100, "extra": {"zqx": 1}}', :'aya') AS due,
	ask('POST', '/api/payments/1/pay', '{"method": "upi", "transaction_reference": "zqx-ref"}', :'zqx') AS submitted,
	ask('POST', '/api/payments/1/reject', '{"reason": "zqx bounced"}', :'aya') AS rejected;
SELECT ask('POST', '/api/messages', '{"recipient_id": 1, "booking_id": 1, "subject": "zqx subject", "body": "zqx body", "extra": {"zqx": 1}, "attachments": ["https://files.example/zqx.pdf"]}', :'zqx') AS written,
	ask('POST', '/api/messages', jsonb_build_object('recipient_id', :zqx_id, 'booking_id', 1, 'body', 'What Aya writes is hers.'), :'aya') AS answered;
SELECT ask('POST', '/api/appointments', jsonb_build_object('project_id', 1, 'starts_at', t, 'ends_at', t + interval '30 min', 'location', 'zqx house',
	'notes', 'zqx visit', 'extra', '{"zqx": 1}'::jsonb), :'zqx', 'zqx-' || n)
FROM generate_series(1, 3) n, LATERAL (SELECT (date_trunc('week', now() AT TIME ZONE 'UTC') + interval '14 days 11 hours' + n * interval '1 hour') AT TIME ZONE 'Asia/Kolkata') v (t);
-- The third is confirmed with a key, cancelled and deleted: Aya's notifications of it have no link to her any more.
SELECT ask('POST', '/api/appointments/3/confirm', NULL, :'aya', 'aya-3') AS confirmed, ask('POST', '/api/appointments/3/cancel', NULL, :'zqx') AS called_off;
BEGIN;
SELECT realty.authenticate(:'zqx') \gset
DELETE FROM api.appointments WHERE id = 3;
COMMIT;
SELECT kind, title, body FROM realty.notifications WHERE user_id = 1 AND data ->> 'appointment_id' = '3' ORDER BY id;
SELECT status, body FROM realty.idempotency_keys WHERE key = 'aya-3';
SELECT ask('POST', '/api/appointments/1/cancel', '{"reason": "zqx ill"}', :'zqx') AS one_cancelled, ask('POST', '/api/bookings/1/cancel', '{"reason": "zqx changed my mind"}', :'zqx') AS booking_cancelled;
SELECT ask('POST', '/api/auth/forgot-password', '{"email": "zqx.second@api.example"}', NULL) AS letter;
UPDATE realty.bookings SET override_reason = 'zqx override', internal_note = 'zqx says no', private = '{"zqx": 1}' WHERE id = 1;
UPDATE realty.customers SET private = '{"zqx": 1}' WHERE id = :zqx_c;
UPDATE realty.builders SET private = '{"zqy": 1}' WHERE id = 2;
UPDATE realty.notifications SET extra = '{"zqx": 1}' WHERE user_id = :zqx_id;
INSERT INTO realty.audit_log (table_name, action, row_id, user_id, old_row) VALUES ('customers', 'update', :zqx_c, :zqx_id, '{"address": "zqx former street", "id": 7}');
-- and one in a row about another person
INSERT INTO realty.notifications (user_id, kind, title, data) VALUES (1, 'test', 'of another', '{"booking_id": "nonsense"}');
UPDATE realty.idempotency_keys SET headers = '{"x": "zqx"}' WHERE user_id = :zqx_id;
-- Without one: what is no word of hers, and what she has no part in. The rest is marked.
SELECT table_name, string_agg(column_name, ', ' ORDER BY column_name) AS unmarked FROM documented d WHERE treatment = 'goes' AND marked(table_name, column_name, :'mark') = 0 GROUP BY 1 ORDER BY 1;
SELECT table_name, string_agg(column_name, ', ' ORDER BY column_name) AS marked FROM documented d WHERE treatment <> 'goes' AND marked(table_name, column_name, :'mark') > 0 GROUP BY 1 ORDER BY 1;

-- Only by an administrator, and once
SELECT * FROM refusal('DELETE', '/api/users/' || :zqx_id, NULL, :'aya');
SELECT status, data #>> '{user,full_name}' AS name, data #>> '{user,email}' = 'deleted-' || :zqx_id || '@anonymised.invalid' AS nobody FROM answer('DELETE', '/api/users/' || :zqx_id, NULL, :'root');
SELECT table_name, string_agg(column_name, ', ' ORDER BY column_name) AS left_of_her FROM columns c WHERE marked(table_name, column_name, :'mark') > 0 GROUP BY 1 ORDER BY 1;
SELECT DISTINCT table_name, k AS left_in_audit FROM realty.audit_log, jsonb_each_text(coalesce(old_row, '{}') || coalesce(new_row, '{}')) e (k, v) WHERE v ~ :'mark' ORDER BY 1, 2;
SELECT budget_max, (SELECT last_login_at FROM realty.users WHERE id = :zqx_id) FROM realty.customers WHERE id = :zqx_c;
-- What stays: who did what, by number; the money; that a retry was answered; what others wrote
SELECT action, count(*) FROM realty.audit_log WHERE table_name IN ('users', 'bookings', 'payments') AND (row_id = :'zqx_id' AND table_name = 'users' OR booking_id = 1) GROUP BY 1 ORDER BY 1;
SELECT status, total_amount, notes FROM realty.bookings ORDER BY id;
SELECT key, status, body FROM realty.idempotency_keys ORDER BY key;
SELECT body FROM realty.messages ORDER BY id;
-- The future visit is cancelled, and its builder was notified, without a name
SELECT status, cancellation_reason FROM realty.appointments ORDER BY id;
SELECT kind, title, body, data ?| '{booking_id,appointment_id,message_id}' AS refers FROM realty.notifications WHERE user_id = 1 ORDER BY id;
SELECT status, data #>> '{booking,status}' FROM answer('GET', '/api/bookings/1', NULL, :'aya');
SELECT status FROM answer('DELETE', '/api/users/' || :zqx_id, NULL, :'root');
-- It cannot be undone, and no other account can block it: the addresses of deleted accounts cannot be used.
SELECT * FROM refusal('PATCH', '/api/users/' || :zqx_id, '{"is_active": true, "full_name": "zqx again", "email": "zqx@api.example"}', :'root');
SELECT * FROM refusal('POST', '/api/auth/register', jsonb_build_object('email', 'Deleted-4@ANONYMISED.invalid', 'password', 'correct horse battery', 'full_name', 'Eve', 'user_type', 'customer'));
SELECT * FROM refusal('POST', '/api/bookings', jsonb_build_object('unit_id', 2, 'customer_id', :zqx_c), :'root');
SELECT * FROM refusal('POST', '/api/appointments', jsonb_build_object('project_id', 1, 'customer_id', :zqx_c, 'starts_at', '2035-06-04T10:00', 'ends_at', '2035-06-04T11:00'), :'root');
\set VERBOSITY sqlstate
UPDATE realty.users SET is_active = true WHERE id = :zqx_id;
UPDATE realty.users SET anonymised_at = NULL WHERE id = :zqx_id;
INSERT INTO realty.users (email, user_type, full_name, is_active, anonymised_at) VALUES ('x@api.example', 'customer', 'X', true, now());
UPDATE realty.users SET email = 'deleted-4@anonymised.invalid' WHERE id = 3;
\set VERBOSITY default

-- A builder stays while anything of a customer's stands: a booking, money, a visit to come. Each is named, on each surface.
SELECT ask('POST', '/api/projects', '{"name": "Bo Park", "city": "Pune", "status": "launched"}', :'bo') AS project,
	ask('POST', '/api/units/bulk', '[{"project_id": 2, "unit_number": "b1", "price": 100}, {"project_id": 2, "unit_number": "b2", "price": 100}]', :'bo') AS units;
SELECT u.id AS bos_unit FROM realty.units u WHERE u.project_id = 2 AND u.unit_number = 'b1' \gset
SELECT status, data #>> '{booking,id}' AS id FROM answer('POST', '/api/bookings', jsonb_build_object('unit_id', :bos_unit), :'dev') \gset bos_
SELECT status, data #>> '{booking,id}' AS id FROM answer('POST', '/api/bookings', jsonb_build_object('unit_id', :bos_unit + 1), :'dev') \gset second_
SELECT ask('POST', '/api/appointments', jsonb_build_object('project_id', 2, 'starts_at', t, 'ends_at', t + interval '30 min'), :'dev') AS visit
FROM (SELECT (date_trunc('week', now() AT TIME ZONE 'UTC') + interval '14 days 11 hours') AT TIME ZONE 'Asia/Kolkata') v (t);
SELECT a.id AS bos_visit FROM realty.appointments a WHERE a.builder_id = 2 \gset
CREATE FUNCTION what_stands(token text) RETURNS TABLE (status int, message text, field text, fault text) LANGUAGE sql AS $$
	SELECT r.status, r.body::jsonb #>> '{error,message}', f.field, regexp_replace(f.message, '[0-9]+', '#') FROM realty.request('DELETE', '/api/users/2', NULL, bearer(token)) r
		LEFT JOIN LATERAL jsonb_to_recordset(r.body::jsonb #> '{error,details}') f (field text, message text) ON true $$;
SELECT * FROM what_stands(:'root');
SELECT ask('DELETE', '/api/auth/me', '{"password": "correct horse battery"}', :'bo') AS himself;
\set VERBOSITY terse
SELECT realty.erase_user(2);
DELETE FROM realty.users WHERE id = 2;
\set VERBOSITY default
SELECT ask('POST', format('/api/bookings/%s/confirm', :bos_id), NULL, :'bo') AS confirmed, ask('POST', '/api/payments', jsonb_build_object('booking_id', :bos_id, 'amount', 40), :'bo') AS due;
SELECT p.id AS bos_payment FROM realty.payments p WHERE p.booking_id = :bos_id \gset
SELECT ask('POST', format('/api/payments/%s/confirm', :bos_payment), NULL, :'bo') AS paid, ask('POST', format('/api/bookings/%s/cancel', :bos_id), NULL, :'bo') AS cancelled,
	ask('POST', format('/api/bookings/%s/cancel', :second_id), NULL, :'dev') AS second_cancelled;
SELECT * FROM what_stands(:'root');
SELECT p.id AS bos_refund FROM realty.payments p WHERE p.booking_id = :bos_id AND p.kind = 'refund' \gset
SELECT ask('POST', format('/api/payments/%s/pay', :bos_refund), '{"method": "cash"}', :'bo') AS sent, ask('POST', format('/api/payments/%s/confirm', :bos_refund), NULL, :'bo') AS given_back;
SELECT * FROM what_stands(:'root');
SELECT ask('POST', format('/api/appointments/%s/cancel', :bos_visit), NULL, :'bo') AS visit_cancelled;
-- A builder: the person goes, the company's name and projects stay
SELECT ask('PATCH', '/api/builders/2', '{"address": "zqy road", "website": "https://zqy.example", "description": "zqy", "logo_url": "https://zqy.example/l.png", "extra": {"zqy": 1}}', :'bo') AS profile,
	ask('PATCH', '/api/auth/me', '{"full_name": "zqy"}', :'bo') AS name, ask('PATCH', '/api/users/2', '{"email": "zqy@api.example"}', :'root') AS address;
SELECT r.status FROM realty.request('POST', '/api/projects', '{"name": "Bo Park", "city": "Pune"}', bearer(realty.issue_token(2)) || '{"X-Request-Id": "zqy"}') r;
SELECT r.status FROM realty.request('POST', '/api/units', '{"project_id": 2, "unit_number": "1", "price": 1}', bearer(realty.issue_token(2)) || '{"X-Request-Id": "zqy"}') r;
SELECT count(*) FROM realty.audit_log WHERE request_id = 'zqy';
SELECT status FROM answer('DELETE', '/api/users/2', NULL, :'root');
SELECT table_name, column_name FROM columns c WHERE marked(table_name, column_name, 'zqy') > 0;
SELECT company_name, license_number, website FROM realty.builders WHERE id = 2;

-- SQL: a DELETE of more than one account is rejected and erases none; one is reported; the function does it by name
SET client_min_messages = notice;
\set VERBOSITY default
DELETE FROM realty.users;
DELETE FROM realty.users WHERE id IN (1, 3);
SELECT count(*) FROM realty.users WHERE anonymised_at IS NULL;
DELETE FROM realty.users WHERE id = 3;
DELETE FROM realty.users WHERE id = 3;
SELECT realty.erase_user(4);
SELECT realty.erase_user(4);
SELECT realty.erase_user(999);
SELECT realty.erase_user(5);
BEGIN;
SELECT realty.authenticate(:'root') \gset
DELETE FROM api.users;
ROLLBACK;
SET client_min_messages = warning;
SELECT id, is_active, full_name FROM realty.users ORDER BY id;
SELECT * FROM realty.check_invariants();
\i :end
