-- What a booking is refused for, and that a refusal changes nothing.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
UPDATE realty.units SET status = 'blocked' WHERE id = :a103;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :dev_c) RETURNING id AS devs \gset

-- What Chitra may not book. A taken unit says how; one of a draft, a blocked one and none at all read alike.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT state, code, message, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a101));
SELECT state, code, message, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a103));
SELECT state, code, message, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :q1));
SELECT state, code, message, detail FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (9223372036854775807)');
SELECT state, code, message, detail FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (0)');
SELECT state, code, message, detail FROM story.refusal('INSERT INTO api.bookings (unit_id) VALUES (NULL)');
SELECT state, code, message, detail FROM story.refusal('INSERT INTO api.bookings (notes) VALUES (''no unit'')');
-- One unit twice in one statement
SELECT state, code, message, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s), (%1$s)', :a102));

-- The price, the people and the project are not the client's to say.
INSERT INTO api.bookings (unit_id, total_amount) VALUES (:a102, 1);
INSERT INTO api.bookings (unit_id, customer_id) VALUES (:a102, :dev_c);
INSERT INTO api.bookings (unit_id, customer_id) VALUES (:a102, :chitra_c);
INSERT INTO api.bookings (unit_id, builder_id) VALUES (:a102, :bala_b);
INSERT INTO api.bookings (unit_id, project_id) VALUES (:a102, :park);
INSERT INTO api.bookings (unit_id, discount) VALUES (:a102, 7000000);
INSERT INTO api.bookings (unit_id, paid_amount) VALUES (:a102, 7500000);
INSERT INTO api.bookings (unit_id, status) VALUES (:a102, 'confirmed');
INSERT INTO api.bookings (unit_id, hold_expires_at) VALUES (:a102, 'infinity');
INSERT INTO api.bookings (unit_id, booking_number) VALUES (:a102, 'BK-2020-1');
INSERT INTO api.bookings (id, unit_id) VALUES (1, :a102);
INSERT INTO realty.bookings (unit_id) VALUES (:a102);
SELECT count(*) FROM api.bookings;
SELECT status FROM api.units WHERE id = :a102;

-- Nor are they later.
INSERT INTO api.bookings (unit_id) VALUES (:a102) RETURNING id AS booking \gset
UPDATE api.bookings SET total_amount = 1;
UPDATE api.bookings SET discount = 1;
UPDATE api.bookings SET paid_amount = 7500000.50;
UPDATE api.bookings SET unit_id = :a101;
UPDATE api.bookings SET customer_id = :dev_c;
UPDATE api.bookings SET notes = 'x';
UPDATE api.bookings SET hold_expires_at = 'infinity';
DELETE FROM api.bookings;
-- She may not confirm, complete or expire what she booked.
SELECT state, code, message FROM story.refusal('UPDATE api.bookings SET status = ''confirmed''');
SELECT state, code, message FROM story.refusal('UPDATE api.bookings SET status = ''expired''');
SELECT state, code, message, detail FROM story.refusal('UPDATE api.bookings SET status = ''completed''');
SELECT state, code, message, detail FROM story.refusal('UPDATE api.bookings SET status = ''sold''');
SELECT state, code, detail FROM story.refusal('UPDATE api.bookings SET status = NULL');
SELECT * FROM api.confirm_booking(:booking);
SELECT * FROM api.complete_booking(:booking);
SELECT * FROM api.block_unit(:a101);
SELECT * FROM api.release_unit(:a103);
-- A unit is booked only by a customer or an administrator.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:p7);
INSERT INTO api.bookings (unit_id, customer_id) VALUES (:p7, :chitra_c);
UPDATE api.units SET status = 'sold' WHERE id = :a102;
UPDATE api.bookings SET total_amount = 1 WHERE id = :booking;
UPDATE api.bookings SET paid_amount = 1 WHERE id = :booking;
DELETE FROM api.bookings WHERE id = :booking;
SELECT state, code, detail FROM story.refusal(format('UPDATE api.bookings SET discount = 7500000.51 WHERE id = %s', :booking));
SELECT state, code, detail FROM story.refusal(format('UPDATE api.bookings SET discount = -1 WHERE id = %s', :booking));
SELECT state, code, message, detail FROM story.refusal(format('SELECT api.block_unit(%s)', :a102));
SELECT state, code, message, detail FROM story.refusal(format('SELECT api.release_unit(%s)', :a102));
SELECT state, code, message, detail FROM story.refusal(format('SELECT api.block_unit(%s)', :p7));
UPDATE api.bookings SET discount = 500000, notes = 'friend of the house' WHERE id = :booking RETURNING total_amount, discount;
-- Without a token
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
INSERT INTO api.bookings (unit_id) VALUES (:a102);
SELECT count(*) FROM api.bookings;
SELECT * FROM api.cancel_booking(:booking);
-- A customer's role without a token books for no customer.
RESET ROLE; SET LOCAL ROLE realty_customer;
SELECT state, code, message FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :p7));

