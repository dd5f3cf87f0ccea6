-- A change above its estimate needs the customer's word first; a credit lowers what is still to be paid.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.payments (booking_id, amount, due_date) VALUES (:booking, 4000000, '2030-01-01'), (:booking, 600000, '2030-02-01'), (:booking, 400000, '2030-03-01');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.change_requests (booking_id, title) VALUES (:booking, 'Oak floor') RETURNING id AS floor \gset
INSERT INTO api.change_requests (booking_id, title) VALUES (:booking, 'No kitchen') RETURNING id AS kitchen \gset
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, code, message FROM story.refusal(format('UPDATE realty.change_requests SET status = ''approved'', estimated_cost = 9000, approved_cost = 9000 WHERE id = %s', :floor));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
-- A customer that has seen no estimate has agreed to nothing: neither a price nor the promise of one.
SELECT state, code, message FROM story.refusal(format('SELECT api.accept_change_request(%s, 1500)', :floor));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.refusal(format('SELECT api.approve_change_request(%s, 0.01)', :floor));
SELECT status, estimated_cost FROM api.review_change_request(:floor);
SELECT state, message FROM story.refusal(format('SELECT api.approve_change_request(%s, 1)', :floor));
-- It may come later in the review, and fall, but it does not rise.
SELECT status, estimated_cost FROM api.review_change_request(:floor, 1200);
SELECT state, code, message FROM story.refusal(format('SELECT api.review_change_request(%s, 1200.01)', :floor));
SELECT status, estimated_cost FROM api.review_change_request(:floor, 1000);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT body FROM api.notifications WHERE kind = 'change_under_review' ORDER BY id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.refusal(format('SELECT api.approve_change_request(%s, 1000.01)', :floor));
SELECT state FROM story.refusal(format('SELECT api.accept_change_request(%s, 5000)', :floor));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state FROM story.refusal(format('SELECT api.accept_change_request(%s, 5000)', :floor));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, detail FROM story.refusal(format('SELECT api.accept_change_request(%s, NULL)', :floor));
SELECT state, detail FROM story.refusal(format('SELECT api.accept_change_request(%s, 1.005)', :floor));
SELECT status, accepted_cost FROM api.accept_change_request(:floor, 1500);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT title, body FROM api.notifications WHERE kind = 'change_accepted';
SELECT state, code FROM story.refusal(format('SELECT api.approve_change_request(%s, 1500.01)', :floor));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, code FROM story.refusal(format('UPDATE realty.change_requests SET status = ''approved'', approved_cost = 2000 WHERE id = %s', :floor));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, approved_cost FROM api.approve_change_request(:floor, 1500);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.accept_change_request(%s, 9000)', :floor));
-- A credit: the last instalments go, the one at the border in part.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, estimated_cost FROM api.review_change_request(:kitchen, -500000);
SELECT state, code FROM story.refusal(format('SELECT api.approve_change_request(%s, -400000)', :kitchen));
SELECT status, approved_cost FROM api.approve_change_request(:kitchen, -500000);
SELECT total_amount FROM api.bookings WHERE id = :booking;
SELECT milestone, amount, due_date, status FROM api.payments WHERE booking_id = :booking ORDER BY id;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT scheduled_amount, changes_amount FROM realty.bookings WHERE id = :booking;
SELECT * FROM realty.check_invariants();
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT c ->> 'what' AS what, c ->> 'title' AS title, c ->> 'amount' AS amount FROM jsonb_array_elements(api.booking_statement(:booking) -> 'charges') c;
RESET ROLE; SET LOCAL realty.identity = '';
-- What is paid is refunded, not credited.
UPDATE realty.payments SET status = 'paid' WHERE booking_id = :booking AND status = 'due';
INSERT INTO realty.change_requests (booking_id, title) VALUES (:booking, 'No doors') RETURNING id AS doors \gset
SELECT state, code, message FROM story.refusal(format('UPDATE realty.change_requests SET status = ''approved'', approved_cost = -1 WHERE id = %s', :doors));
SELECT state, code FROM story.refusal(format('UPDATE realty.change_requests SET status = ''approved'', approved_cost = -99000000 WHERE id = %s', :doors));
SELECT * FROM realty.check_invariants();
ROLLBACK;
