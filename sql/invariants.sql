-- What check_invariants() promises to find, it finds: each rule is broken on
-- purpose, one row with the triggers off, and exactly that deviation comes back.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- One unit booked, one held, the rest free; all is well.
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
SET LOCAL realty.hold_minutes = 10;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :dev_c) RETURNING id AS hold \gset
SELECT * FROM realty.check_invariants();
SET LOCAL session_replication_role = replica;

SET LOCAL realty.allow_drop = on;
SAVEPOINT well;
-- a unit has at most one active booking: the unique index has to go for that
DROP INDEX realty.bookings_one_active_per_unit;
INSERT INTO realty.bookings (unit_id, customer_id, project_id, builder_id, unit_price, total_amount, status)
VALUES (:a101, :dev_c, :palm, :asha_b, 1, 1, 'confirmed');
SELECT rule, key = 'units ' || :a101 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a unit's status follows its active booking: booked without one,
UPDATE realty.units SET status = 'booked' WHERE id = :p7;
UPDATE realty.inventory SET available = 0 WHERE project_id = :park;
SELECT rule, key = 'units ' || :p7 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- free with one,
UPDATE realty.units SET status = 'blocked' WHERE id = :a101;
SELECT rule, key = 'units ' || :a101 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- and booked where it should be sold or held.
UPDATE realty.bookings SET status = 'completed' WHERE id = :booking;
SELECT rule, key = 'units ' || :a101 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.units SET status = 'booked', held_until = NULL WHERE id = :a102;
UPDATE realty.inventory SET available = 0 WHERE available_from IS NOT NULL;
SELECT rule, key = 'units ' || :a102 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a held unit is held as long as its booking
UPDATE realty.units SET held_until = '2030-01-01 00:00+00' WHERE id = :a102;
UPDATE realty.inventory SET available_from = '2030-01-01 00:00+00' WHERE available_from IS NOT NULL;
SELECT rule, key = 'units ' || :a102 AS that_row, expected::timestamptz = b.hold_expires_at AS expected, actual
FROM realty.check_invariants(), realty.bookings b WHERE b.id = :hold;
ROLLBACK TO well;
-- a booking names its unit's project and builder
UPDATE realty.bookings SET project_id = :park WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected = concat_ws(' ', :palm, :asha_b) AS expected,
       actual = concat_ws(' ', :park, :asha_b) AS actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.bookings SET builder_id = :bala_b WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected = concat_ws(' ', :palm, :asha_b) AS expected,
       actual = concat_ws(' ', :palm, :bala_b) AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a unit names its project's builder
UPDATE realty.units SET builder_id = :bala_b WHERE id = :a103;
SELECT rule, key = 'units ' || :a103 AS that_row, expected = :'asha_b' AS expected, actual = :'bala_b' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a unit is listed once its project has left planning, and not before
UPDATE realty.units SET is_listed = false WHERE id = :a103;
SELECT rule, key = 'units ' || :a103 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.units SET is_listed = true WHERE id = :q1;
SELECT rule, key = 'units ' || :q1 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- projects.total_units equals a recount
INSERT INTO realty.inventory (project_id, total, available) VALUES (:palm, 1, 0);
SELECT rule, key = 'projects ' || :palm AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- projects.available_units equals a recount
INSERT INTO realty.inventory (project_id, total, available) VALUES (:palm, 0, -1);
SELECT rule, key = 'projects ' || :palm AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- from the end of a hold on
UPDATE realty.inventory SET available_from = '2030-01-01 00:00+00' WHERE available_from IS NOT NULL;
SELECT rule, key = 'projects ' || :palm || ' from Tue Jan 01 00:00:00 2030 UTC' AS other_end,
       key = 'projects ' || :palm || ' from ' || b.hold_expires_at AS own_end, expected, actual
