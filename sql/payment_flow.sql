-- The way of money: scheduled, submitted by the customer, confirmed by the builder,
-- with a receipt; permitted users, and errors.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
CREATE VIEW story.payments AS
SELECT p.kind, p.milestone, p.amount, p.status, p.method, p.transaction_reference, p.paid_at IS NOT NULL AS stamped,
       regexp_replace(p.receipt_number, '^R[0-9]+-[0-9]{4}-[0-9]{2}-', 'R…-') AS receipt
FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id ORDER BY p.id;
GRANT SELECT ON story.payments TO PUBLIC;
CREATE VIEW story.sums AS
SELECT b.total_amount, b.discount, b.paid_amount, b.scheduled_amount, b.refunding_amount
FROM realty.bookings b ORDER BY b.id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS booking \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_booking(:booking);

-- Asha schedules a token and two instalments, in one statement.
INSERT INTO api.payments (booking_id, kind, milestone, amount, due_date) VALUES
    (:booking, 'token', 'On booking', 250000, '2030-01-15'),
    (:booking, 'instalment', 'Foundation', 1000000.50, '2030-06-15'),
    (:booking, 'instalment', 'Roof', 3000000, '2030-12-15');
SELECT min(id) AS token, min(id) + 1 AS foundation, min(id) + 2 AS roof FROM api.payments WHERE booking_id = :booking \gset
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.sums;

-- Chitra pays the token: it is submitted, and does not count yet.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT kind, status, method, transaction_reference FROM api.pay_payment(:token, 'upi', '  UPI-1 ');
SELECT paid_amount FROM api.bookings WHERE id = :booking;
-- Once: a second time is refused. (Whose a reference is: payment_reference.)
SELECT * FROM api.pay_payment(:token, 'upi', 'UPI-2');
SELECT state, code, message FROM story.refusal(format('SELECT api.pay_payment(%s, ''upi'', ''UPI-2'')', :token));
-- Without method or reference, with a word that is no method: all of it at once.
SELECT state, code, detail FROM story.refusal(format('SELECT api.pay_payment(%s, NULL, NULL)', :foundation));
SELECT state, code, detail FROM story.refusal(format('SELECT api.pay_payment(%s, ''barter'', ''  '')', :foundation));
SELECT state, code, detail FROM story.refusal(format('SELECT api.pay_payment(%s, NULL, ''  '')', :foundation));
-- She can confirm nothing, schedule nothing, change no amount, and not write the status by hand.
SELECT * FROM api.confirm_payment(:token);
SELECT * FROM api.reject_payment(:token);
SELECT * FROM api.refund_payment(:token);
INSERT INTO api.payments (booking_id, amount) VALUES (:booking, 1);
UPDATE api.payments SET amount = 1 WHERE id = :foundation;
UPDATE api.payments SET status = 'paid' WHERE id = :token;
UPDATE realty.payments SET status = 'paid' WHERE id = :token;
DELETE FROM api.payments WHERE id = :foundation;

-- The neighbours see nothing of it, and reach nothing.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.payments;
SELECT * FROM api.pay_payment(:foundation, 'upi', 'UPI-9');
SELECT * FROM api.booking_statement(:booking);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.payments;
SELECT * FROM api.confirm_payment(:token);
SELECT * FROM api.reject_payment(:token, 'mine');
SELECT * FROM api.schedule_payments(:booking, '{}');
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.payments (booking_id, amount) VALUES (%s, -1)', :booking));
UPDATE api.payments SET amount = 1 WHERE id = :foundation RETURNING 1;
DELETE FROM api.payments WHERE id = :foundation RETURNING 1;
SELECT state, code, detail FROM story.refusal('INSERT INTO api.payments (booking_id, amount) VALUES (0, -1)');
SELECT state, code, detail FROM story.refusal('INSERT INTO api.payments (kind) VALUES (''gift'')');

