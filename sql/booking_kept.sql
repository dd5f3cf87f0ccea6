-- Money keeps a hold: while a payment is submitted or paid the hold has no end, for any reader; when the
-- money is rejected or has gone back, the hold goes on with what was left of it. The builder may wait longer.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
CREATE VIEW story.stand AS SELECT b.status, b.hold_expires_at IS NOT NULL AS ends, b.hold_seconds_left AS seconds_left, u.status AS unit, u.held_until IS NOT NULL AS held,
    (SELECT v.available_units FROM api.projects v WHERE v.id = u.project_id) AS available
    FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id;
-- the clock goes on, for holds that have an end
CREATE FUNCTION story.pass(span interval) RETURNS void LANGUAGE sql AS $$
    UPDATE realty.bookings SET hold_expires_at = hold_expires_at - span WHERE hold_expires_at IS NOT NULL $$;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS booking \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.payments (booking_id, amount) VALUES (:booking, 100), (:booking, 200);
SELECT min(id) AS one, max(id) AS two FROM api.payments WHERE booking_id = :booking \gset
RESET ROLE; SET LOCAL realty.identity = ''; SELECT story.pass('4 min') \gset
SELECT * FROM story.stand;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.pay_payment(:one, 'upi', 'KEPT-1');
SELECT status, hold_expires_at FROM api.bookings;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT status, ends, seconds_left BETWEEN 355 AND 360 AS six_minutes_left, unit, held, available FROM story.stand;
SELECT * FROM realty.check_invariants();
-- An hour later nothing ends it: no booking, no sweep, no builder blocking it.
SELECT story.pass('1 hour') \gset
SELECT * FROM realty.sweep(10) WHERE what = 'holds' AND swept > 0;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT status FROM api.units WHERE id = :a101;
SELECT * FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a101));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state FROM story.refusal(format('SELECT api.block_unit(%s)', :a101));
SELECT state, code FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''1 day'', ''why not'')', :booking));
-- Two are submitted, one is rejected: the other keeps it. Both are rejected: the hold goes on, and can lapse.
SELECT status FROM api.pay_payment(:two, 'upi', 'KEPT-2');
SELECT status FROM api.reject_payment(:one, 'Nothing came');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT status, ends, unit, held, available FROM story.stand;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.reject_payment(:two, 'Nothing came');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.stand;
SELECT hold_expires_at - statement_timestamp() BETWEEN '5 min' AND '6 min' AS six_minutes_left FROM realty.bookings;
SELECT * FROM realty.check_invariants();
-- Submitted again and paid, it stays; paid back as a whole, it goes on.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.pay_payment(:one, 'upi', 'KEPT-3');
SELECT status FROM api.confirm_payment(:one);
RESET ROLE; SET LOCAL realty.identity = '';
SELECT status, ends, unit, held, available FROM story.stand;
SAVEPOINT paid;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT id AS refund FROM api.refund_payment(:one, 100, 'Paid twice') \gset
RESET ROLE; SET LOCAL realty.identity = '';
SELECT ends FROM story.stand;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_payment(:refund);
SELECT id, status FROM api.payments WHERE id = :one AND status = 'refunded' \gset
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.stand;
SELECT * FROM realty.check_invariants();
ROLLBACK TO paid;
-- Confirmed, there is no hold to go on with.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_booking(:booking);
SELECT id AS refund FROM api.refund_payment(:one, 100, 'Paid twice') \gset
SELECT status FROM api.confirm_payment(:refund);
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.stand;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Extending
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
SHOW realty.max_hold_extension;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS booking, hold_expires_at AS until \gset
SELECT state FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''1 day'', ''I ask for it'')', :booking));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT state FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''1 day'', ''not mine'')', :booking));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, detail FROM story.refusal(format('SELECT api.extend_booking(%s, %L, NULL)', :booking, :'until'));
SELECT state, detail FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''8 days'', '' '')', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.extend_booking(%s, NULL, ''x'')', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''2 days'', E''a\u0007b'')', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''2 days'', repeat(''x'', 1001))', :booking));
SELECT status, hold_expires_at = now() + interval '2 days' AS two_days, override_reason FROM api.extend_booking(:booking, now() + interval '2 days', 'Her bank is closed');
SELECT status, held_until = now() + interval '2 days' AS two_days FROM api.units WHERE id = :a101;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT user_id = :chitra AS to_chitra, title ~ 'held longer$' AS held_longer, body ~ 'until .* \(Asia/Kolkata\)\. Her bank is closed$' AS until FROM realty.notifications WHERE kind = 'booking_extended';
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
SET LOCAL realty.max_hold_extension = 0;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''3 days'', ''x'')', :booking));
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL realty.max_hold_extension = '7d';
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE id = :booking;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''3 days'', ''x'')', :booking));
-- What is booked for good has no hold.
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL realty.hold_minutes = 0;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :dev_c) RETURNING id AS firm \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.extend_booking(%s, now() + interval ''3 days'', ''x'')', :firm));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;