FROM realty.check_invariants(), realty.bookings b WHERE b.id = :hold ORDER BY expected;
ROLLBACK TO well;
-- also of a project without units, or of none at all
INSERT INTO realty.inventory (project_id, total, available) VALUES (0, 0, 1);
SELECT rule, key, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a line that was lost breaks both counts of its project
DELETE FROM realty.inventory WHERE project_id = :park;
SELECT rule, key = 'projects ' || :park AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- builders.total_projects equals a recount
UPDATE realty.builders SET total_projects = 7 WHERE id = :bala_b;
SELECT rule, key = 'builders ' || :bala_b AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- bookings.paid_amount equals a recount: paid ones count, refunds off, others not
UPDATE realty.bookings SET paid_amount = 1 WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.payments (booking_id, kind, amount, status, receipt_number) VALUES
    (:booking, 'token', 500, 'paid', format('R%s-2026-27-00001', :asha_b)),
    (:booking, 'instalment', 40, 'refunded', format('R%s-2026-27-00002', :asha_b)),
    (:booking, 'instalment', 70, 'failed', NULL), (:booking, 'refund', 100, 'paid', NULL);
INSERT INTO realty.receipt_counters VALUES (:asha_b, '2026-27', 2);
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
-- receipts have no gap: one is missing, or one was never counted
UPDATE realty.bookings SET paid_amount = 440 WHERE id = :booking;
UPDATE realty.payments SET receipt_number = format('R%s-2026-27-00003', :asha_b) WHERE booking_id = :booking AND amount = 40;
SELECT rule, key = 'receipt_counters ' || :asha_b || ' 2026-27' AS that_row, expected, actual FROM realty.check_invariants();
UPDATE realty.receipt_counters SET last_number = 3;
SELECT rule, expected, actual FROM realty.check_invariants();
DELETE FROM realty.receipt_counters;
SELECT rule, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.receipt_counters VALUES (:bala_b, '2026-27', 1);
SELECT rule, key = 'receipt_counters ' || :bala_b || ' 2026-27' AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a payment has a receipt once it is paid, and not before
INSERT INTO realty.payments (booking_id, kind, amount, status) VALUES (:booking, 'token', 500, 'paid') RETURNING id AS payment \gset
UPDATE realty.bookings SET paid_amount = 500 WHERE id = :booking;
SELECT rule, key = 'payments ' || :payment AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.payments (booking_id, kind, amount, status, receipt_number)
VALUES (:booking, 'token', 500, 'failed', format('R%s-2026-27-00001', :asha_b)) RETURNING id AS payment \gset
INSERT INTO realty.receipt_counters VALUES (:asha_b, '2026-27', 1);
SELECT rule, key = 'payments ' || :payment AS that_row, expected, actual = format('R%s-2026-27-00001', :asha_b) AS actual
FROM realty.check_invariants();
ROLLBACK TO well;
-- bookings.scheduled_amount and bookings.refunding_amount equal a recount
INSERT INTO realty.payments (booking_id, kind, amount, status) VALUES (:booking, 'instalment', 70, 'submitted'), (:booking, 'token', 5, 'due');
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.bookings SET refunding_amount = -1 WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- payments stay within what is owed, refunds within what was paid: the checks have to go for that
ALTER TABLE realty.bookings DROP CONSTRAINT bookings_discount_leaves_the_payments, DROP CONSTRAINT bookings_refunding_amount_is_within_paid;
INSERT INTO realty.payments (booking_id, amount) VALUES (:booking, 5000000.01);
UPDATE realty.bookings SET scheduled_amount = 5000000.01 WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
ALTER TABLE realty.bookings DROP CONSTRAINT bookings_refunding_amount_is_within_paid;
INSERT INTO realty.payments (booking_id, kind, amount) VALUES (:booking, 'refund', 5);
UPDATE realty.bookings SET refunding_amount = 5 WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a payment's refunds stay within it, and are of its booking
INSERT INTO realty.payments (booking_id, kind, amount, status, receipt_number) VALUES
    (:booking, 'token', 20, 'paid', format('R%s-2026-27-00001', :asha_b)) RETURNING id AS payment \gset
INSERT INTO realty.payments (booking_id, kind, amount, status, receipt_number) VALUES
    (:booking, 'token', 30, 'paid', format('R%s-2026-27-00002', :asha_b));
