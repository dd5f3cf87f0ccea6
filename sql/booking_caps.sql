-- Limits: a customer has a few bookings with nothing paid and a few appointments
-- that are only requested, on any surface, with holds and without.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
SHOW realty.max_open_bookings_per_customer;
SHOW realty.max_requested_appointments_per_customer;

-- Without holds
BEGIN;
\i :cast
INSERT INTO realty.units (project_id, tower, unit_number, price) SELECT :palm, 'B', n::text, 100 FROM generate_series(1, 9) n;
CREATE FUNCTION story.b(n int) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT id FROM realty.units WHERE tower = 'B' AND unit_number = n::text AND price = 100 $$;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (story.b(1)) RETURNING id AS first \gset
INSERT INTO api.bookings (unit_id) VALUES (story.b(2)) RETURNING id AS second \gset
INSERT INTO api.bookings (unit_id) VALUES (:p7) RETURNING id AS other_builders \gset
SELECT * FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (story.b(3))');
-- nor several at once, nor through the API
SELECT state, code FROM story.refusal('INSERT INTO api.bookings (unit_id) SELECT story.b(n) FROM generate_series(3, 5) n');
RESET ROLE; SELECT realty.issue_token(:chitra) AS token \gset
SELECT r.status, r.body::jsonb #>> '{error,code}' AS code, r.body::jsonb #>> '{error,message}' AS message
FROM realty.request('POST', '/api/bookings', jsonb_build_object('unit_id', story.b(3)), jsonb_build_object('Authorization', 'Bearer ' || :'token')) r;
-- Dev has his own
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state FROM story.refusal('INSERT INTO api.bookings (unit_id) SELECT story.b(n) FROM generate_series(3, 6) n');
INSERT INTO api.bookings (unit_id) SELECT story.b(n) FROM generate_series(3, 5) n RETURNING status;
-- Customers at the limit: of each builder's own bookings, and of all for the administrators. Chitra is, with two companies together:
-- neither learns of what she has with the other, so she is in the administrators' list only.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT customer_id = :dev_c AS dev, open_bookings, requested_appointments, cardinality(booking_ids) AS listed FROM api.customers_at_limit;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.customers_at_limit;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT customer_id = :chitra_c AS chitra, open_bookings, booking_ids @> ARRAY[:first, :other_builders]::bigint[] AS of_both FROM api.customers_at_limit ORDER BY customer_id;
-- Confirmed, it stands open all the same; so it does when money is only said to be on its way.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_booking(:first);
INSERT INTO api.payments (booking_id, kind, amount) VALUES (:first, 'token', 10) RETURNING id AS token_payment \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (story.b(6))');
SELECT status FROM api.pay_payment(:token_payment, 'upi', 'anything at all');
SELECT state, code FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (story.b(6))');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_payment(:token_payment);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (story.b(6)) RETURNING status;
SELECT state, code FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (story.b(7))');
-- One cancelled makes room for one.
SELECT status FROM api.cancel_booking(:second);
INSERT INTO api.bookings (unit_id) VALUES (story.b(7)) RETURNING status;
SELECT state, code FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (story.b(8))');
-- An administrator goes past the limit, with a reason; other users do not.
SELECT state FROM story.refusal('INSERT INTO api.bookings (unit_id, override_reason) VALUES (story.b(8), ''I am in a hurry'')');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id, customer_id) VALUES (story.b(8), %s)', :chitra_c));
SELECT state, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id, customer_id, override_reason) VALUES (story.b(8), %s, '' '')', :chitra_c));
INSERT INTO api.bookings (unit_id, customer_id, override_reason) VALUES (story.b(8), :chitra_c, 'Buys for her three sons') RETURNING status, override_reason;
-- 0 is no limit.
RESET ROLE; SET LOCAL realty.max_open_bookings_per_customer = 0; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (story.b(9)) RETURNING status;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- With holds: one that has lapsed does not block, one that was confirmed counts.
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10; SET LOCAL realty.max_open_bookings_per_customer = 2;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS first \gset
INSERT INTO api.bookings (unit_id) VALUES (:a102);
SELECT * FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a103));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_booking(:first);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a103));
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE unit_id = :a102;
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE id = :a102;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a103) RETURNING status;
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :p7));
RESET ROLE; SET LOCAL realty.max_open_bookings_per_customer = 1; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:p7);
SELECT message FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a102));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Appointments
BEGIN;
\i :cast
INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes) SELECT b, d, '00:00', '23:59' FROM generate_series(1, 7) d, (VALUES (:asha_b), (:bala_b)) v (b);
CREATE FUNCTION story.ask(project bigint, day int) RETURNS text LANGUAGE sql RETURN
    format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, %L, %L) RETURNING id', project,
           '2199-05-06 10:00+00'::timestamptz + day * interval '1 day', '2199-05-06 11:00+00'::timestamptz + day * interval '1 day');
CREATE FUNCTION story.move(id bigint, day int) RETURNS text LANGUAGE sql RETURN
    format('UPDATE api.appointments SET starts_at = %L, ends_at = %L WHERE id = %s', '2199-05-06 10:00+00'::timestamptz + day * interval '1 day',
           '2199-05-06 11:00+00'::timestamptz + day * interval '1 day', id);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state FROM story.refusal(story.ask(:palm, 1));
SELECT state FROM story.refusal(story.ask(:palm, 2));
SELECT state FROM story.refusal(story.ask(:park, 3));
SELECT * FROM story.refusal(story.ask(:park, 4));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state FROM story.refusal(story.ask(:palm, 5));
-- What the builder has confirmed makes room, and what is cancelled, and what came to nothing long ago.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT min(id) AS visit, max(id) AS other_visit FROM api.appointments WHERE customer_id = :chitra_c \gset
SELECT status FROM api.confirm_appointment(:visit);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state FROM story.refusal(story.ask(:park, 6));
SELECT state, code FROM story.refusal(story.ask(:park, 7));
SELECT status FROM api.cancel_appointment(:other_visit);
SELECT state FROM story.refusal(story.ask(:park, 7));
SELECT state, code FROM story.refusal(story.ask(:park, 8));
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL session_replication_role = replica;
UPDATE realty.appointments SET starts_at = '2020-01-01', ends_at = '2020-01-01 01:00' WHERE customer_id = :chitra_c AND status = 'requested' AND starts_at > '2199-05-13';
SET LOCAL session_replication_role = origin;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state FROM story.refusal(story.ask(:park, 8));
SELECT state, code FROM story.refusal(story.ask(:park, 9));
-- Moving one makes it a request again: one that was confirmed, and one that was not answered in time; not one that is counted.
SELECT min(id) FILTER (WHERE status = 'confirmed') AS confirmed, min(id) FILTER (WHERE status = 'requested' AND starts_at < now()) AS missed,
    min(id) FILTER (WHERE status = 'requested' AND starts_at > now()) AS asked FROM api.appointments \gset
SELECT state, code FROM story.refusal(story.move(:confirmed, 10));
SELECT state, code FROM story.refusal(story.move(:missed, 11));
SELECT state FROM story.refusal(story.move(:asked, 12));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state FROM story.refusal(story.move(:confirmed, 10));
SELECT status FROM api.appointments WHERE id = :confirmed;
RESET ROLE; SET LOCAL realty.max_requested_appointments_per_customer = 0; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state FROM story.refusal(story.ask(:park, 9));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;
