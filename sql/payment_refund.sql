-- Money that goes back: refunds of a payment, of a cancelled booking, of a hold that
-- ran out, and of what was on its way when the booking ended.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
CREATE VIEW story.payments AS
SELECT p.kind, p.milestone, p.amount, p.status, p.refund_of IS NOT NULL AS names_one, p.note
FROM realty.payments p ORDER BY p.id;
CREATE VIEW story.sums AS
SELECT b.status, b.paid_amount, b.scheduled_amount, b.refunding_amount FROM realty.bookings b ORDER BY b.id;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.payments (booking_id, amount, milestone) VALUES
    (:booking, 1000, 'one'), (:booking, 2000, 'two'), (:booking, 3000, 'three'), (:booking, 4000, 'four');
SELECT min(id) AS one, min(id) + 1 AS two, min(id) + 2 AS three FROM realty.payments WHERE booking_id = :booking \gset
UPDATE realty.payments SET status = 'paid' WHERE id IN (:one, :two);

-- Asha gives back a part of the first: it opens, is paid, and counts off.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind, amount, status, note FROM api.refund_payment(:one, 400.50, 'Paid twice in part');
SELECT state, code, detail FROM story.refusal(format('SELECT api.refund_payment(%s, 599.51)', :one));
SELECT state, code, detail FROM story.refusal(format('SELECT api.refund_payment(%s, 0)', :one));
SELECT state, code, message FROM story.refusal(format('SELECT api.refund_payment(%s)', :three));
SELECT max(id) AS refund FROM api.payments WHERE kind = 'refund' \gset
UPDATE api.payments SET amount = 1 WHERE id = :refund;
SELECT state, code, message FROM story.refusal(format('SELECT api.refund_payment(%s)', :refund));
-- Chitra sees it, and can neither settle nor lose it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code, message FROM story.refusal(format('SELECT api.pay_payment(%s, ''upi'', ''MINE'')', :refund));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, receipt_number FROM api.confirm_payment(:refund);
SELECT status, paid_amount FROM api.bookings WHERE id = :booking;
SELECT status FROM api.payments WHERE id = :one;
-- The rest of it, by transfer; with that the payment is refunded.
SELECT amount FROM api.refund_payment(:one);
SELECT max(id) AS refund FROM api.payments WHERE kind = 'refund' \gset
SELECT status FROM api.pay_payment(:refund, 'bank_transfer', 'BACK-1');
SELECT status FROM api.reject_payment(:refund, 'Account closed.');
SELECT status FROM api.pay_payment(:refund, 'bank_transfer', 'BACK-2');
SELECT status FROM api.confirm_payment(:refund);
SELECT status, receipt_number IS NOT NULL AS keeps_its_receipt FROM api.payments WHERE id = :one;
SELECT state, code, message FROM story.refusal(format('SELECT api.refund_payment(%s)', :one));
SELECT state, code, message FROM story.refusal(format('DELETE FROM api.payments WHERE id = %s', :one));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.sums;
-- What went back is owed again and can be scheduled again; a refund that opened by mistake can go.
SELECT state, code, detail FROM story.refusal(format('INSERT INTO realty.payments (booking_id, amount) VALUES (%s, 4991000.01)', :booking));
INSERT INTO realty.payments (booking_id, amount, milestone) VALUES (:booking, 4991000, 'five') RETURNING id AS five \gset
DELETE FROM realty.payments WHERE id = :five;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT id AS mistake FROM api.refund_payment(:two) \gset
DELETE FROM api.payments WHERE id = :mistake RETURNING amount;

