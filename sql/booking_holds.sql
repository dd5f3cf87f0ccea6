-- A lapsed hold does not block, although nothing has swept it:
-- from its instant every reader sees the unit free, the next booking takes it, and
-- the old one can no longer be confirmed. The holds here last a second, and time
-- passes: it is what this story is about.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING id AS lapsing \gset
INSERT INTO api.bookings (unit_id) VALUES (:a102) RETURNING id AS lasting \gset
-- The owner shortens the first hold to a second, as if ten minutes had passed.
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = statement_timestamp() + interval '1 second' WHERE id = :lapsing RETURNING hold_expires_at AS until \gset
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = :'until' WHERE id = :a101;
SELECT status, held_until = :'until' AS until FROM api.units WHERE id = :a101;
SELECT available_units FROM api.projects WHERE id = :palm;
SELECT pg_sleep(1.05) \gset

-- Every reader sees it as free, and nothing was written.
RESET ROLE; SET LOCAL ROLE realty_anon;
SELECT unit_number, status, held_until > statement_timestamp() AS limited FROM api.units WHERE project_id = :palm ORDER BY unit_number;
SELECT unit_number FROM api.units WHERE project_id = :palm AND status = 'available' ORDER BY unit_number;
SELECT unit_number FROM api.units WHERE project_id = :palm AND status = 'held' ORDER BY unit_number;
SELECT total_units, available_units FROM api.projects WHERE id = :palm;
RESET ROLE;
SELECT status, body::jsonb #> '{data,availability,available}' AS available, body::jsonb #> '{data,availability,by_status}' AS by_status
FROM realty.request('GET', format('/api/projects/%s/availability', :palm));
SELECT status, jsonb_path_query_array(body::jsonb, '$.data.units[*].unit_number') AS units
FROM realty.request('GET', format('/api/units?status=available&project_id=%s&sort=unit_number', :palm));
SELECT status, jsonb_path_query_array(body::jsonb, '$.data.units[*].unit_number') AS units
FROM realty.request('GET', format('/api/units?status=held&project_id=%s', :palm));
SELECT u.status AS stored, b.status AS booking FROM realty.units u JOIN realty.bookings b ON b.unit_id = u.id WHERE u.id = :a101;

-- Unswept as it is, no user can confirm it; it may be cancelled.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, message FROM story.refusal(format('SELECT api.confirm_booking(%s)', :lapsing));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, code, message FROM story.refusal(format('UPDATE realty.bookings SET status = ''confirmed'' WHERE id = %s', :lapsing));
SELECT state, code FROM story.refusal(format('UPDATE realty.bookings SET status = ''confirmed'', hold_expires_at = NULL WHERE id = %s', :lapsing));
SAVEPOINT before_cancel;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.cancel_booking(:lapsing);
SELECT status FROM api.units WHERE id = :a101;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.counts;
ROLLBACK TO before_cancel;

-- A hold that lasts is not touched, and one does not count against Chitra that has lapsed.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a102));
SAVEPOINT before_limit;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL realty.max_open_bookings_per_customer = 2;
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a103) RETURNING status;
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :p7));
ROLLBACK TO before_limit;

-- Dev books it. In that transaction, before his booking, the old one expires; both are notified.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.bookings (unit_id) VALUES (:a101) RETURNING status, hold_expires_at > statement_timestamp() AS holds;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.bookings;
SELECT n.user_id = :chitra AS to_chitra, n.body FROM realty.notifications n
WHERE n.kind = 'booking_expired' AND n.user_id IN (:chitra, :dev, :asha) ORDER BY n.id;
-- The audit log says that Dev's request did it.
SELECT action, user_id = :dev AS by_dev, new_row ->> 'status' AS after FROM realty.audit_log
WHERE table_name = 'bookings' AND booking_id = :lapsing ORDER BY id;
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();

-- A refused booking expires nothing: both are one transaction.
SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE id = :lasting;
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE id = :a102;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state FROM story.refusal(format('INSERT INTO api.bookings (unit_id, notes) VALUES (%s, repeat(''x'', 5001))', :a102));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT status FROM realty.bookings WHERE id = :lasting;
-- The sweep may expire it as well: it is just an update that a lapsed hold allows.
UPDATE realty.bookings SET status = 'expired' WHERE id = :lasting RETURNING status;
SELECT status FROM realty.units WHERE id = :a102;
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- A builder blocks a unit whose hold has run out; blocked, it is no longer for sale.
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, message FROM story.refusal(format('SELECT api.block_unit(%s)', :a101));
RESET ROLE; SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE unit_id = :a101;
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE id = :a101;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.block_unit(:a101);
SELECT status FROM api.bookings WHERE unit_id = :a101;
SELECT available_units FROM api.projects WHERE id = :palm;
SELECT status FROM api.release_unit(:a101);
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- A hold made under one setting is not changed by the next one.
BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c);
SET LOCAL realty.hold_minutes = 0;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :chitra_c);
SELECT u.unit_number, u.status, u.held_until IS NOT NULL AS limited FROM api.units u WHERE u.project_id = :palm ORDER BY u.unit_number;
UPDATE realty.bookings SET status = 'confirmed' WHERE unit_id IN (:a101, :a102);
SELECT u.unit_number, u.status, u.held_until FROM api.units u WHERE u.project_id = :palm ORDER BY u.unit_number;
SELECT * FROM realty.check_invariants();
ROLLBACK;
