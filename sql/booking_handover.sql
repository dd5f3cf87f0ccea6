-- A booking is completed when nothing is owed and the unit is built, or for a reason; for a reason it is opened again.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_booking(:booking);
INSERT INTO api.payments (booking_id, amount) VALUES (:booking, 5000000) RETURNING id AS all_of_it \gset
-- On every surface
SELECT * FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
SELECT state, detail FROM story.refusal(format('UPDATE api.bookings SET status = ''completed'' WHERE id = %s', :booking));
SELECT state, code FROM story.refusal(format('SELECT api.reopen_booking(%s, ''not closed yet'')', :booking));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, detail FROM story.refusal(format('UPDATE realty.bookings SET status = ''completed'' WHERE id = %s', :booking));
-- Paid, it still has to be built: the unit's own phases count, else the project's.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_payment(:all_of_it);
SELECT state, detail FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
INSERT INTO api.project_progress (project_id, phase, weight, percent) VALUES (:palm, 'Structure', 1, 60) RETURNING id AS structure \gset
SELECT state, detail FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
INSERT INTO api.project_progress (project_id, unit_id, phase, weight, percent) VALUES (:palm, :a101, 'Paint', 1, 99.5) RETURNING id AS paint \gset
SELECT state, detail FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
UPDATE api.project_progress SET percent = 100 WHERE id = :paint;
SELECT status, completed_at IS NOT NULL AS stamped, override_reason FROM api.complete_booking(:booking);
SELECT status FROM api.units WHERE id = :a101;
-- Opened again, by the builder and with a reason
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state FROM story.refusal(format('SELECT api.reopen_booking(%s, ''I want to'')', :booking));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT state FROM story.refusal(format('SELECT api.reopen_booking(%s, ''Not mine'')', :booking));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, detail FROM story.refusal(format('SELECT api.reopen_booking(%s, NULL)', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.reopen_booking(%s, '' '')', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.reopen_booking(%s, E''a\u0007b'')', :booking));
SELECT status, completed_at, confirmed_at IS NOT NULL AS confirmed, override_reason FROM api.reopen_booking(:booking, 'The lift is not certified');
SELECT status FROM api.units WHERE id = :a101;
-- A reason waives what is missing; it is not taken for the next time.
UPDATE api.project_progress SET percent = 90 WHERE id = :paint;
SELECT state, detail FROM story.refusal(format('SELECT api.complete_booking(%s)', :booking));
SELECT state, detail FROM story.refusal(format('SELECT api.complete_booking(%s, E''a\u0007b'')', :booking));
SELECT status, override_reason FROM api.complete_booking(:booking, 'The paint is the buyer''s');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT user_id = :chitra AS to_chitra, title ~ 'open again$' AS open_again, body FROM realty.notifications WHERE kind = 'booking_reopened' ORDER BY 1;
SELECT * FROM realty.check_invariants();
ROLLBACK;