-- The owner passes every who, and no what.
RESET ROLE;
SELECT state, code, message FROM story.refusal(format('INSERT INTO realty.bookings (unit_id, customer_id, status) VALUES (%s, %s, ''confirmed'')', :p7, :dev_c));
SELECT state, code, message, detail FROM story.refusal(format('INSERT INTO realty.bookings (unit_id, customer_id) VALUES (%s, %s)', :q1, :dev_c));
SELECT state, code, detail FROM story.refusal(format('INSERT INTO realty.bookings (unit_id) VALUES (%s)', :p7));
SELECT state FROM story.refusal(format('INSERT INTO realty.bookings (unit_id, customer_id) VALUES (%s, 9223372036854775807)', :p7));
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.bookings SET unit_id = %s, customer_id = %s, project_id = 0, builder_id = 0, booking_number = ''x'' WHERE id = %s', :p7, :dev_c, :booking));
SELECT state, code, message FROM story.refusal(format('DELETE FROM realty.bookings WHERE id = %s', :booking));
SELECT state, code, message FROM story.refusal('TRUNCATE realty.bookings CASCADE');
SELECT state, code, message FROM story.refusal(format('UPDATE realty.units SET status = ''available'' WHERE id = %s', :a101));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.units SET status = ''held'', held_until = ''infinity'' WHERE id = %s', :p7));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.units SET status = ''sold'' WHERE id = %s', :p7));
SELECT state, code, message FROM story.refusal(format('UPDATE realty.bookings SET status = ''expired'' WHERE id = %s', :booking));

-- Each transition that there is not, and what there is instead.
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :chitra_c) RETURNING id AS cancelled \gset
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :cancelled;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :chitra_c) RETURNING id AS completed \gset
UPDATE realty.bookings SET status = 'confirmed' WHERE id = :completed;
UPDATE realty.bookings SET status = 'completed', override_reason = 'x' WHERE id = :completed;
UPDATE realty.bookings SET status = 'confirmed' WHERE id = :devs;
SELECT b.status AS "from", t.status AS "to", r.state, r.code, r.detail
FROM realty.bookings b, unnest(ARRAY['pending', 'confirmed', 'completed', 'cancelled', 'expired']) t(status),
     story.refusal(format('UPDATE realty.bookings SET status = %L WHERE id = %s', t.status, b.id)) r
WHERE b.id IN (:booking, :devs, :completed, :cancelled) AND b.status <> t.status
  AND NOT EXISTS (SELECT FROM realty.transitions x WHERE (x.entity, x.from_status, x.to_status) = ('bookings', b.status, t.status))
ORDER BY b.status, t.status;
-- A final one's discount stands.
SELECT state, code, message FROM story.refusal(format('UPDATE realty.bookings SET discount = 1 WHERE id = %s', :completed));
SELECT * FROM story.bookings;
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- The settings are the site's: a client cannot lift them.
BEGIN;
\i :cast
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SET LOCAL realty.hold_minutes = 0;
SET LOCAL realty.max_open_bookings_per_customer = 0;
SET LOCAL realty.identity = '';
SET LOCAL session_replication_role = 'replica';
RESET ROLE;
SELECT * FROM realty.check_invariants();
ROLLBACK;
