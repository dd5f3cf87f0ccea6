-- Many payments at once: COPY, statements over several bookings, savepoints. The sums
-- on the bookings are right after each, or nothing has happened.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
CREATE VIEW story.sums AS
SELECT b.paid_amount, b.scheduled_amount, b.refunding_amount,
       (SELECT count(*) FROM realty.payments p WHERE p.booking_id = b.id) AS payments
FROM realty.bookings b ORDER BY b.id;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS one \gset
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :dev_c) RETURNING id AS two \gset

-- COPY takes the same path: here one booking is written once, and its customer notified once.
CREATE TEMP TABLE notified AS SELECT max(id) AS last FROM realty.notifications;
CREATE TEMP TABLE file AS
SELECT CASE WHEN n % 2 = 0 THEN :one ELSE :two END AS booking_id, 'part ' || n AS milestone, 49.99 AS amount FROM generate_series(1, 4000) n;
CREATE FUNCTION pg_temp.load(want text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY file TO %L', current_setting('data_directory') || '/' || want);
    EXECUTE format('COPY realty.payments (booking_id, milestone, amount) FROM %L', current_setting('data_directory') || '/' || want);
    EXECUTE format('COPY (SELECT 1 WHERE false) TO %L', current_setting('data_directory') || '/' || want);
END $$;
SELECT pg_temp.load('payment_bulk.copy');
SELECT * FROM story.sums;
SELECT kind, count(*) FROM realty.notifications WHERE id > (SELECT last FROM notified) GROUP BY kind;
-- Too much by one row: none of it.
SELECT state, code, detail FROM story.refusal(format(
    'INSERT INTO realty.payments (booking_id, amount) SELECT %s, 49750.51 FROM generate_series(1, 100)', :one));
SELECT * FROM story.sums;

-- A statement over both bookings: submitted, paid, with receipts in the order of the payments.
UPDATE realty.payments SET status = 'submitted', method = 'upi', transaction_reference = 'BULK-' || id WHERE milestone ~ '^part [0-9]{1,3}$';
UPDATE realty.payments SET status = 'paid' WHERE status = 'submitted';
SELECT * FROM story.sums;
SELECT b.id = :one AS first, count(*), min(right(p.receipt_number, 5)), max(right(p.receipt_number, 5)), count(DISTINCT p.receipt_number)
FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id WHERE p.status = 'paid' GROUP BY b.id ORDER BY b.id;
-- Two savepoints, one taken back: neither the sums nor the receipts keep a trace of it.
SAVEPOINT a;
UPDATE realty.payments SET status = 'paid' WHERE milestone IN ('part 1001', 'part 1002');
ROLLBACK TO a;
SAVEPOINT b;
UPDATE realty.payments SET status = 'paid' WHERE milestone IN ('part 1003', 'part 1004');
RELEASE b;
SELECT b.id = :one AS first, max(right(p.receipt_number, 5)) FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id GROUP BY b.id ORDER BY b.id;
-- One statement that schedules, moves and voids at the same time.
WITH added AS (INSERT INTO realty.payments (booking_id, amount) VALUES (:one, 10), (:two, 20) RETURNING id),
     gone AS (DELETE FROM realty.payments WHERE milestone IN ('part 2001', 'part 2002') RETURNING id)
UPDATE realty.payments SET amount = 50 WHERE milestone IN ('part 2003', 'part 2004');
SELECT * FROM story.sums;
-- One reference, at two builders'; and MERGE.
INSERT INTO realty.payments (booking_id, amount, method, transaction_reference) VALUES (:one, 5, 'upi', 'TWICE');
INSERT INTO realty.payments (booking_id, amount, method, transaction_reference) VALUES (:two, 5, 'upi', 'TWICE');
MERGE INTO realty.payments p USING (VALUES (:one, 'part 2005', 7), (:two, 'new', 8)) v (booking_id, milestone, amount) ON p.milestone = v.milestone
WHEN MATCHED THEN UPDATE SET amount = v.amount WHEN NOT MATCHED THEN INSERT (booking_id, milestone, amount) VALUES (v.booking_id, v.milestone, v.amount);
SELECT * FROM story.sums;
-- Both cancelled in one statement: one refund each, of what was paid.
UPDATE realty.bookings SET status = 'cancelled' WHERE id IN (:one, :two);
SELECT * FROM story.sums;
SELECT status, count(*) FROM realty.payments GROUP BY status ORDER BY status;
SELECT count(*) FROM realty.payments WHERE kind = 'refund' AND status = 'due';
-- Both paid back in one statement: every payment of theirs is refunded.
UPDATE realty.payments SET status = 'paid' WHERE kind = 'refund';
SELECT kind, status, count(*) FROM realty.payments GROUP BY kind, status ORDER BY kind, status;
SELECT * FROM story.sums;
SELECT * FROM realty.check_invariants();
ROLLBACK;
\set ECHO none
