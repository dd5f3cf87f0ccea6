-- What a dump would not include, and what would disable a rule unnoticed, is rejected for every role:
-- realty.allow_drop lets a superuser pass. What a site adds of its own comes and goes.
BEGIN;
\set VERBOSITY verbose
\set SHOW_CONTEXT never
SET LOCAL client_min_messages = warning;
CREATE FUNCTION pg_temp.refusal(statement text, OUT state text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RAISE SQLSTATE '00001';
EXCEPTION WHEN SQLSTATE '00001' THEN
    message := 'it passes';
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    state := SQLSTATE;
END $$;
CREATE TEMP TABLE statements (id int GENERATED ALWAYS AS IDENTITY, statement text);
CREATE SCHEMA site;
CREATE FUNCTION site.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER site_mine BEFORE UPDATE ON realty.units FOR EACH ROW EXECUTE FUNCTION site.mine();
INSERT INTO statements (statement) VALUES
    ('ALTER TABLE realty.units ADD COLUMN site_view text'),
    ('ALTER TABLE realty.users ADD site_note text, ADD site_rank int'),
    ('ALTER TABLE IF EXISTS ONLY realty.payments ADD COLUMN IF NOT EXISTS site_note text'),
    ('ALTER TABLE realty.units DROP COLUMN facing CASCADE'),
    ('ALTER TABLE realty.bookings ALTER COLUMN notes TYPE varchar(100)'),
    ('ALTER TABLE realty.units RENAME COLUMN facing TO outlook'),
    ('ALTER TABLE realty.units RENAME TO flats'),
    ('ALTER TABLE realty.models_3d SET SCHEMA site'),
    ('ALTER SCHEMA api RENAME TO api_of_old'),
    ('DO ''BEGIN ALTER TABLE realty.outbox ADD COLUMN sent_by text; END'''),
    ('ALTER TABLE realty.bookings ALTER COLUMN unit_id DROP NOT NULL'),
    ('ALTER TABLE realty.bookings DISABLE TRIGGER ALL'),
    ('ALTER TABLE realty.payments DISABLE TRIGGER USER'),
    ('ALTER TABLE realty.units DISABLE TRIGGER ' || (SELECT tgname FROM pg_trigger WHERE tgfoid = 'realty.units_guard'::regproc ORDER BY tgname LIMIT 1)),
    ('ALTER TABLE realty.users DISABLE ROW LEVEL SECURITY'),
    ('DROP INDEX realty.bookings_one_active_per_unit'),
    ('DROP INDEX realty.inventory_of_project'),
    ('DROP TRIGGER ' || (SELECT tgname FROM pg_trigger WHERE tgfoid = 'realty.units_guard'::regproc ORDER BY tgname LIMIT 1) || ' ON realty.units'),
    ('DROP POLICY users_read_themselves ON realty.users'),
    ('ALTER TABLE realty.bookings DROP CONSTRAINT bookings_discount_leaves_the_payments'),
    ('ALTER TABLE realty.appointments DROP CONSTRAINT IF EXISTS appointments_of_builder_do_not_overlap'),
    ('ALTER TABLE realty.builders DROP CONSTRAINT builders_pkey CASCADE'),
    ('DROP OWNED BY realty_customer'),
    ('DROP OWNED BY realty_gateway, realty_anon');
SELECT statement, r.* FROM statements s, pg_temp.refusal(statement) r ORDER BY id;

-- What newer servers can say. Each is tried from the server on that knows it; none passes, …
CREATE FUNCTION pg_temp.is_known(since int) RETURNS boolean STABLE LANGUAGE sql RETURN current_setting('server_version_num')::int >= since * 10000;
CREATE TEMP TABLE newer (since int, statement text, state text);
INSERT INTO newer VALUES
    (15, 'ALTER TABLE realty.bookings ALTER CONSTRAINT bookings_unit_id_fkey DEFERRABLE INITIALLY DEFERRED', '2BP01'),
    (15, 'ALTER TABLE realty.units ALTER COLUMN shown DROP EXPRESSION', '0A000'),
    (17, 'ALTER TABLE realty.projects ALTER COLUMN is_listed SET EXPRESSION AS (true)', '2BP01'),
    (18, 'ALTER TABLE realty.bookings ALTER CONSTRAINT bookings_unit_id_fkey NOT ENFORCED', '2BP01'),
    (18, 'ALTER TABLE realty.bookings ALTER CONSTRAINT bookings_unit_id_not_null NO INHERIT', '2BP01'),
    (18, 'ALTER TABLE realty.bookings DROP CONSTRAINT bookings_unit_id_not_null', '2BP01'),
    (18, 'ALTER TABLE realty.units ADD COLUMN site_floor int GENERATED ALWAYS AS (floor + 1) VIRTUAL', '0A000'),
    (19, 'ALTER TABLE realty.bookings ALTER CONSTRAINT bookings_discount_leaves_the_payments NOT ENFORCED', '2BP01');
SELECT statement, r.* FROM newer n, pg_temp.refusal(statement) r WHERE pg_temp.is_known(since) AND r.state IS DISTINCT FROM n.state;

-- a site's own
SELECT statement, r.* FROM (VALUES ('ALTER TABLE realty.units DISABLE TRIGGER site_mine'), ('DROP TRIGGER site_mine ON realty.units'),
    ('CREATE INDEX site_units_by_view ON realty.units ((extra ->> ''view''))'), ('ALTER TABLE realty.units ENABLE TRIGGER ALL'),
    ('CREATE TABLE site.views (unit_id bigint REFERENCES realty.units); ALTER TABLE site.views ADD COLUMN view text, DISABLE TRIGGER ALL'),
    ('ALTER TABLE realty.units ADD CONSTRAINT units_floor_is_even CHECK (floor % 2 = 0) NOT VALID; ALTER TABLE realty.units DROP CONSTRAINT units_floor_is_even'),
    ('CREATE POLICY mine ON realty.units AS RESTRICTIVE USING (true); DROP POLICY mine ON realty.units'),
    ('ALTER SCHEMA site RENAME TO plot; ALTER SCHEMA plot RENAME TO site'),
    ('CREATE TABLE site.notes (unit_id bigint CONSTRAINT of_unit REFERENCES realty.units); ALTER TABLE site.notes ALTER CONSTRAINT of_unit DEFERRABLE'),
    ('CREATE INDEX mine ON realty.units (facing); DROP INDEX realty.mine'), ('REINDEX TABLE realty.inventory')) s (statement), pg_temp.refusal(statement) r;

-- a role that owns nothing gets PostgreSQL's error, and cannot override it
SET LOCAL ROLE realty_admin;
\set VERBOSITY terse
SAVEPOINT s;
ALTER TABLE realty.bookings ADD COLUMN site_note text;
ROLLBACK TO s;
SET LOCAL realty.allow_drop = on;
ROLLBACK TO s;
RESET ROLE;

-- knowingly
SET LOCAL realty.allow_drop = on;
SELECT statement, r.message FROM statements s, pg_temp.refusal(statement) r WHERE statement !~ 'CASCADE|TYPE' AND r.message <> 'it passes' ORDER BY id;

-- And what is not as it was made is named: gone, disabled, opened or changed.
SELECT * FROM realty.check_schema();
-- … and each that passes knowingly is named
CREATE FUNCTION pg_temp.named_after(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	named bigint;
BEGIN
	EXECUTE statement;
	SELECT count(*) INTO named FROM realty.check_schema();
	RAISE SQLSTATE '00001';
EXCEPTION WHEN SQLSTATE '00001' THEN
	RETURN named;
END $$;
INSERT INTO newer VALUES (17, 'GRANT MAINTAIN ON realty.units TO realty_builder');
SELECT statement FROM newer WHERE statement !~ 'ADD COLUMN' AND CASE WHEN pg_temp.is_known(since) THEN pg_temp.named_after(statement) = 0 END;
CREATE INDEX site_units_by_view ON realty.units ((extra ->> 'view'));
CREATE POLICY site_odd_ones ON realty.units AS RESTRICTIVE USING (id % 2 = 1);
SELECT count(*) AS of_a_sites_own FROM realty.check_schema();
DROP INDEX realty.bookings_one_active_per_unit;
ALTER TABLE realty.appointments DROP CONSTRAINT appointments_of_builder_do_not_overlap;
ALTER TABLE realty.bookings DROP CONSTRAINT bookings_discount_leaves_the_payments;
ALTER TABLE realty.bookings ALTER COLUMN unit_id DROP NOT NULL;
ALTER TABLE realty.units ALTER COLUMN status SET DEFAULT 'blocked', ADD COLUMN site_view text;
ALTER TABLE realty.units DISABLE TRIGGER units_100_guard;
ALTER TABLE realty.receipt_counters DISABLE TRIGGER ALL;
ALTER TABLE realty.users DISABLE ROW LEVEL SECURITY;
DROP POLICY users_read_themselves ON realty.users;
ALTER POLICY messages_are_read_by_their_parties ON realty.messages USING (true);
CREATE POLICY site_all ON realty.payments FOR SELECT TO PUBLIC USING (true);
GRANT UPDATE (price) ON realty.units TO realty_customer;
GRANT SELECT ON realty.user_credentials TO PUBLIC;
REVOKE EXECUTE ON FUNCTION api.search(text, text, int, int) FROM realty_anon;
ALTER FUNCTION realty.fold_inventory(int) IMMUTABLE;
ALTER INDEX realty.inventory_of_project RENAME TO inventory_by_project;
ALTER VIEW api.users RESET (security_invoker);
CREATE ROLE site_keeper;
GRANT CREATE ON SCHEMA realty, api TO site_keeper;
ALTER TABLE realty.messages OWNER TO site_keeper;
ALTER VIEW api.messages OWNER TO site_keeper;
ALTER FUNCTION realty.is_recorded(text, text) OWNER TO site_keeper;
ALTER ROLE realty_builder BYPASSRLS;
GRANT pg_read_all_data, site_keeper TO realty_customer;
GRANT realty_admin TO realty_anon;
SELECT kind, object, regexp_replace(left(expected, 60), '[0-9a-f]{32}', 'md5') AS expected, regexp_replace(left(actual, 60), '[0-9a-f]{32}', 'md5') AS actual
FROM realty.check_schema() WHERE expected NOT LIKE 'NOT NULL %' OR expected IS NULL; -- 18 has constraints of these, too
-- which is work: realty.status() and /metrics tell what it found last, and do not repeat it
SELECT value = 'not counted yet' OR value ~ '^0, counted ' AS as_of_the_last_check FROM realty.status() WHERE item = 'schema deviations';
CREATE FUNCTION pg_temp.pages(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF) ' || query INTO plan;
	RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (plan #>> '{0,Plan,Shared Read Blocks}')::bigint;
END $$;
SELECT pg_temp.pages('SELECT * FROM realty.check_schema()') AS exact, pg_temp.pages('SELECT * FROM realty.status()') AS status,
	pg_temp.pages('SELECT realty.metrics()') AS metrics \gset
SELECT :exact > 20 * :status AS status_is_cheap, :exact > 20 * :metrics AS so_are_metrics;
DROP OWNED BY realty_customer;
SELECT count(*) FILTER (WHERE kind = 'policy') > 10 AS policies, count(*) FILTER (WHERE kind = 'right') > 100 AS rights FROM realty.check_schema()
WHERE expected LIKE '%realty_customer%' OR object LIKE 'realty_customer on %';
SELECT realty.record_schema();
SELECT * FROM realty.check_schema();
ROLLBACK;
