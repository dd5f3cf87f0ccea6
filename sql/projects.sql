-- The second flow: a builder creates a project with its units and puts it on sale.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT total_projects FROM api.builders WHERE id = :bala_b;
INSERT INTO api.projects (name, city, project_type, price_min, price_max, amenities, rera_number)
VALUES ('Sea View', 'Kochi', 'mixed', 4000000, 9000000.75, '{pool,gym}', 'RERA/KL/1')
RETURNING id AS sea, status AS sea_status, builder_id = :bala_b AS his, progress_percent AS progress \gset
\echo :sea_status :his :progress
SELECT total_projects FROM api.builders WHERE id = :bala_b;
-- A thousand units in one statement are one line in the ledger and one in the audit log.
RESET ROLE; SET LOCAL realty.identity = '';
SELECT count(*) AS audited FROM realty.audit_log WHERE table_name = 'units' \gset
SELECT realty.authenticate(realty.issue_token(:bala)) \gset
INSERT INTO api.units (project_id, tower, floor, unit_number, price)
SELECT :sea, chr(65 + n % 4), n / 40, n::text, 4000000 + n FROM generate_series(1, 1000) n;
SELECT total_units, available_units FROM api.projects WHERE id = :sea;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT count(*) AS lines, sum(total) AS total, sum(available) AS available FROM realty.inventory WHERE project_id = :sea;
SELECT count(*) - :audited AS lines FROM realty.audit_log WHERE table_name = 'units';
SELECT new_row ->> 'count' AS count, new_row -> 'project_ids' = to_jsonb(ARRAY[:sea]) AS of_sea, user_id = :bala AS by_bala
FROM realty.audit_log WHERE table_name = 'units' ORDER BY id DESC LIMIT 1;
-- One statement that adds, changes and removes units, and one that comes upon some that are there.
SAVEPOINT before_merge;
MERGE INTO realty.units u USING (VALUES ('1', 'blocked'), ('2', 'gone'), ('2000', 'available'), ('2001', 'available')) v (number, what)
    ON u.project_id = :sea AND u.unit_number = v.number
    WHEN MATCHED AND v.what = 'gone' THEN DELETE
    WHEN MATCHED THEN UPDATE SET status = v.what
    WHEN NOT MATCHED THEN INSERT (project_id, tower, unit_number, price) VALUES (:sea, 'Z', v.number, 4000000);
SELECT total_units, available_units FROM api.projects WHERE id = :sea;
INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES (:sea, 'Z', '2000', 1), (:sea, 'Z', '2002', 1)
    ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET status = 'blocked';
SELECT total_units, available_units FROM api.projects WHERE id = :sea;
SELECT * FROM realty.check_invariants();
ROLLBACK TO before_merge;

-- A draft is its builder's alone, with its units.
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT count(*) FROM api.projects WHERE id = :sea;
SELECT count(*) FROM api.units WHERE project_id = :sea;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT count(*) FROM api.projects WHERE id = :sea;
SELECT count(*) FROM api.units WHERE project_id = :sea;
UPDATE api.projects SET status = 'launched' WHERE id = :sea RETURNING 1;
DELETE FROM api.projects WHERE id = :sea RETURNING 1;
INSERT INTO api.units (project_id, unit_number, price) VALUES (:sea, 'spy', 1);
INSERT INTO api.projects (builder_id, name, city) VALUES (:bala_b, 'In his name', 'Kochi');
UPDATE api.units SET project_id = :sea WHERE id = :a101;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT count(*) FROM api.units WHERE project_id = :sea;
-- Launched, all see both; listing follows in the same statement.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
UPDATE api.projects SET status = 'launched', launch_date = '2026-01-01' WHERE id = :sea RETURNING status;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT name, total_units, available_units FROM api.projects WHERE id = :sea;
SELECT count(*) FROM api.units WHERE project_id = :sea AND status = 'available';
RESET ROLE;
-- A unit added afterwards is listed at once. Blocked, only its builder sees it.
SELECT realty.authenticate(realty.issue_token(:bala)) \gset
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (:sea, 'PH', '1', 9000000.75) RETURNING id AS penthouse \gset
SELECT status FROM api.block_unit(:penthouse);
SELECT total_units, available_units FROM api.projects WHERE id = :sea;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT count(*) FROM api.units WHERE id = :penthouse;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT status, price FROM api.units WHERE id = :penthouse;
SELECT status FROM api.release_unit(:penthouse);

