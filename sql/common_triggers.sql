-- The triggers that many tables have, at each of them: when a row was last changed, all its violations at
-- once, no TRUNCATE; and what may only be added to. The tables stand here by hand.
\getenv abs_srcdir PG_ABS_SRCDIR
\set sample_rows :abs_srcdir '/sql/include/sample_rows.sql'
BEGIN;
\i :sample_rows

-- change: what any row takes; faults: what breaks two rules of one row.
CREATE TEMP TABLE tables (name text, change text, faults text);
INSERT INTO tables
SELECT name, 'extra = ''{"touched": true}''', 'extra = ''[]'', ' || fault
FROM (VALUES ('users', 'full_name = '' '''), ('builders', 'company_name = '''''), ('customers', 'preferences = ''[]'''), ('projects', 'images = ''{}'''),
    ('units', 'features = ''1'''), ('bookings', 'notes = repeat(''x'', 5001)'), ('payments', 'milestone = repeat(''x'', 201)'),
    ('appointments', 'location = repeat(''x'', 501)'), ('project_progress', 'weight = 0'), ('construction_updates', 'media = ''{}'''),
    ('models_3d', 'size_bytes = 0'), ('messages', 'attachments = ''{}'''), ('change_requests', 'description = repeat(''x'', 20001)'),
    ('system_settings', 'description = repeat(''x'', 1001)')) t (name, fault)
UNION ALL VALUES ('builder_availability', 'closes = closes + interval ''1 min''', 'weekday = 9, closes = opens'),
    ('notifications', NULL, 'extra = ''[]'', data = ''[]'''), ('receipt_counters', NULL, NULL), ('payment_references', NULL, NULL), ('inventory', NULL, NULL);
CREATE FUNCTION pg_temp.change(name text, assignment text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE format('UPDATE realty.%I SET %s WHERE ctid = (SELECT ctid FROM realty.%1$I ORDER BY %3$s LIMIT 1)', name, assignment,
                   CASE WHEN name IN (SELECT t.name FROM tables t WHERE t.change IS NOT NULL) THEN 'updated_at' ELSE 'ctid' END);
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || coalesce(nullif(': ' || detail, ': '), '');
END $$;

-- A change is dated, by whomever.
SET LOCAL session_replication_role = replica;
SELECT name, pg_temp.change(name, 'updated_at = ''2001-01-01''') FROM tables WHERE change IS NOT NULL ORDER BY 1;
SET LOCAL session_replication_role = origin;
SELECT name, pg_temp.change(name, change), pg_temp.change(name, 'updated_at = ''2002-02-02''') AS by_hand FROM tables WHERE change IS NOT NULL ORDER BY 1;
CREATE FUNCTION pg_temp.undated(name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM realty.%I WHERE updated_at < ''2020-01-01''', name) INTO n;
    RETURN n;
END $$;
SELECT name, pg_temp.undated(name)
FROM tables WHERE change IS NOT NULL ORDER BY 1;
-- All the violations of a row are named at once.
SELECT name, pg_temp.change(name, faults) FROM tables WHERE faults IS NOT NULL ORDER BY 1;
-- Nothing is emptied behind the backs of the sums.
CREATE FUNCTION pg_temp.emptied(name text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('TRUNCATE realty.%I CASCADE', name);
    RETURN 'emptied';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT name, pg_temp.emptied(name) FROM tables ORDER BY 1;
-- What is added up is not written by hand, at no time.
CREATE TEMP TABLE by_hand (statement text);
INSERT INTO by_hand VALUES ('UPDATE realty.builders SET total_projects = total_projects + 1'), ('UPDATE realty.projects SET progress_percent = progress_percent + 1'),
    ('UPDATE realty.units SET progress_percent = progress_percent + 1'), ('UPDATE realty.inventory SET available = available + 1'), ('DELETE FROM realty.inventory'),
    ('INSERT INTO realty.inventory SELECT * FROM realty.inventory'), ('UPDATE realty.receipt_counters SET last_number = 0'), ('DELETE FROM realty.receipt_counters'), ('UPDATE realty.payment_references SET booking_id = 0'), ('DELETE FROM realty.payment_references'),
    ('INSERT INTO realty.receipt_counters SELECT * FROM realty.receipt_counters'),
    ('INSERT INTO realty.builders (user_id, company_name, total_projects) SELECT user_id, ''x'', 1 FROM realty.builders LIMIT 1'),
    ('INSERT INTO realty.projects (builder_id, name, city, progress_percent) SELECT id, ''x'', ''x'', 1 FROM realty.builders LIMIT 1'),
    ('INSERT INTO realty.units (project_id, unit_number, price, progress_percent) SELECT id, ''x'', 1, 1 FROM realty.projects LIMIT 1');
CREATE FUNCTION pg_temp.tried(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, detail);
END $$;
SELECT statement, pg_temp.tried(statement) FROM by_hand;
-- What is referred to stays, and the refusal says by what. A status that is named is meant to change.
CREATE TEMP TABLE refused (statement text);
INSERT INTO refused VALUES ('DELETE FROM realty.builders WHERE id = (SELECT min(builder_id) FROM realty.projects)'),
    ('DELETE FROM realty.customers WHERE id = (SELECT min(customer_id) FROM realty.bookings)'),
    ('DELETE FROM realty.projects WHERE id = (SELECT min(project_id) FROM realty.bookings)'), ('DELETE FROM realty.units WHERE id = (SELECT min(unit_id) FROM realty.bookings)'),
    ('DELETE FROM realty.messages WHERE id = (SELECT min(parent_id) FROM realty.messages)'),
    ('UPDATE realty.bookings SET status = status WHERE id = (SELECT min(id) FROM realty.bookings WHERE status = ''confirmed'')'),
    ('UPDATE realty.payments SET status = status WHERE id = (SELECT min(id) FROM realty.payments WHERE status = ''due'')'),
    ('UPDATE realty.change_requests SET status = status WHERE id = (SELECT min(id) FROM realty.change_requests WHERE status = ''submitted'')'),
    ('UPDATE realty.appointments SET status = status WHERE id = (SELECT min(id) FROM realty.appointments WHERE status = ''confirmed'')'),
    ('UPDATE realty.projects SET status = status WHERE id = (SELECT min(id) FROM realty.projects)');
SELECT left(statement, 70) AS statement, regexp_replace(pg_temp.tried(statement), '\m[0-9]{1,3}\M( or more)?', 'N', 'g') AS tried FROM refused;
-- The audit log is added to, whatever the rights; a superuser alone could do otherwise.
CREATE ROLE story_keeper; GRANT USAGE ON SCHEMA realty TO story_keeper; GRANT ALL ON realty.audit_log TO story_keeper;
SET LOCAL ROLE story_keeper;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
UPDATE realty.audit_log SET action = 'delete';
DELETE FROM realty.audit_log;
TRUNCATE realty.audit_log;
ROLLBACK;