-- Chitra submits the third, then cancels: what was due is void, what was paid goes back,
-- what is submitted waits for its decision.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.pay_payment(:three, 'upi', 'LATE-3');
SELECT status FROM api.cancel_booking(:booking, 'Moving away');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.payments;
SELECT * FROM story.sums;
-- Nothing more is scheduled or paid on it, and its refund cannot be removed or reduced.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, regexp_replace(message, 'BK-[0-9-]+', 'BK-…') AS message FROM story.refusal(format('INSERT INTO api.payments (booking_id, amount) VALUES (%s, 1)', :booking));
SELECT state, code FROM story.refusal(format('SELECT api.pay_payment(%s, ''upi'', ''LATE-4'')', :three + 1));
SELECT state, code FROM story.refusal(format('SELECT api.schedule_payments(%s, ''{"type": "equal", "count": 2, "first_due_date": "2027-01-01", "interval_days": 7}'')', :booking));
SELECT id AS back FROM api.payments WHERE kind = 'refund' AND status = 'due' \gset
SELECT state, code, message FROM story.refusal(format('DELETE FROM api.payments WHERE id = %s', :back));
SELECT state, code, message FROM story.refusal(format('UPDATE api.payments SET amount = 1 WHERE id = %s', :back));
SELECT state, code, detail FROM story.refusal(format('SELECT api.refund_payment(%s)', :two));
-- The money that was on its way arrives: it is confirmed, and goes back as well.
SELECT status FROM api.confirm_payment(:three);
SELECT status FROM api.confirm_payment((SELECT id FROM api.payments WHERE kind = 'refund' AND status = 'due' AND refund_of IS NULL));
SELECT status FROM api.confirm_payment((SELECT id FROM api.payments WHERE kind = 'refund' AND status = 'due'));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.payments;
SELECT * FROM story.sums;
SELECT u.full_name, n.kind, regexp_replace(n.title, 'BK-[0-9-]+', 'BK-…') AS title, regexp_replace(n.body, 'BK-[0-9-]+', 'BK-…') AS body
FROM realty.notifications n JOIN realty.users u ON u.id = n.user_id WHERE n.kind LIKE 'refund%' ORDER BY n.id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT s -> 'paid' AS paid, s -> 'refunds_due' AS refunds_due, s -> 'balance' AS balance FROM api.booking_statement(:booking) s;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- The site keeps a tenth.
BEGIN;
\i :cast
INSERT INTO realty.system_settings (key, value) VALUES ('refund_percent', '90');
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.payments (booking_id, amount, milestone) VALUES (:booking, 1000.05, 'one'), (:booking, 333.33, 'two');
UPDATE realty.payments SET status = 'paid' WHERE milestone = 'one';
UPDATE realty.payments SET status = 'submitted', method = 'upi', transaction_reference = 'TENTH' WHERE milestone = 'two';
-- a refund that is open already is part of it
INSERT INTO realty.payments (booking_id, kind, amount) VALUES (:booking, 'refund', 100);
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :booking;
UPDATE realty.payments SET status = 'paid' WHERE milestone = 'two';
SELECT kind, milestone, amount, status FROM realty.payments WHERE booking_id = :booking ORDER BY id;
UPDATE realty.payments SET status = 'paid' WHERE booking_id = :booking AND kind = 'refund';
SELECT kind, milestone, amount, status FROM realty.payments WHERE booking_id = :booking ORDER BY id;
SELECT paid_amount, refunding_amount FROM realty.bookings WHERE id = :booking;
-- Nothing at all; a setting out of its range is refused.
UPDATE realty.system_settings SET value = '0' WHERE key = 'refund_percent';
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.payments (booking_id, amount) VALUES (:booking, 10) RETURNING id AS ten \gset
UPDATE realty.payments SET status = 'paid' WHERE id = :ten;
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :booking;
SELECT kind, amount, status FROM realty.payments WHERE booking_id = :booking ORDER BY id;
SELECT state, detail FROM story.refusal($$UPDATE realty.system_settings SET value = '101' WHERE key = 'refund_percent'$$);
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- A hold that ran out, with the sweeper off: no paying, no scheduling, no confirming of payments.
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 30;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.payments (booking_id, amount) VALUES (:booking, 100), (:booking, 200), (:booking, 300);
SELECT min(id) AS one, min(id) + 1 AS two, min(id) + 2 AS three FROM realty.payments WHERE booking_id = :booking \gset
UPDATE realty.payments SET status = 'submitted', method = 'upi', transaction_reference = 'HOLD-' || id WHERE id IN (:one, :two);
UPDATE realty.payments SET status = 'paid' WHERE id = :one;
UPDATE realty.bookings SET hold_expires_at = statement_timestamp() - interval '1 second' WHERE id = :booking;
UPDATE realty.units SET held_until = b.hold_expires_at FROM realty.bookings b WHERE b.id = :booking AND b.unit_id = units.id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code, regexp_replace(message, 'BK-[0-9-]+', 'BK-…') AS message FROM story.refusal(format('SELECT api.pay_payment(%s, ''upi'', ''HOLD-3'')', :three));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.confirm_payment(%s)', :two));
SELECT state, code FROM story.refusal(format('SELECT api.confirm_payment(%s)', :three));
SELECT state, code FROM story.refusal(format('INSERT INTO api.payments (booking_id, amount) VALUES (%s, 1)', :booking));
-- The next booking expires it: what was due is void, what was paid goes back, all of it; the rest is still decided.
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.system_settings (key, value) VALUES ('refund_percent', '10');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING status;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, paid_amount FROM api.bookings WHERE id = :booking;
SELECT kind, milestone, amount, status FROM api.payments WHERE booking_id = :booking ORDER BY id;
SELECT status FROM api.confirm_payment(:two);
SELECT state, code FROM story.refusal(format('SELECT api.pay_payment(%s, ''upi'', ''HOLD-3'')', :three));
SELECT kind, milestone, amount, status FROM api.payments WHERE booking_id = :booking ORDER BY id;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;
\set ECHO none
