-- What was booked does not change under its buyer: only by an amendment, of which the buyer is notified.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.refusal(format('UPDATE api.units SET unit_number = ''1001'' WHERE id = %s', :a101));
SELECT state, message FROM story.refusal(format('UPDATE api.units SET tower = ''B'' WHERE id = %s', :a101));
SELECT state, message FROM story.refusal(format('UPDATE api.units SET carpet_area = 700 WHERE id = %s', :a101));
UPDATE api.units SET features = '["balcony"]', tower = 'A' WHERE id = :a101 RETURNING tower;
UPDATE api.units SET unit_number = '1002' WHERE id = :a102 RETURNING unit_number;
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 2}'', '' '')', :a101));
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"price": 2}'', ''x'')', :a101));
-- A violation names the field that the caller sent.
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 2}'', E''a\u0007b'')', :a101));
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": "two", "tower": 1, "unit_number": {}, "carpet_area": "650"}'', ''x'')', :a101));
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 2.5}'', ''x'')', :a101));
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 2147483648}'', ''x'')', :a101));
SELECT state, detail FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 301, "tower": "\u200b", "unit_number": "", "carpet_area": 0.001}'', ''x'')', :a101));
SELECT state, detail FROM story.refusal(format('UPDATE api.units SET floor = 301, carpet_area = 0.001 WHERE id = %s', :a102));
SELECT state FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 2}'', ''x'')', :p7));
SELECT tower, floor, unit_number, carpet_area FROM api.amend_unit(:a101, '{"floor": 2.0, "carpet_area": 650.5}', 'The survey was corrected');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT title, body FROM api.notifications WHERE kind = 'unit_amended';
SELECT state FROM story.refusal(format('SELECT api.amend_unit(%s, ''{"floor": 3}'', ''x'')', :a101));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT action, old_row, new_row FROM api.audit_log WHERE table_name = 'units' AND booking_id = :booking;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;
-- The owner is bound as well.
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c);
SELECT state FROM story.refusal(format('UPDATE realty.units SET floor = 9 WHERE id = %s', :a101));
UPDATE realty.bookings SET status = 'cancelled' WHERE unit_id = :a101;
UPDATE realty.units SET floor = 9 WHERE id = :a101 RETURNING floor;
ROLLBACK;