-- Asha confirms: it counts, and has the first receipt.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, paid_at = statement_timestamp() AS stamped, right(receipt_number, 6) AS number FROM api.confirm_payment(:token);
SELECT paid_amount FROM api.bookings WHERE id = :booking;
SELECT state, code, message, detail FROM story.refusal(format('SELECT api.confirm_payment(%s)', :token));
-- What is paid stays as it is.
SELECT state, code, message FROM story.refusal(format('UPDATE api.payments SET amount = 1 WHERE id = %s', :token));
SELECT state, code, message FROM story.refusal(format('DELETE FROM api.payments WHERE id = %s', :token));
UPDATE api.payments SET milestone = 'On signing' WHERE id = :token RETURNING milestone;
-- She rejects one, which can be submitted again, with the reason given.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.pay_payment(:foundation, 'cheque', 'CHQ 77');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, message FROM story.refusal(format('DELETE FROM api.payments WHERE id = %s', :foundation));
SELECT status, note FROM api.reject_payment(:foundation, 'The cheque bounced.');
SELECT state, code, message FROM story.refusal(format('SELECT api.confirm_payment(%s)', :foundation));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.pay_payment(:foundation, 'bank_transfer', 'NEFT 78');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_payment(:foundation);
-- Cash over the counter goes from due to paid; an instalment that is due can be moved or deleted.
UPDATE api.payments SET amount = 3000000.25, due_date = '2031-01-01' WHERE id = :roof RETURNING amount, due_date;
SELECT status, method FROM api.confirm_payment(:roof);
INSERT INTO api.payments (booking_id, amount) VALUES (:booking, 10) RETURNING id AS small \gset
DELETE FROM api.payments WHERE id = :small RETURNING amount;
SELECT count(*) FROM api.payments WHERE id = :small;

-- Never more than is owed: 749999.25 is left.
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.payments (booking_id, amount) VALUES (%s, 749999.26)', :booking));
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.payments (booking_id, amount) SELECT %s, 249999.76 FROM generate_series(1, 3)', :booking));
INSERT INTO api.payments (booking_id, amount) VALUES (:booking, 749999.25) RETURNING id AS rest \gset
SELECT state, code, detail FROM story.refusal(format('UPDATE api.payments SET amount = 749999.26 WHERE id = %s', :rest));
SELECT state, code, detail FROM story.refusal(format('UPDATE api.bookings SET discount = 0.01 WHERE id = %s', :booking));
UPDATE api.payments SET amount = 649999.25 WHERE id = :rest RETURNING amount;
UPDATE api.bookings SET discount = 100000 WHERE id = :booking RETURNING discount;
SELECT state, code, detail FROM story.refusal(format('UPDATE api.bookings SET discount = 100000.01 WHERE id = %s', :booking));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.payments;
SELECT * FROM story.sums;

