-- Reports are drafted, published once with a notification to the buyers; models have versions;
-- prices have a history.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- Chitra has booked two units of Palm Court, Dev one; Bala's buyer is Dev as well.
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:a102, :chitra_c), (:a103, :dev_c), (:p7, :dev_c);
INSERT INTO realty.project_progress (project_id, unit_id, phase, percent) VALUES (:palm, NULL, 'Structure', 30), (:palm, :a101, 'Paint', 50);
CREATE VIEW story.news AS
SELECT u.full_name AS who, n.title, n.body, n.data - 'update_id' = jsonb_build_object('project_id', p.id, 'unit_id', c.unit_id) AS names_it
FROM realty.notifications n JOIN realty.users u ON u.id = n.user_id JOIN realty.construction_updates c ON c.id = (n.data ->> 'update_id')::bigint
     JOIN realty.projects p ON p.id = c.project_id
WHERE n.kind = 'update_published' ORDER BY c.id, u.full_name;

-- Asha drafts a report. Only she sees it, and no notification is sent.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.construction_updates (project_id, title) VALUES (:palm, 'The roof is on') RETURNING id AS roof \gset
SELECT created_by = :asha AS hers, progress_percent, published_at FROM api.construction_updates WHERE id = :roof;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT count(*) FROM api.construction_updates;
INSERT INTO api.construction_updates (project_id, title) VALUES (:palm, 'mischief');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
UPDATE api.construction_updates SET title = 'mischief' RETURNING 1;
INSERT INTO api.construction_updates (project_id, title) VALUES (:palm, 'mischief');
-- She publishes it: progress is stamped, each buyer hears of it once.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.construction_updates SET published_at = now() WHERE id = :roof RETURNING progress_percent;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.news;
-- It cannot be taken back or published again; words can be mended. Later progress leaves it alone.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.construction_updates SET published_at = NULL WHERE id = :roof;
UPDATE api.construction_updates SET published_at = now() - interval '1 hour' WHERE id = :roof;
UPDATE api.project_progress SET percent = 100 WHERE project_id = :palm;
UPDATE api.construction_updates SET title = 'The roof is on!' WHERE id = :roof RETURNING progress_percent;
-- A clock that is a little ahead means now; the day after tomorrow does not.
INSERT INTO api.construction_updates (project_id, unit_id, title, published_at) VALUES (:palm, :a101, 'Painted', now() + interval '4 minutes')
RETURNING published_at = statement_timestamp() AS now, progress_percent;
SELECT detail FROM story.refusal(format('INSERT INTO api.construction_updates (project_id, title, published_at) VALUES (%s, '''', ''2100-01-01'')', :palm));
SELECT detail FROM story.refusal(format('INSERT INTO api.construction_updates (project_id, title, published_at) VALUES (%s, ''x'', ''infinity'')', :palm));
SELECT detail FROM story.refusal(format('INSERT INTO api.construction_updates (project_id, unit_id, title, media) VALUES (%s, %s, '''', ''{}'')', :palm, :p7));
SELECT detail FROM story.refusal('INSERT INTO api.construction_updates (title) VALUES (''x'')');
-- several in one statement, of which one is a draft
INSERT INTO api.construction_updates (project_id, title, published_at) SELECT :palm, 'Report ' || n, CASE WHEN n < 3 THEN now() END FROM generate_series(1, 3) n;
UPDATE api.construction_updates SET published_at = coalesce(published_at, now()), description = 'x' WHERE project_id = :palm;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT title FROM api.construction_updates WHERE project_id = :palm ORDER BY id;
RESET ROLE;
SELECT who, title, body FROM story.news OFFSET 2;
-- Customers whose booking was cancelled or has lapsed are not notified any more.
UPDATE realty.bookings SET status = 'cancelled' WHERE customer_id = :dev_c AND unit_id = :a103;
SET LOCAL session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = now() - interval '1 second' WHERE customer_id = :dev_c AND unit_id = :p7;
SET LOCAL session_replication_role = origin;
UPDATE realty.units SET status = 'held', held_until = now() - interval '1 second' WHERE id = :p7;
INSERT INTO realty.construction_updates (project_id, title, published_at) VALUES (:palm, 'Last', '2020-01-01'), (:park, 'Last', '-infinity'), (:park, 'Last', '2020-01-01');
INSERT INTO realty.construction_updates (project_id, title, published_at, progress_percent) VALUES (:palm, 'Last', '2020-01-01', 12), (:park, 'Last', '2020-01-01', 34)
RETURNING progress_percent, created_by;
SELECT who, title, body FROM story.news OFFSET 10;
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Models: one name, many versions.
BEGIN;
\i :cast
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.models_3d (project_id, name, file_url, format) VALUES (:palm, 'Site', 'https://cdn.example/1.glb', 'glb') RETURNING version, is_active;
INSERT INTO api.models_3d (project_id, name, file_url, format) VALUES (:palm, 'SITE', 'https://cdn.example/2.glb', 'glb') RETURNING version, is_active;
INSERT INTO api.models_3d (project_id, unit_id, name, file_url, format) VALUES (:palm, :a101, 'Site', 'https://cdn.example/3.glb', 'glb'),
    (:palm, :a101, 'Site', 'https://cdn.example/4.glb', 'glb'), (:palm, :a102, 'Site', 'https://cdn.example/5.glb', 'glb') RETURNING version, is_active;
