-- A customer requests to alter a booked unit; the builder decides, and an approval
-- costs: once, on the booking's total and as an instalment.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
CREATE VIEW story.sums AS
SELECT b.unit_price, b.changes_amount, b.total_amount, b.scheduled_amount FROM realty.bookings b ORDER BY b.id;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :dev_c) RETURNING id AS devs \gset

-- Chitra asks; unit and customer are the booking's.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.change_requests (booking_id, title, description, category) VALUES (:booking, 'Wider door', 'For a wheelchair', 'layout')
RETURNING id AS door \gset
SELECT status, unit_id = :a101 AS of_unit, customer_id = :chitra_c AS hers, decided_by, decided_at FROM api.change_requests WHERE id = :door;
INSERT INTO api.change_requests (booking_id, title) VALUES (:booking, 'Red walls'), (:booking, 'More sockets'), (:booking, 'A pool');
SELECT :door + 1 AS walls, :door + 2 AS sockets, :door + 3 AS pool \gset
-- Not for another customer's booking, nor for none, and all violations at once.
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.change_requests (booking_id, title, category) VALUES (%s, '''', ''magic'')', :devs));
SELECT state, code, detail FROM story.refusal('INSERT INTO api.change_requests (title) VALUES (NULL)');
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.change_requests (booking_id, title) VALUES (%s, '' '')', :booking));
-- She sets no status, no cost, no customer; what she asks for she can mend while it is submitted.
INSERT INTO api.change_requests (booking_id, title, status) VALUES (:booking, 'x', 'approved');
INSERT INTO api.change_requests (booking_id, title, approved_cost) VALUES (:booking, 'x', 1);
INSERT INTO api.change_requests (booking_id, title, customer_id) VALUES (:booking, 'x', :dev_c);
UPDATE api.change_requests SET status = 'approved' WHERE id = :door;
UPDATE api.change_requests SET estimated_cost = 0 WHERE id = :door;
SELECT * FROM api.approve_change_request(:door, 0);
SELECT * FROM api.reject_change_request(:door);
SELECT * FROM api.review_change_request(:door);
DELETE FROM api.change_requests WHERE id = :door;
UPDATE api.change_requests SET title = 'Wide door' WHERE id = :door RETURNING title;
SELECT state, code, detail FROM story.refusal(format('UPDATE api.change_requests SET title = '''', category = ''magic'' WHERE id = %s', :door));

-- The neighbours see nothing of it, and decide nothing.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.change_requests;
SELECT * FROM api.withdraw_change_request(:door);
UPDATE api.change_requests SET title = 'mine' WHERE id = :door RETURNING 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.change_requests;
SELECT * FROM api.approve_change_request(:door, 1);
SELECT * FROM api.reject_change_request(:door);

-- Asha looks into it, approves with a cost, once.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status, estimated_cost, decided_at FROM api.review_change_request(:door, 50000);
UPDATE api.change_requests SET title = 'No door' WHERE id = :door;
SELECT state, code, detail FROM story.refusal(format('SELECT api.approve_change_request(%s, NULL)', :door));
SELECT state, code, detail FROM story.refusal(format('SELECT api.approve_change_request(%s, -1000000000000)', :door));
SELECT state, code, message FROM story.refusal(format('SELECT api.complete_change_request(%s)', :door));
SELECT status, approved_cost, decision_note, decided_by = :asha AS by_asha, decided_at = statement_timestamp() AS stamped
FROM api.approve_change_request(:door, 45000.50, 'With the frame.');
SELECT state, code, message, detail FROM story.refusal(format('SELECT api.approve_change_request(%s, 45000.50)', :door));
SELECT state, code, message FROM story.refusal(format('SELECT api.reject_change_request(%s)', :door));
SELECT total_amount FROM api.bookings WHERE id = :booking;
SELECT kind, milestone, amount, status FROM api.payments WHERE booking_id = :booking;
-- Straight from submitted, for nothing: no instalment.
SELECT status, approved_cost FROM api.approve_change_request(:sockets, 0);
SELECT status, decision_note, decided_by = :asha AS by_asha FROM api.reject_change_request(:walls, 'Not in this tower.');
SELECT status FROM api.complete_change_request(:door);
SELECT state, code, message FROM story.refusal(format('SELECT api.withdraw_change_request(%s)', :pool));
-- Chitra withdraws the last one while it is under review; what is under review she cannot edit.
SELECT status FROM api.review_change_request(:pool);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code, message, detail FROM story.refusal(format('UPDATE api.change_requests SET title = ''A pond'' WHERE id = %s', :pool));
SELECT status, decided_by FROM api.withdraw_change_request(:pool);
SELECT state, code, message FROM story.refusal(format('SELECT api.withdraw_change_request(%s)', :door));
-- The account shows price and changes.
SELECT c ->> 'what' AS what, c ->> 'title' AS title, c -> 'amount' AS amount
FROM api.booking_statement(:booking) s, jsonb_array_elements(s -> 'charges') c;
SELECT kind, title, body FROM api.notifications WHERE kind LIKE 'change%' ORDER BY id;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind, title, body FROM api.notifications WHERE kind LIKE 'change%' ORDER BY id;
SELECT a.action, a.old_row ->> 'status' AS before, a.new_row ->> 'status' AS after, a.user_id = :chitra AS by_chitra
FROM api.audit_log a WHERE a.table_name = 'change_requests' AND a.row_id = :'door' ORDER BY a.id;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.sums;
SELECT * FROM realty.check_invariants();

