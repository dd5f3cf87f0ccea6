-- A transfer is recorded once: a reference belongs to one booking among a builder's payments by one method that are not rejected.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
CREATE VIEW story.payments AS
SELECT u.unit_number AS unit, p.milestone, p.status, p.method, p.transaction_reference AS reference
FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id JOIN realty.units u ON u.id = b.unit_id ORDER BY p.id;
CREATE FUNCTION story.pay(payment bigint, method text, reference text) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', state, code, message) FROM story.refusal(format('SELECT api.pay_payment(%s, %L, %L)', payment, method, reference)) $$;
GRANT SELECT ON story.payments TO PUBLIC;
-- Chitra books two flats of Asha's, Dev one of hers and one of Bala's.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS one \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a102) RETURNING id AS two \gset
INSERT INTO api.bookings (unit_id) VALUES (:p7) RETURNING id AS balas \gset
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.payments (booking_id, milestone, amount) SELECT b, m, 100 FROM unnest(ARRAY[:one, :two, :balas]) b, unnest('{1,2,3}'::text[]) m;
SELECT min(id) FILTER (WHERE booking_id = :one) AS one1, min(id) FILTER (WHERE booking_id = :one AND milestone = '2') AS one2, min(id) FILTER (WHERE booking_id = :one AND milestone = '3') AS one3,
       min(id) FILTER (WHERE booking_id = :two) AS two1, min(id) FILTER (WHERE booking_id = :two AND milestone = '2') AS two2, min(id) FILTER (WHERE booking_id = :two AND milestone = '3') AS two3,
       min(id) FILTER (WHERE booking_id = :balas) AS balas1, min(id) FILTER (WHERE booking_id = :balas AND milestone = '2') AS balas2
FROM realty.payments \gset

-- Chitra's two instalments share a transfer.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT story.pay(:one1, 'upi', ' UTR 123 '), story.pay(:one2, 'upi', 'utr123');
-- Dev cannot use it again in any spelling; by another method, or at another builder, it is a different reference.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT replace(reference, E'\u200b', '<200b>') AS reference, story.pay(:two1, 'upi', reference) FROM unnest(ARRAY['UTR 123', 'utr123', E'U T R\u00a01 2 3', E'\uff35TR123', E'UTR\u200b123']) reference;
SELECT story.pay(:two1, 'bank_transfer', 'UTR 123');
SELECT story.pay(:balas1, 'upi', 'UTR 123');
-- Cash needs none; what else there is does.
SELECT story.pay(:two2, 'cheque', NULL);
SELECT story.pay(:two2, 'cash', NULL);
SELECT method, transaction_reference FROM api.pay_payment(payment_id => :balas2, method => 'cash');
SELECT count(*) FROM api.payments WHERE transaction_reference ~* 'utr';

-- Asha rejects one of Chitra's: the other still has the transfer. She rejects both: it is free.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.reject_payment(:one1);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT story.pay(:two3, 'upi', 'utr 123');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.reject_payment(:one2);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT story.pay(:two3, 'upi', 'utr 123');
-- And taken: Chitra cannot submit hers again with it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT story.pay(:one1, 'upi', 'UTR 123'), story.pay(:one1, 'upi', 'UTR 124');
-- What is paid keeps its reference, refunded or not.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_payment(:one1);
SELECT status FROM api.confirm_payment(:two3);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT story.pay(:one2, 'upi', 'utr 123'), story.pay(:one2, 'upi', 'UTR124');

-- In SQL it is the same, within one statement too; a due payment that is deleted or gets another reference lets go.
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, code FROM story.refusal(format('INSERT INTO realty.payments (booking_id, amount, transaction_reference) VALUES (%s, 5, ''SAME''), (%s, 5, ''same'')', :one, :two));
INSERT INTO realty.payments (booking_id, milestone, amount, method, transaction_reference) VALUES (:one, 'early', 5, 'upi', 'EARLY') RETURNING id AS early \gset
SELECT state, code FROM story.refusal(format('UPDATE realty.payments SET method = ''upi'', transaction_reference = ''early '' WHERE id = %s', :two2));
UPDATE realty.payments SET transaction_reference = 'EARLY 2' WHERE id = :early;
INSERT INTO realty.payments (booking_id, milestone, amount, method, transaction_reference) VALUES (:two, 'early', 5, 'upi', 'EARLY');
DELETE FROM realty.payments WHERE id = :early;
INSERT INTO realty.payments (booking_id, milestone, amount, method, transaction_reference) VALUES (:two, 'early', 5, 'upi', 'EARLY 2');
UPDATE realty.payments SET method = 'card' WHERE transaction_reference = 'EARLY';
INSERT INTO realty.payments (booking_id, milestone, amount, method, transaction_reference) VALUES (:one, 'early', 5, 'upi', 'EARLY');
-- A booking that is cancelled voids what is due, and its references are free.
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :two;
INSERT INTO realty.payments (booking_id, milestone, amount, method, transaction_reference) VALUES (:one, 'late', 5, 'upi', 'EARLY 2');
SELECT * FROM story.payments;
SELECT r.builder_id = :asha_b AS ashas, r.method, r.reference_key, u.unit_number AS unit FROM realty.payment_references r
JOIN realty.bookings b ON b.id = r.booking_id JOIN realty.units u ON u.id = b.unit_id ORDER BY 1, 2, 3;
SELECT realty.check_invariants();

-- The table is not written by hand and not readable by other roles; deviations in it are reported.
DELETE FROM realty.payment_references;
SET LOCAL session_replication_role = replica;
UPDATE realty.payment_references SET booking_id = :two WHERE reference_key = 'utr124';
DELETE FROM realty.payment_references WHERE reference_key = 'early2';
SELECT rule, regexp_replace(key, '[0-9]+ ', ''), expected = 'bookings ' || :one AS expected_ones, actual = 'bookings ' || :two AS has_twos FROM realty.check_invariants() ORDER BY key, expected;
ROLLBACK;