-- A unit's number is unique in its tower.
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (:sea, 'PH', '1', 1);
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (:sea, 'PH2', '1', 1) RETURNING status;
-- What is computed or copied is not to be written.
INSERT INTO api.projects (name, city, total_units) VALUES ('x', 'y', 5);
UPDATE api.projects SET available_units = 5 WHERE id = :sea;
UPDATE api.projects SET progress_percent = 50 WHERE id = :sea;
UPDATE api.projects SET builder_id = :asha_b WHERE id = :sea;
UPDATE api.builders SET total_projects = 99 WHERE id = :bala_b;
UPDATE api.builders SET is_verified = true WHERE id = :bala_b;
INSERT INTO api.units (project_id, unit_number, price, builder_id) VALUES (:sea, 'x', 1, :asha_b);

-- The state machine, in full.
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.projects (builder_id, name, city, status)
SELECT :bala_b, 'state ' || s, 'Kochi', s FROM unnest(ARRAY['planning', 'launched', 'construction', 'completed', 'on_hold', 'cancelled']) s;
SELECT p.status AS "from", t.status AS "to", r.state, r.code, r.detail
FROM realty.projects p, unnest(ARRAY['planning', 'launched', 'construction', 'completed', 'on_hold', 'cancelled']) t(status),
     story.refusal(format('UPDATE realty.projects SET status = %L WHERE id = %s', t.status, p.id)) r
WHERE p.builder_id = :bala_b AND p.name LIKE 'state %' AND p.status <> t.status
  AND NOT EXISTS (SELECT FROM realty.transitions x WHERE (x.entity, x.from_status, x.to_status) = ('projects', p.status, t.status))
ORDER BY p.status, t.status;
SELECT state, detail FROM story.refusal(format('UPDATE realty.projects SET status = ''sold out'' WHERE id = %s', :sea));
-- A project that was launched cannot become a draft again.
SELECT state, code, detail FROM story.refusal(format('UPDATE realty.projects SET status = ''planning'' WHERE id = %s', :sea));

-- What is referred to stays: a project with units, a unit with a booking, even a cancelled one.
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:penthouse, :dev_c) RETURNING id AS booking \gset
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :booking;
SELECT realty.authenticate(realty.issue_token(:bala)) \gset
DELETE FROM api.projects WHERE id = :sea;
DELETE FROM api.units WHERE id = :penthouse;
DELETE FROM api.units WHERE id = :a101 RETURNING 1;
DELETE FROM api.units WHERE project_id = :sea AND id <> :penthouse;
SELECT total_units, available_units FROM api.projects WHERE id = :sea;
SELECT total_projects FROM api.builders WHERE id = :bala_b;
INSERT INTO api.projects (name, city) VALUES ('Short Lived', 'Kochi') RETURNING id AS short \gset
DELETE FROM api.projects WHERE id = :short RETURNING name;
SELECT total_projects FROM api.builders WHERE id = :bala_b;
RESET ROLE; SET LOCAL realty.identity = '';
-- A project stays with its builder, for every role: units, bookings and appointments carry a copy.
UPDATE realty.projects SET builder_id = :bala_b WHERE id = :quiet;
SELECT * FROM realty.check_invariants();

-- Customers and anonymous users create nothing.
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.projects (name, city) VALUES ('Mine', 'Pune');
INSERT INTO api.units (project_id, unit_number, price) VALUES (:palm, 'mine', 1);
UPDATE api.units SET price = 1 WHERE id = :a101;
UPDATE api.projects SET name = 'Mine' WHERE id = :palm;
DELETE FROM api.units WHERE id = :a101;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
INSERT INTO api.projects (name, city) VALUES ('Mine', 'Pune');
UPDATE api.units SET price = 1 WHERE id = :a101;
DELETE FROM api.units WHERE id = :a101;
-- A builder's role without a token is no builder.
RESET ROLE; SET LOCAL ROLE realty_builder;
SELECT state FROM story.refusal('INSERT INTO api.projects (name, city) VALUES (''Mine'', ''Pune'')');
UPDATE api.units SET price = 1 WHERE id = :a101 RETURNING 1;
RESET ROLE;
-- However many types and prices a builder invents, the public summary of them is short, and says so.
INSERT INTO realty.units (project_id, unit_number, unit_type, price) SELECT :palm, 'made up ' || n, 'type ' || n, 2500000 * n FROM generate_series(10, 250) n;
SET LOCAL ROLE realty_anon;
SELECT jsonb_array_length(a -> 'by_type') AS types, jsonb_array_length(a -> 'by_price') AS bands, a -> 'cut' AS cut,
    a -> 'by_type' @> (SELECT jsonb_agg(DISTINCT jsonb_build_object('unit_type', u.unit_type)) FROM api.units u WHERE u.project_id = :palm AND u.unit_number !~ 'made up') AS most
FROM api.project_availability(:palm) a;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT jsonb_array_length(api.inventory_report() -> 'by_type') AS types;
RESET ROLE;
ROLLBACK;
