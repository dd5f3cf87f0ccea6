-- Statements of every make that try to bring a unit, its booking and the counts
-- apart: copied columns written by hand, upserts, MERGE, joins, CTEs, cursors,
-- savepoints, COPY, planted names, a changed table, an extension dropped and made
-- again. After each the invariants hold.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
SET LOCAL realty.hold_minutes = 10;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS hold \gset
SET LOCAL realty.hold_minutes = 0;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :dev_c) RETURNING id AS booking \gset

-- What a unit copies from its project is copied again, whatever the owner writes.
UPDATE realty.units SET builder_id = :bala_b, is_listed = false WHERE id = :a103 RETURNING builder_id = :asha_b AS ashas, is_listed;
INSERT INTO realty.bookings (unit_id, customer_id, project_id, builder_id, total_amount, hold_expires_at)
VALUES (:a103, :dev_c, :park, :bala_b, 1, 'infinity') RETURNING project_id = :palm AS palms, builder_id = :asha_b AS ashas, total_amount, hold_expires_at;
SELECT * FROM realty.check_invariants();

-- Upserts: a booking that conflicts is refused before there is a conflict to resolve,
SELECT state, code FROM story.refusal(format('INSERT INTO realty.bookings (unit_id, customer_id) VALUES (%s, %s) ON CONFLICT DO NOTHING', :a102, :chitra_c));
SELECT state, code FROM story.refusal(format($$INSERT INTO realty.bookings (unit_id, customer_id) VALUES (%s, %s)
    ON CONFLICT (unit_id) WHERE status IN ('pending', 'confirmed', 'completed') DO UPDATE SET status = 'cancelled'$$, :a102, :chitra_c));
-- and units that are upserted are counted once.
INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES (:palm, 'A', '102', 9), (:palm, 'A', '104', 9)
ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET price = EXCLUDED.price + 1;
INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES (:palm, 'A', '104', 9) ON CONFLICT DO NOTHING;
SELECT state FROM story.refusal(format($$INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES (%s, 'A', '103', 9)
    ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET status = 'sold'$$, :palm));
MERGE INTO realty.units u USING (VALUES (:palm, 'A', '104', 10), (:palm, 'A', '105', 11)) v (project, tower, number, price)
ON u.project_id = v.project AND u.tower = v.tower AND u.unit_number = v.number
WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (project_id, tower, unit_number, price) VALUES (project, tower, number, price);
SELECT * FROM story.counts;
SELECT * FROM realty.check_invariants();

-- MERGE and UPDATE … FROM on bookings: every row passes the guard,
SELECT state, code FROM story.refusal(format($$MERGE INTO realty.bookings b USING (VALUES (%s), (%s)) v (unit) ON b.unit_id = v.unit
    WHEN MATCHED THEN UPDATE SET status = 'completed' WHEN NOT MATCHED THEN INSERT (unit_id, customer_id) VALUES (unit, %s)$$, :a102, :a103, :dev_c));
SELECT state, code FROM story.refusal(format('MERGE INTO realty.bookings b USING (VALUES (1)) v ON b.id = %s WHEN MATCHED THEN DELETE', :booking));
SELECT state, code FROM story.refusal(format('UPDATE realty.bookings b SET unit_id = u.id FROM realty.units u WHERE u.id = %s AND b.id = %s', :a103, :booking));
UPDATE realty.bookings b SET status = 'confirmed' FROM realty.units u, generate_series(1, 3) WHERE u.id = b.unit_id AND u.project_id = :palm;
SELECT * FROM story.bookings;
-- and a cancellation does not free the unit for its own statement.
SELECT state, code FROM story.refusal(format($$WITH c AS (UPDATE realty.bookings SET status = 'cancelled' WHERE id = %s RETURNING unit_id)
    INSERT INTO realty.bookings (unit_id, customer_id) SELECT unit_id, %s FROM c$$, :booking, :chitra_c));
SET LOCAL realty.max_open_bookings_per_customer = 0;
WITH a AS (INSERT INTO realty.bookings (unit_id, customer_id) SELECT id, :dev_c FROM realty.units WHERE unit_number = '105' AND project_id = :palm RETURNING id),
     b AS (INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:p7, :dev_c) RETURNING id)