-- a draft retires no other version
INSERT INTO api.models_3d (project_id, name, file_url, format, is_active) VALUES (:palm, 'Site', 'https://cdn.example/6.glb', 'glb', false) RETURNING version, is_active;
SELECT unit_id = :a101 AS of_101, name, version, is_active FROM api.models_3d WHERE project_id = :palm ORDER BY id;
UPDATE api.models_3d SET is_active = true WHERE project_id = :palm AND version = 1 AND unit_id IS NULL RETURNING version, is_active;
UPDATE api.models_3d SET version = 9;
UPDATE api.models_3d SET name = 'site' WHERE project_id = :palm AND version = 1 AND unit_id IS NULL RETURNING name, version;
INSERT INTO api.models_3d (project_id, name, file_url, format) VALUES (:palm, 'Garden', 'https://cdn.example/7.glb', 'glb') RETURNING id AS garden \gset
UPDATE api.models_3d SET name = 'Site' WHERE id = :garden;
SELECT detail FROM story.refusal(format('INSERT INTO api.models_3d (project_id, unit_id, name, file_url, format, size_bytes) VALUES (%s, %s, '' '', ''ftp://x'', ''exe'', 0)', :palm, :p7));
INSERT INTO api.models_3d (project_id, name, file_url, format) VALUES (:park, 'mischief', 'https://cdn.example/8.glb', 'glb');
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT name, version FROM api.models_3d WHERE project_id = :palm AND unit_id IS NULL ORDER BY id;
RESET ROLE;
INSERT INTO realty.models_3d (project_id, name, file_url, format, version) VALUES (:park, 'Old', 'https://cdn.example/9.glb', 'glb', 7), (:park, 'Old', 'https://cdn.example/10.glb', 'glb', 3) RETURNING version;

-- Prices: each change and its user; one statement or many rows.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.units SET price = price * 1.1 WHERE project_id = :palm AND tower = 'A';
UPDATE api.units SET price = price WHERE project_id = :palm;
UPDATE api.units SET bedrooms = 4 WHERE id = :a101;
UPDATE api.units SET price = 6000000 WHERE id = :a101;
SELECT h.unit_id = :a101 AS of_101, h.old_price, h.new_price, h.changed_by = :asha AS by_asha FROM api.unit_price_history h ORDER BY h.id;
INSERT INTO api.unit_price_history (unit_id, builder_id, new_price) VALUES (:a101, :asha_b, 1);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.unit_price_history;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT count(*) FROM api.unit_price_history;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
UPDATE api.units SET price = 6500000 WHERE id = :a101;
SELECT old_price, new_price, changed_by = :esha AS by_esha FROM api.unit_price_history WHERE unit_id = :a101 ORDER BY id DESC LIMIT 1;
RESET ROLE; SET LOCAL realty.identity = '';
UPDATE realty.units SET price = 1 WHERE id = :p7;
SELECT old_price, new_price, changed_by FROM realty.unit_price_history WHERE unit_id = :p7;
SELECT * FROM realty.check_invariants();
ROLLBACK;