-- As the owner the same rules hold.
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.change_requests SET booking_id = %s, unit_id = %s WHERE id = %s', :devs, :a102, :door));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.change_requests SET approved_cost = 1 WHERE id = %s', :door));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.change_requests SET status = ''submitted'' WHERE id = %s', :door));
SELECT state, code, message FROM story.refusal(format('DELETE FROM realty.change_requests WHERE id = %s', :walls));
SELECT state, code, detail FROM story.refusal(format('INSERT INTO realty.change_requests (booking_id, title, approved_cost, decided_at) VALUES (%s, ''x'', 1, now())', :booking));
SELECT state, code, message FROM story.refusal(format('INSERT INTO realty.change_requests (booking_id, title, status) VALUES (%s, ''x'', ''approved'')', :booking));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.change_requests SET status = ''maybe'' WHERE id = %s', :pool));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.bookings SET changes_amount = 0 WHERE id = %s', :booking));
-- Several in one statement, of two bookings; and one that is rolled back is not charged.
INSERT INTO realty.change_requests (booking_id, title, estimated_cost) SELECT b, 'Shelf ' || n, 100 FROM unnest(ARRAY[:booking, :devs]) b, generate_series(1, 3) n;
SAVEPOINT shelves;
UPDATE realty.change_requests SET status = 'approved', approved_cost = 100 WHERE title LIKE 'Shelf%';
SELECT * FROM story.sums;
ROLLBACK TO shelves;
UPDATE realty.change_requests SET status = 'approved', approved_cost = 10 WHERE title LIKE 'Shelf%' AND title <> 'Shelf 3';
SELECT * FROM story.sums;
-- Not on a booking that has ended: it can be rejected or withdrawn, not approved.
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :devs;
SELECT id AS shelf FROM realty.change_requests WHERE title = 'Shelf 3' AND booking_id = :devs \gset
SELECT state, code FROM story.refusal(format('INSERT INTO realty.change_requests (booking_id, title) VALUES (%s, ''x'')', :devs));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state, code FROM story.refusal(format('SELECT api.approve_change_request(%s, 1)', :shelf));
SELECT status, decided_by = :esha AS by_esha FROM api.reject_change_request(:shelf);
RESET ROLE; SET LOCAL realty.identity = '';
SET LOCAL realty.hold_minutes = 30;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a103, :chitra_c) RETURNING id AS hold \gset
UPDATE realty.bookings SET hold_expires_at = statement_timestamp() - interval '1 second' WHERE id = :hold;
UPDATE realty.units SET held_until = b.hold_expires_at FROM realty.bookings b WHERE b.id = :hold AND b.unit_id = units.id;
SELECT state, code FROM story.refusal(format('INSERT INTO realty.change_requests (booking_id, title) VALUES (%s, ''x'')', :hold));
SELECT * FROM realty.check_invariants();
ROLLBACK;
\set ECHO none