SELECT count(*) FROM a, b;
SELECT * FROM realty.check_invariants();

-- Savepoints: what was rolled back is not counted, and the unit is free for the next.
SAVEPOINT s;
UPDATE realty.bookings SET status = 'cancelled' WHERE id = :booking;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a102, :chitra_c);
INSERT INTO realty.projects (builder_id, name, city) VALUES (:bala_b, 'Gone', 'Kochi') RETURNING id AS gone \gset
INSERT INTO realty.units (project_id, unit_number, price) SELECT :gone, n::text, 1 FROM generate_series(1, 9) n;
ROLLBACK TO s;
SELECT * FROM realty.check_invariants();
-- A listing learnt in a savepoint is forgotten with it.
SAVEPOINT s;
UPDATE realty.projects SET status = 'launched' WHERE id = :quiet;
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:quiet, 'lost', 1);
ROLLBACK TO s;
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:quiet, 'kept', 1);
UPDATE realty.projects SET status = 'launched' WHERE id = :quiet;
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:quiet, 'after', 1);
SELECT unit_number, is_listed FROM realty.units WHERE project_id = :quiet ORDER BY unit_number;
-- Exceptions in a loop: six tries, one booking.
DO $$
DECLARE unit bigint; customer bigint;
BEGIN
    SELECT u.id INTO unit FROM realty.units u JOIN realty.projects p ON p.id = u.project_id WHERE p.name = 'Quiet Hill' AND u.unit_number = 'kept';
    FOR customer IN SELECT c.id FROM realty.customers c JOIN realty.users u ON u.id = c.user_id, generate_series(1, 3) WHERE u.email LIKE '%@cast.example' LOOP
        BEGIN
            INSERT INTO realty.bookings (unit_id, customer_id) VALUES (unit, customer);
        EXCEPTION WHEN SQLSTATE 'PT409' THEN NULL;
        END;
    END LOOP;
END $$;
SELECT count(*) FROM story.bookings WHERE unit = 'Quiet Hill kept';
-- A cursor that stands on a row
DECLARE c CURSOR FOR SELECT * FROM realty.units WHERE id = :a102 FOR UPDATE;
FETCH 1 FROM c \g /dev/null
UPDATE realty.units SET status = 'blocked' WHERE CURRENT OF c;
UPDATE realty.units SET price = 77 WHERE CURRENT OF c;
CLOSE c;
SELECT * FROM realty.check_invariants();