INSERT INTO realty.receipt_counters VALUES (:asha_b, '2026-27', 2);
INSERT INTO realty.payments (booking_id, kind, amount, refund_of) VALUES (:booking, 'refund', 21, :payment) RETURNING id AS refund \gset
UPDATE realty.bookings SET paid_amount = 50, refunding_amount = 21 WHERE id = :booking;
SELECT rule, key = 'payments ' || :payment AS that_row, expected, actual FROM realty.check_invariants();
UPDATE realty.payments SET booking_id = :hold, status = 'failed' WHERE id = :refund;
UPDATE realty.bookings SET refunding_amount = 0 WHERE id = :booking;
SELECT rule, key = 'payments ' || :refund AS that_row, expected = 'bookings ' || :booking AS expected, actual = 'bookings ' || :hold AS actual
FROM realty.check_invariants();
ROLLBACK TO well;
-- a booking's total is its price and its approved changes
UPDATE realty.bookings SET changes_amount = 1, total_amount = total_amount + 1 WHERE id = :booking;
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title, status, approved_cost) VALUES
    (:booking, :a101, :chitra_c, 'Wider door', 'completed', 7), (:booking, :a101, :chitra_c, 'Red door', 'rejected', 9);
SELECT rule, key = 'bookings ' || :booking AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a change request names its booking's unit and customer
INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title) VALUES (:booking, :a102, :chitra_c, 'Wider door') RETURNING id AS change \gset
SELECT rule, key = 'change_requests ' || :change AS that_row, expected = concat_ws(' ', :a101, :chitra_c) AS expected,
       actual = concat_ws(' ', :a102, :chitra_c) AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- an account has the one profile of its type
DELETE FROM realty.customers WHERE id = :chitra_c;
SELECT rule, key = 'users ' || :chitra AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.builders (user_id, company_name) VALUES (:dev, 'Dev and Sons');
SELECT rule, key = 'users ' || :dev AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.customers (user_id) VALUES (:esha);
SELECT rule, key = 'users ' || :esha AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- progress equals a recount, of a unit and of a project; the sums behind it as well
UPDATE realty.units SET progress_percent = 12.5 WHERE id = :a103;
SELECT rule, key = 'units ' || :a103 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.units SET progress_points = 12.5 WHERE id = :a103;
SELECT rule, key = 'units ' || :a103 AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.projects SET progress_percent = 12.5 WHERE id = :palm;
SELECT rule, key = 'projects ' || :palm AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
UPDATE realty.projects SET progress_weight = 12.5 WHERE id = :palm;
SELECT rule, key = 'projects ' || :palm AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a phase's unit is of its project
UPDATE realty.units SET progress_weight = 1 WHERE id = :p7;
UPDATE realty.projects SET progress_weight = 1 WHERE id = :palm;
INSERT INTO realty.project_progress (project_id, unit_id, phase) VALUES (:palm, :p7, 'astray') RETURNING id AS phase \gset
SELECT rule, key = 'project_progress ' || :phase AS that_row, expected = :'park' AS expected, actual = :'palm' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- an appointment names its project's builder, and a unit of that project
INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at) VALUES
    (:chitra_c, :bala_b, :palm, '2030-01-01 10:00Z', '2030-01-01 11:00Z') RETURNING id AS visit \gset
SELECT rule, key = 'appointments ' || :visit AS that_row, expected = :'asha_b' AS expected, actual = :'bala_b' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
INSERT INTO realty.appointments (customer_id, builder_id, project_id, unit_id, starts_at, ends_at) VALUES
    (:chitra_c, :asha_b, :palm, :p7, '2030-01-01 10:00Z', '2030-01-01 11:00Z') RETURNING id AS visit \gset
SELECT rule, key = 'appointments ' || :visit AS that_row, expected = :'park' AS expected, actual = :'palm' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- active appointments do not overlap: the constraints have to go for that
ALTER TABLE realty.appointments DROP CONSTRAINT appointments_of_builder_do_not_overlap, DROP CONSTRAINT appointments_of_customer_do_not_overlap;
INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at) VALUES
    (:chitra_c, :asha_b, :palm, '2030-01-01 10:00Z', '2030-01-01 11:00Z') RETURNING id AS first \gset
INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at) VALUES
    (:dev_c, :asha_b, :palm, '2030-01-01 10:30Z', '2030-01-01 11:30Z') RETURNING id AS visit \gset
