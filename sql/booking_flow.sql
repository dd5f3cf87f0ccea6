-- A unit is booked, confirmed, handed over; or cancelled and booked again. With
-- realty.hold_minutes = 0 the unit is booked at once, above 0 it is held until
-- it is confirmed.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
SHOW realty.hold_minutes;

-- Chitra books. Price, project and builder are the unit's, whatever the time.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id, notes) VALUES (:a102, 'corner, please') RETURNING id AS booking,
    booking_number ~ '^BK-[0-9]{4}-[0-9]{6,}$' AS numbered \gset
SELECT :'numbered' AS numbered, status, total_amount, paid_amount, discount, hold_expires_at, confirmed_at,
       customer_id = :chitra_c AS is_hers, project_id = :palm AS of_palm, builder_id = :asha_b AS of_asha, notes
FROM api.bookings WHERE id = :booking;
SELECT status FROM api.units WHERE id = :a102;
SELECT total_units, available_units FROM api.projects WHERE id = :palm;
SELECT kind, title ~ '^Booking BK-[0-9-]+ received$' AS titled, body, read_at, data ->> 'booking_id' = :'booking' AS names_it
FROM api.notifications;
-- The unit's new row version is on the same page, and no index had to change (HOT).
RESET ROLE;
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relid = 'realty.units'::regclass;

-- Asha is notified, sees it, and confirms it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind, body FROM api.notifications;
SELECT name, kind FROM api.contacts ORDER BY name;
SELECT status, confirmed_at = statement_timestamp() AS stamped FROM api.confirm_booking(:booking);
SELECT status FROM api.units WHERE id = :a102;

-- Bala and Dev know nothing of it, and can do nothing to it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.bookings;
SELECT count(*) FROM api.notifications;
SELECT * FROM api.complete_booking(:booking);
SELECT * FROM api.cancel_booking(:booking);
UPDATE api.bookings SET status = 'cancelled' WHERE id = :booking RETURNING 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.bookings;
SELECT * FROM api.cancel_booking(:booking, 'mischief');
UPDATE api.bookings SET cancellation_reason = 'mischief' RETURNING 1;
SELECT status FROM api.units WHERE id = :a102;

-- The hand-over sells the unit; after that nothing more happens to the booking.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, completed_at IS NOT NULL AS stamped FROM api.complete_booking(:booking, 'Paid to the seller');
SELECT status FROM api.units WHERE id = :a102;
SELECT * FROM api.cancel_booking(:booking);

-- Chitra books another, thinks better of it, and Dev gets it at today's price.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS second \gset
SELECT available_units FROM api.projects WHERE id = :palm;
SELECT status, cancellation_reason, cancelled_at = statement_timestamp() AS stamped FROM api.cancel_booking(:second, 'too small');
SELECT status FROM api.units WHERE id = :a101;
SELECT available_units FROM api.projects WHERE id = :palm;
-- Once is enough, and the reason stays what it was.
SELECT state, code, detail FROM story.refusal(format('SELECT api.cancel_booking(%s, ''too dear'')', :second));
SELECT state, code FROM story.refusal(format('UPDATE api.bookings SET cancellation_reason = ''too dear'' WHERE id = %s', :second));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, detail FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
UPDATE api.units SET price = 5100000 WHERE id = :a101;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING status, total_amount;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.bookings;
SELECT kind, count(*), count(DISTINCT user_id) AS people FROM realty.notifications
WHERE user_id IN (:asha, :bala, :chitra, :dev, :esha) GROUP BY kind ORDER BY kind;

-- Who did what, and how the rows were, is in the audit log; Asha reads of her bookings only.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT a.table_name, a.action, a.user_id = :chitra AS by_chitra, a.user_id = :asha AS by_asha,
       a.old_row ->> 'status' AS before, a.new_row ->> 'status' AS after
FROM api.audit_log a WHERE a.booking_id = :booking ORDER BY a.id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.audit_log;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- The same as the owner: no identity needed, the rules hold, and the audit log names the login.
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING status, total_amount;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :dev_c);
UPDATE realty.bookings SET status = 'confirmed' WHERE unit_id = :a101 RETURNING status, confirmed_at IS NOT NULL AS stamped;
UPDATE realty.bookings SET status = 'expired' WHERE unit_id = :a101;
SELECT a.action, a.user_id, a.session_role = session_user AS by_the_login FROM realty.audit_log a
WHERE a.booking_id = (SELECT id FROM realty.bookings WHERE unit_id = :a101) ORDER BY a.id;
-- An administrator books for a customer, with a discount.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
INSERT INTO api.bookings (unit_id, customer_id, discount) VALUES (:p7, :dev_c, 1000) RETURNING status, total_amount, discount;
-- Bookings of many units in one statement, of two projects.
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.bookings (unit_id, customer_id) SELECT u, :chitra_c FROM unnest(ARRAY[:a102, :a103]) u;
SELECT * FROM story.bookings;
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- With a hold: the unit is held, until it is confirmed.
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 30;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101)
RETURNING id AS booking, hold_expires_at - statement_timestamp() AS hold_lasts \gset
\echo :hold_lasts
SELECT u.status, u.held_until = b.hold_expires_at AS until FROM api.units u, api.bookings b WHERE u.id = :a101 AND b.unit_id = u.id;
SELECT available_units FROM api.projects WHERE id = :palm;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, hold_expires_at FROM api.confirm_booking(:booking);
SELECT status, held_until FROM api.units WHERE id = :a101;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.cancel_booking(:booking);
SELECT status, held_until FROM api.units WHERE id = :a101;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
ROLLBACK;