-- COPY of units of several projects: one line in the ledger for each of them.
CREATE TEMP TABLE fresh AS SELECT id FROM realty.projects WHERE false;
INSERT INTO realty.projects (builder_id, name, city) OVERRIDING SYSTEM VALUE SELECT :bala_b, 'Mixed ' || n, 'Kochi' FROM generate_series(1, 3) n;
CREATE FUNCTION story.copied(file text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('COPY realty.units (project_id, unit_number, price) FROM PROGRAM %L', file); END $$;
SELECT string_agg(id::text, ' ' ORDER BY id) AS mixed FROM realty.projects WHERE name LIKE 'Mixed %' AND builder_id = :bala_b \gset
SELECT story.copied(format('for n in 1 2 3 4; do for p in %s; do printf "%%s\t%%s\t5\n" $p $n; done; done', :'mixed')) \g /dev/null
SELECT p.name, count(*) AS lines, sum(i.total) AS total, sum(i.available) AS available FROM realty.inventory i JOIN realty.projects p ON p.id = i.project_id
WHERE p.name LIKE 'Mixed %' AND p.builder_id = :bala_b GROUP BY p.name ORDER BY p.name;
SELECT state, code FROM story.refusal(format('SELECT story.copied(%L)', format('printf "%s\t9\t5\n%s\t9\t-5\n"', :palm, :park)));
SELECT * FROM realty.check_invariants();

-- Names planted before ours: tables, functions and operators on the caller's path are not looked at.
CREATE SCHEMA evil;
GRANT ALL ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE FUNCTION evil.trap(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.trap);
CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE FUNCTION evil.statement_timestamp() RETURNS timestamptz LANGUAGE sql RETURN 'infinity'::timestamptz;
CREATE FUNCTION evil.concat_ws(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
SELECT id AS fresh_unit FROM realty.units WHERE project_id = :quiet AND unit_number = 'after' \gset
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
CREATE TEMP TABLE units (id bigint); CREATE TEMP TABLE bookings (id bigint); CREATE TEMP TABLE transitions (entity text);
SET LOCAL search_path = evil, pg_temp, pg_catalog, api;
INSERT INTO api.bookings (unit_id) VALUES (:fresh_unit) RETURNING status;
SELECT status FROM api.cancel_booking((SELECT max(id) FROM api.bookings));
SET LOCAL search_path = DEFAULT;
RESET ROLE; SET LOCAL realty.identity = '';
DROP SCHEMA evil CASCADE; DROP TABLE pg_temp.units, pg_temp.bookings, pg_temp.transitions;

-- A site adds a column all the same, and this very session goes on.
SET LOCAL realty.allow_drop = on;
ALTER TABLE realty.bookings ADD COLUMN site_note text DEFAULT 'x';
INSERT INTO realty.bookings (unit_id, customer_id, site_note) VALUES (:fresh_unit, :dev_c, 'mine') RETURNING site_note;
SELECT new_row ->> 'site_note' AS audited FROM realty.audit_log WHERE table_name = 'bookings' ORDER BY id DESC LIMIT 1;
-- and a CHECK, which the validator knows at once.
ALTER TABLE realty.units ADD CONSTRAINT units_floor_is_even CHECK (floor % 2 = 0) NOT VALID;
SELECT state, detail FROM story.refusal(format('UPDATE realty.units SET floor = 3, price = -1 WHERE id = %s', :a103));
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- What this session prepared survives dropping the extension and creating it again.
PREPARE book AS INSERT INTO realty.bookings (unit_id, customer_id) VALUES ($1, $2) RETURNING status;
BEGIN;
\i :cast
EXECUTE book(:a101, :chitra_c);
ROLLBACK;
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL realty.allow_drop = on;
DROP EXTENSION realty;
CREATE EXTENSION realty;
\i :cast
EXECUTE book(:a101, :chitra_c);
EXECUTE book(:a101, :dev_c);
SELECT * FROM story.bookings;
SELECT * FROM realty.check_invariants();
ROLLBACK;
BEGIN;
\i :cast
EXECUTE book(:a101, :chitra_c);
SELECT * FROM realty.check_invariants();
-- Our trigger functions on a foreign table, or called by hand, raise errors and do no harm.
CREATE TABLE story.other (id bigint, status text);
\set VERBOSITY terse
SELECT realty.bookings_guard();
CREATE FUNCTION story.fired(function text, timing text, level text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER t %s INSERT OR UPDATE OR DELETE ON story.other FOR EACH %s EXECUTE FUNCTION realty.%I()', timing, level, function);
    INSERT INTO story.other VALUES (1, 'x');
    UPDATE story.other SET status = 'y';
    DELETE FROM story.other;
    RAISE EXCEPTION 'fired';
EXCEPTION WHEN OTHERS THEN
    RETURN CASE WHEN SQLERRM = 'fired' THEN 'fired' ELSE SQLSTATE END;
END $$;
SELECT f.proname, story.fired(f.proname, 'BEFORE', 'ROW') AS before_row, story.fired(f.proname, 'AFTER', 'ROW') AS after_row,
       story.fired(f.proname, 'BEFORE', 'STATEMENT') AS before_statement, story.fired(f.proname, 'AFTER', 'STATEMENT') AS after_statement
FROM pg_proc f WHERE f.pronamespace = 'realty'::regnamespace AND f.prorettype = 'trigger'::regtype ORDER BY f.proname;
-- Nor do they read what is not there.
CREATE TABLE story.nothing (id bigint, project_id bigint, is_listed boolean, status text, held_until timestamptz, price numeric);
CREATE TRIGGER t AFTER INSERT ON story.nothing REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION realty.units_inventory();
SELECT state FROM story.refusal('INSERT INTO story.nothing (id) VALUES (1)');
ROLLBACK;
DEALLOCATE book;