SELECT rule, key = 'appointments ' || :visit AS that_row, expected, actual = 'appointments ' || :first || ' of the builder' AS actual FROM realty.check_invariants();
UPDATE realty.appointments SET customer_id = :chitra_c, builder_id = :bala_b, project_id = :park WHERE id = :visit;
SELECT rule, key = 'appointments ' || :visit AS that_row, expected, actual = 'appointments ' || :first || ' of the customer' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a thread is between the same two, and has one root
INSERT INTO realty.messages (sender_id, recipient_id, body) VALUES (:chitra, :asha, 'root') RETURNING id AS root \gset
INSERT INTO realty.messages (sender_id, recipient_id, body, parent_id) VALUES (:asha, :chitra, 'reply', :root) RETURNING id AS reply \gset
SELECT * FROM realty.check_invariants();
SAVEPOINT thread;
INSERT INTO realty.messages (sender_id, recipient_id, body, parent_id) VALUES (:dev, :asha, 'me too', :root) RETURNING id AS message \gset
SELECT rule, key = 'messages ' || :message AS that_row, expected = :asha || ' and ' || :chitra AS expected, actual = :asha || ' and ' || :dev AS actual FROM realty.check_invariants();
ROLLBACK TO thread;
INSERT INTO realty.messages (sender_id, recipient_id, body, parent_id) VALUES (:chitra, :asha, 'again', :reply) RETURNING id AS message \gset
SELECT rule, key = 'messages ' || :message AS that_row, expected = :'root' AS expected, actual = :'reply' AS actual FROM realty.check_invariants();
ROLLBACK TO well;
-- a notification belongs to an account
INSERT INTO realty.notifications (user_id, kind, title) VALUES (0, 'lost', 'to nobody') RETURNING id AS lost \gset
SELECT rule, key = 'notifications ' || :lost AS that_row, expected, actual FROM realty.check_invariants();
ROLLBACK TO well;

-- Those were all the rules that there are: a new one shows here, and wants its break above.
SELECT DISTINCT replace(m[1], '''''', '''') AS rule
FROM regexp_matches(pg_get_functiondef('realty.check_invariants()'::regprocedure),
    'SELECT ''((?:[^'']|'''')*)''::text', 'g') m ORDER BY 1;
SELECT * FROM realty.check_invariants();
-- With the triggers on, the profile of the wrong type is refused to begin with.
SET LOCAL session_replication_role = origin;
SELECT state, code, detail FROM story.refusal(format('INSERT INTO realty.customers (user_id) VALUES (%s)', :asha));
SELECT state, code, detail FROM story.refusal(format('INSERT INTO realty.builders (user_id, company_name) VALUES (%s, ''x'')', :chitra));
-- No API role may look.
SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT * FROM realty.check_invariants();
RESET ROLE;
ROLLBACK;

-- With the triggers on they cannot be broken by hand: derived sums are written by triggers only.
BEGIN;
\i :cast
\set VERBOSITY terse
\set ECHO all
UPDATE realty.builders SET total_projects = 99 WHERE id = :asha_b;
UPDATE realty.projects SET progress_percent = 99 WHERE id = :palm;
UPDATE realty.units SET progress_percent = 99 WHERE id = :a101;
INSERT INTO realty.projects (builder_id, name, city, progress_percent) VALUES (:asha_b, 'Done', 'Pune', 100);
UPDATE realty.units SET status = 'sold', builder_id = :bala_b WHERE id = :a101;
UPDATE realty.inventory SET available = 0;
DELETE FROM realty.inventory;
INSERT INTO realty.receipt_counters (builder_id, financial_year, last_number) VALUES (:asha_b, '2030-31', 7);
-- Days are days of the calendar.
UPDATE realty.projects SET launch_date = '-infinity', expected_completion = 'infinity', actual_completion = 'infinity' WHERE id = :palm;
INSERT INTO realty.project_progress (project_id, phase, planned_start, planned_end, actual_start, actual_end, percent)
VALUES (:palm, 'x', '-infinity', 'infinity', '-infinity', 'infinity', 100);
INSERT INTO realty.builder_availability (builder_id, exception_date) VALUES (:asha_b, 'infinity');
-- An administrator sees drafts, and the error says why they cannot be booked.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
INSERT INTO api.bookings (unit_id, customer_id) VALUES (:q1, :chitra_c);
RESET ROLE;
SELECT * FROM realty.check_invariants();
ROLLBACK;
