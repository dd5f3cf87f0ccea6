-- realty.sweep() takes away what is over, in batches, and nothing else; what cannot be
-- swept stops nothing else. That all of it counts as over before, is tested elsewhere
-- (booking_holds, auth_session, auth_reset, api_idempotency).
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- nothing yet
SELECT * FROM realty.sweep(10);

-- Holds: three have run out, one has not
SET LOCAL realty.hold_minutes = 10;
SET LOCAL realty.max_open_bookings_per_customer = 0;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:a102, :chitra_c), (:a103, :chitra_c), (:p7, :chitra_c);
SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE unit_id IN (:a101, :a102, :a103);
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE id IN (:a101, :a102, :a103);
SELECT what, swept, failed FROM realty.sweep(2) WHERE swept + failed > 0;
SELECT what, swept, failed FROM realty.sweep(2) WHERE swept + failed > 0;
SELECT what, swept, failed FROM realty.sweep(2) WHERE swept + failed > 0;
SELECT u.unit_number, u.status, b.status AS booking FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id ORDER BY u.id;
SELECT count(*) AS told FROM realty.notifications WHERE kind = 'booking_expired' AND user_id = :chitra;
SELECT * FROM realty.check_invariants();

-- A hold that a site's own rule keeps back: the others go, and it is warned of
UPDATE realty.bookings SET status = 'cancelled' WHERE unit_id = :p7;
INSERT INTO realty.bookings (unit_id, customer_id, notes) VALUES (:a101, :chitra_c, 'keep me'), (:a102, :chitra_c, NULL);
SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = CASE WHEN notes = 'keep me' THEN '2019-01-01' ELSE '2020-01-01' END::timestamptz WHERE status = 'pending';
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE id IN (:a101, :a102);
SET LOCAL client_min_messages = error;
CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
CREATE TRIGGER bookings_001_kept BEFORE UPDATE ON realty.bookings FOR EACH ROW WHEN (OLD.notes = 'keep me') EXECUTE FUNCTION pg_temp.keep();
SELECT what, swept, failed FROM realty.sweep(1) WHERE swept + failed > 0;
SELECT notes, status FROM realty.bookings WHERE unit_id IN (:a101, :a102) AND created_at = now() AND status IN ('pending', 'expired') ORDER BY id DESC LIMIT 2;
-- Cancelling the call stops all of it, and not just the hold that it was at
CREATE OR REPLACE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
SET LOCAL statement_timeout = '100ms';
SELECT what, swept, failed FROM realty.sweep(1) WHERE swept + failed > 0;
SET LOCAL statement_timeout = 0;
DROP TRIGGER bookings_001_kept ON realty.bookings;
RESET client_min_messages;
SELECT what, swept, failed FROM realty.sweep(1) WHERE swept + failed > 0;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Rows that have had their time, next to such as have not
BEGIN;
\i :cast
INSERT INTO realty.sessions (user_id, expires_at, revoked_at) VALUES
    (:chitra, now() - interval '31 days', NULL), (:chitra, now() - interval '29 days', NULL),
    (:chitra, now() + interval '1 hour', now() - interval '40 days'), (:chitra, now() - interval '40 days', now() - interval '41 days');
INSERT INTO realty.refresh_tokens (token_hash, session_id, expires_at)
    SELECT sha256(id::text::bytea), id, expires_at FROM realty.sessions WHERE user_id = :chitra;
INSERT INTO realty.password_resets (token_hash, user_id, expires_at) VALUES
    ('over', :chitra, now() - interval '1 second'), ('counts', :chitra, now() + interval '1 minute');
INSERT INTO realty.idempotency_keys (user_id, key, request_hash, status, body, created_at) VALUES
    (:chitra, 'over', '', 200, '', now() - interval '25 hours'), (:dev, 'over', '', 200, '', now() - interval '25 hours'),
    (:chitra, 'counts', '', 200, '', now() - interval '23 hours');
INSERT INTO realty.outbox (kind, recipient, expires_at, delivered_at) VALUES
    ('sent_long_ago', 'a@example.com', NULL, now() - interval '31 days'), ('sent', 'a@example.com', NULL, now() - interval '29 days'),
    ('never_sent', 'a@example.com', now() - interval '31 days', NULL), ('waiting', 'a@example.com', NULL, NULL);
INSERT INTO realty.notifications (user_id, kind, title, created_at) VALUES (:chitra, 'old', 'old', now() - interval '10 years'), (:chitra, 'new', 'new', now());
-- To take is a right of its own
SET LOCAL ROLE realty_admin;
SELECT realty.sweep();
RESET ROLE;
SELECT * FROM realty.sweep(3);
SELECT * FROM realty.sweep(3) WHERE swept > 0;
SET LOCAL intervalstyle = iso_8601;
SELECT expires_at - now() AS ends FROM realty.sessions WHERE user_id = :chitra AND created_at = now() ORDER BY 1;
SELECT count(*) AS tokens FROM realty.refresh_tokens t JOIN realty.sessions s ON s.id = t.session_id WHERE s.user_id = :chitra AND s.created_at = now();
SELECT convert_from(token_hash, 'UTF8') AS reset FROM realty.password_resets WHERE token_hash IN ('over', 'counts');
SELECT user_id = :chitra AS hers, key FROM realty.idempotency_keys;
SELECT kind FROM realty.outbox WHERE created_at = now() ORDER BY id;
SELECT kind FROM realty.notifications WHERE kind IN ('old', 'new') ORDER BY id;
-- Sessions of a statement or two never fold the ledger nor trim what streams read: the sweep does. The sums stay,
-- a hold keeps its row, and one change stands for the old ones.
SELECT project_id AS project FROM realty.units ORDER BY id LIMIT 1 \gset
SET LOCAL session_replication_role = replica;
DELETE FROM realty.inventory WHERE project_id = :project;
INSERT INTO realty.inventory (project_id, total, available) SELECT :project, 1, n % 2 FROM generate_series(1, 20) n;
INSERT INTO realty.inventory (project_id, total, available, available_from) VALUES (:project, 1, 1, now() + interval '1 hour');
DELETE FROM realty.unit_changes;
INSERT INTO realty.unit_changes (project_id, unit_id, xact, changed_at) SELECT :project, n, n, now() - interval '2 hours' FROM generate_series(1, 5) n;
INSERT INTO realty.unit_changes (project_id, unit_id, xact) VALUES (:project, 6, 6);
SET LOCAL session_replication_role = origin;
SELECT what, swept FROM realty.sweep(100) WHERE what IN ('ledgers', 'unit_changes');
SELECT what, swept FROM realty.sweep(100) WHERE what IN ('ledgers', 'unit_changes');
SELECT total, available, available_from - now() AS held FROM realty.inventory WHERE project_id = :project ORDER BY 3 NULLS FIRST;
SELECT unit_id, xact FROM realty.unit_changes ORDER BY xact;
-- Others than the sweep write neither.
SAVEPOINT s;
DELETE FROM realty.inventory;
ROLLBACK TO s;
-- The setting is the operator's: a session cannot change it
SET realty.keep_notifications = '30d';
SELECT realty.sweep(0);
ROLLBACK;