-- The account of it, as Chitra sees it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT jsonb_pretty(s - 'booking_id' - 'booking_number' - 'payments') FROM api.booking_statement(:booking) s;
SELECT p ->> 'milestone' AS milestone, p -> 'amount' AS amount, p ->> 'status' AS status
FROM api.booking_statement(:booking) s, jsonb_array_elements(s -> 'payments') p ORDER BY p -> 'payment_id';
SELECT kind, regexp_replace(title, 'BK-[0-9-]+', 'BK-…') AS title, regexp_replace(body, 'R[0-9]+-[0-9]{4}-[0-9]{2}-', 'R…-') AS body, data ? 'payment_id' AS of_payment
FROM api.notifications WHERE kind LIKE 'pay%' ORDER BY id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind, title, body FROM api.notifications WHERE kind LIKE 'pay%' ORDER BY id;
-- And who did it: Asha reads the history of her bookings' payments.
SELECT a.action, a.old_row ->> 'status' AS before, a.new_row ->> 'status' AS after, a.user_id = :chitra AS by_chitra
FROM api.audit_log a WHERE a.table_name = 'payments' AND a.row_id = :'token' ORDER BY a.id;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- As the owner the same rules hold.
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
SELECT state, code, message FROM story.refusal(format('INSERT INTO realty.payments (booking_id, amount, status) VALUES (%s, 1, ''paid'')', :booking));
INSERT INTO realty.payments (booking_id, amount, receipt_number, paid_at) VALUES (:booking, 1000, 'R1', now())
RETURNING id AS payment, receipt_number, paid_at \gset
\echo :receipt_number :paid_at
SELECT state, code, message, detail FROM story.refusal(format('UPDATE realty.payments SET status = ''refunded'' WHERE id = %s', :payment));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.payments SET receipt_number = ''R1'', paid_at = now(), kind = ''token'' WHERE id = %s', :payment));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.payments SET status = ''lost'' WHERE id = %s', :payment));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.bookings SET paid_amount = 1, scheduled_amount = 0 WHERE id = %s', :booking));
UPDATE realty.payments SET status = 'paid' WHERE id = :payment RETURNING status;
SELECT state, code, message FROM story.refusal(format('UPDATE realty.payments SET status = ''refunded'' WHERE id = %s', :payment));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.payments SET amount = 999 WHERE id = %s', :payment));
SELECT state, code, message FROM story.refusal(format('DELETE FROM realty.payments WHERE id = %s', :payment));
TRUNCATE realty.payments CASCADE;
-- A lower total must leave room for the payments too; the price follows the total.
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.bookings SET total_amount = 999.99 WHERE id = %s', :booking));
UPDATE realty.bookings SET total_amount = 4000000 WHERE id = :booking RETURNING total_amount, unit_price, changes_amount;

-- Receipts have no gap: by builder, and by the financial year of the builder's time zone, whatever the site's.
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :dev_c) RETURNING id AS other \gset
INSERT INTO realty.system_settings (key, value) VALUES ('time_zone', '"Pacific/Pago_Pago"');
INSERT INTO realty.payments (booking_id, amount, milestone)
SELECT b, 10, 'y' || y FROM unnest(ARRAY[:booking, :other]) b, generate_series(1, 4) y;
SAVEPOINT gap;
UPDATE realty.payments SET status = 'paid', paid_at = '2020-04-01 00:00 Asia/Kolkata' WHERE milestone = 'y1';
ROLLBACK TO gap;
UPDATE realty.payments SET status = 'paid', paid_at = '2020-03-31 23:59:59.999 Asia/Kolkata' WHERE milestone = 'y1';
UPDATE realty.payments SET status = 'paid', paid_at = '2020-04-01 00:00 Asia/Kolkata' WHERE milestone IN ('y2', 'y3');
INSERT INTO realty.system_settings (key, value) VALUES ('financial_year_start_month', '1');
UPDATE realty.payments SET status = 'paid', paid_at = '2020-04-01 00:00 Asia/Kolkata' WHERE milestone = 'y4';
SELECT b.builder_id = :asha_b AS of_asha, p.milestone, substr(p.receipt_number, length('R' || b.builder_id) + 1) AS receipt
FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id WHERE p.milestone LIKE 'y_' ORDER BY b.id, p.milestone;
-- A setting that makes no sense is refused; one that came in all the same is as good as none.
UPDATE realty.system_settings SET value = '"Middle/Earth"' WHERE key = 'time_zone';
SET LOCAL session_replication_role = replica;
UPDATE realty.system_settings SET value = '"Middle/Earth"' WHERE key = 'time_zone';
UPDATE realty.system_settings SET value = '"April"' WHERE key = 'financial_year_start_month';
SET LOCAL session_replication_role = origin;
INSERT INTO realty.payments (booking_id, amount, milestone) VALUES (:other, 10, 'y5');
UPDATE realty.payments SET status = 'paid', paid_at = '2020-04-01 00:00+00' WHERE milestone = 'y5';
SELECT substr(p.receipt_number, length('R' || :bala_b) + 1) AS receipt FROM realty.payments p WHERE p.milestone = 'y5';
SELECT * FROM realty.check_invariants();
ROLLBACK;
\set ECHO none
