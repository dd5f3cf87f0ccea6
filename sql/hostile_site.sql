-- What a site hangs on to our tables and functions may be odd, and takes neither the
-- server down nor the rules away. Each of these once did.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set VERBOSITY terse
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_anon;

-- Headers as long as the function likes: they outlive the statement that set them.
CREATE FUNCTION site.verbose() RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('response.headers', (SELECT jsonb_agg(jsonb_build_object('X-Long-' || i, repeat(i::text, 300000)))
		FROM generate_series(1, 5) i)::text, true);
	RETURN '{}';
END $$;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('GET', '/site/verbose', 'call', 'site.verbose', '{public}');
SELECT status, headers ->> 'X-Long-1' = repeat('1', 300000), headers ->> 'X-Long-5' = repeat('5', 300000)
FROM realty.request('GET', '/site/verbose');

-- A view of so many columns that the names of two statements differ only at their end.
DO $$ BEGIN
	EXECUTE format('CREATE TABLE site.wide (id bigint GENERATED ALWAYS AS IDENTITY, %s)',
		(SELECT string_agg(format('c%s int', i), ', ') FROM generate_series(1, 100) i));
	CREATE VIEW site.wide_rows AS SELECT * FROM site.wide;
	GRANT SELECT, INSERT ON site.wide_rows TO realty_anon;
END $$;
INSERT INTO realty.resources (name, view, singular, sort, default_sort) VALUES ('wides', 'site.wide_rows', 'wide', '{id}', 'id');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('POST', '/site/wides', 'create', 'wides', '{public}');
SELECT count(*) FILTER (WHERE (data -> 'wide' ->> ('c' || n))::int = n) AS whole, count(*)
FROM generate_series(60, 100) n,
	LATERAL (SELECT jsonb_object_agg('c' || i, i) AS body FROM generate_series(1, n) i) b,
	LATERAL answer('POST', '/site/wides', b.body) r;

-- A column was dropped: the others are still judged by their own rules.
CREATE TABLE realty.site_worn (id bigint, a text, b bigint, c text, d text, CONSTRAINT site_worn_d_has_text CHECK (length(d) > 2));
ALTER TABLE realty.site_worn DROP COLUMN a;
SELECT realty.row_faults('realty.site_worn', '{"id": 1, "b": 99999999999, "c": "hello", "d": "x"}');
SELECT realty.row_faults('realty.site_worn', '{"id": 1, "b": 99999999999, "c": "hello", "d": "long"}');

-- A CHECK on the whole row, and one on a system column.
CREATE TABLE site.odd (id bigint, a text, CONSTRAINT odd_is_whole CHECK (odd IS NOT NULL), CONSTRAINT odd_is_somewhere CHECK (tableoid > 0));
CREATE TRIGGER odd_800_validate BEFORE INSERT OR UPDATE ON site.odd FOR EACH ROW EXECUTE FUNCTION realty.validate();
INSERT INTO site.odd VALUES (1, 'a');
INSERT INTO site.odd VALUES (2, NULL);
SELECT * FROM site.odd;

-- A CHECK whose function writes to the same table, and one that fails in the middle.
CREATE TABLE site.chain (id int, name text);
CREATE FUNCTION site.grow(id int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
	IF id < 3 THEN INSERT INTO site.chain VALUES (id + 1, 'link'); END IF;
	RETURN 1 / (7 - id) > -1;
END $$;
ALTER TABLE site.chain ADD CONSTRAINT chain_id_grows CHECK (site.grow(id)), ADD CONSTRAINT chain_name_has_text CHECK (length(name) > 0);
CREATE TRIGGER chain_800_validate BEFORE INSERT OR UPDATE ON site.chain FOR EACH ROW EXECUTE FUNCTION realty.validate();
INSERT INTO site.chain VALUES (7, 'broken');
INSERT INTO site.chain VALUES (1, 'first');
INSERT INTO site.chain VALUES (5, '');
SELECT id, name, count(*) FROM site.chain GROUP BY 1, 2 ORDER BY 1, 2;

-- One whose function is called when it is read already, for its argument is a constant. In a schema of
-- the site's and in ours, where CHECKs are kept for the session.
CREATE FUNCTION site.grow_once() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	IF current_setting('site.grows', true) = 'on' THEN
		PERFORM set_config('site.grows', 'off', false);
		INSERT INTO site.early VALUES ('inner');
		INSERT INTO realty.site_early VALUES ('inner');
	END IF;
END $$;
CREATE FUNCTION site.grown(x int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM site.grow_once(); RETURN true; END $$;
CREATE TABLE site.early (name text, CONSTRAINT early_grows CHECK (site.grown(1)), CONSTRAINT early_name_has_text CHECK (length(name) > 0));
CREATE TABLE realty.site_early (name text, CONSTRAINT early_grows CHECK (site.grown(1)), CONSTRAINT early_name_has_text CHECK (length(name) > 0));
DO $$ BEGIN
	FOR i IN 1..50 LOOP
		EXECUTE format('ALTER TABLE site.early ADD CONSTRAINT early_name_%s CHECK (name <> %L)', i, repeat('x', i * 10));
	END LOOP;
END $$;
CREATE TRIGGER early_800_validate BEFORE INSERT ON site.early FOR EACH ROW EXECUTE FUNCTION realty.validate();
CREATE TRIGGER early_800_validate BEFORE INSERT ON realty.site_early FOR EACH ROW EXECUTE FUNCTION realty.validate();
SET site.grows = on;
INSERT INTO site.early VALUES ('outer');
INSERT INTO site.early VALUES (repeat('x', 500));
SET site.grows = on;
INSERT INTO realty.site_early VALUES ('outer');
INSERT INTO realty.site_early VALUES ('');
SELECT 'site' AS schema, name FROM site.early UNION ALL SELECT 'realty', name FROM realty.site_early ORDER BY 1, 2;
DROP TABLE realty.site_early;

-- A CHECK whose function is replaced: the next row is checked by the new one.
CREATE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 0;
CREATE TABLE site.fitted (x int, CONSTRAINT fitted_x_fits CHECK (site.fits(x)));
CREATE TRIGGER fitted_800_validate BEFORE INSERT OR UPDATE ON site.fitted FOR EACH ROW EXECUTE FUNCTION realty.validate();
INSERT INTO site.fitted VALUES (1);
CREATE OR REPLACE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 5;
INSERT INTO site.fitted VALUES (3);
CREATE OR REPLACE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 0;
INSERT INTO site.fitted VALUES (3);

-- A column that a trigger of the site's sets, and no statement names: all that follows follows.
\set sample :abs_srcdir '/sql/include/sample_rows.sql'
BEGIN;
\i :sample
\set ECHO none
CREATE FUNCTION site.follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.extra ? 'status' THEN NEW.status := NEW.extra ->> 'status'; END IF;
	RETURN NEW;
END $$;
CREATE FUNCTION site.follow_user() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.extra ? 'off' THEN NEW.is_active := false; END IF;
	IF NEW.extra ? 'name' THEN NEW.full_name := NEW.extra ->> 'name'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER bookings_050_site BEFORE UPDATE ON realty.bookings FOR EACH ROW EXECUTE FUNCTION site.follow();
CREATE TRIGGER projects_050_site BEFORE UPDATE ON realty.projects FOR EACH ROW EXECUTE FUNCTION site.follow();
CREATE TRIGGER units_050_site BEFORE UPDATE ON realty.units FOR EACH ROW EXECUTE FUNCTION site.follow();
CREATE TRIGGER users_050_site BEFORE UPDATE ON realty.users FOR EACH ROW EXECUTE FUNCTION site.follow_user();
\set ECHO all
SELECT min(id) AS booking, min(unit_id) AS unit FROM realty.bookings WHERE id = (SELECT min(id) FROM realty.bookings WHERE status = 'confirmed') \gset
UPDATE realty.bookings SET extra = '{"status": "cancelled"}' WHERE id = :booking;
SELECT b.status, u.status AS unit FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id WHERE b.id = :booking;
SELECT count(*) FROM realty.notifications WHERE kind = 'booking_cancelled' AND data ->> 'booking_id' = :'booking' AND created_at = now();
SAVEPOINT s;
UPDATE realty.projects SET extra = '{"status": "launched"}' WHERE status = 'completed';
ROLLBACK TO s;
SELECT id AS unit FROM realty.units WHERE status = 'available' ORDER BY id LIMIT 1 \gset
UPDATE realty.units SET extra = '{"status": "blocked"}' WHERE id = :unit;
SELECT action, new_row ->> 'status' AS status FROM realty.audit_log WHERE table_name = 'units' AND row_id = :'unit' ORDER BY id DESC LIMIT 1;
SELECT user_id AS owner FROM realty.builders WHERE id = 1 \gset
UPDATE realty.users SET extra = '{"name": "Renamed", "off": true}' WHERE id = :owner;
SELECT action, new_row ->> 'full_name' AS name FROM realty.audit_log WHERE table_name = 'users' AND row_id = :'owner' ORDER BY id DESC LIMIT 1;
SELECT DISTINCT p.is_listed FROM realty.projects p JOIN realty.builders b ON b.id = p.builder_id WHERE b.user_id = :owner;
ROLLBACK;

-- Numbers up to their ends, rounded to hundreds, or all behind the point.
CREATE TABLE site.numbers (id bigint PRIMARY KEY, small smallint, hundreds numeric(5,-2), tiny numeric(2,4));
GRANT SELECT, INSERT ON site.numbers TO realty_anon;
INSERT INTO realty.resources (name, view, singular, sort, default_sort) VALUES ('numbers', 'site.numbers', 'number', '{id}', 'id');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('POST', '/site/numbers', 'create', 'numbers', '{public}'),
	('GET', '/site/numbers', 'list', 'numbers', '{public}');
SELECT r.* FROM unnest(ARRAY['{"id": 9223372036854775807, "small": -32768, "hundreds": 1234567, "tiny": 0.0012}',
	'{"id": -9223372036854775808, "small": 32767, "hundreds": -100, "tiny": 0}',
	'{"id": 9223372036854775808, "small": -32769, "hundreds": 12345678, "tiny": 0.00121}',
	'{"id": -9223372036854775809, "small": 32768, "hundreds": 0.5, "tiny": 1}']::jsonb[]) WITH ORDINALITY b (body, n), LATERAL answer('POST', '/site/numbers', body) r ORDER BY n;
SELECT data -> 'numbers' FROM answer('GET', '/site/numbers?id=9223372036854775807');

-- updated_at that is no time, and a refusal without words.
CREATE TABLE site.stamped (id int, updated_at text);
CREATE TRIGGER stamped_700_touch BEFORE UPDATE ON site.stamped FOR EACH ROW EXECUTE FUNCTION realty.touch();
INSERT INTO site.stamped VALUES (1, 'never');
UPDATE site.stamped SET id = 2;
SELECT realty.refuse_unless(false, NULL, NULL);
SELECT realty.refuse_unless(true, NULL, NULL);

-- A foreign key to another column than the id does not count as one to the id.
CREATE UNIQUE INDEX builders_site_name ON realty.builders (company_name);
CREATE TABLE site.badges (company_name text REFERENCES realty.builders (company_name) ON DELETE RESTRICT);
SELECT status FROM answer('POST', '/api/auth/register',
	'{"email": "badge@example.com", "password": "long enough", "user_type": "builder", "full_name": "B", "company_name": "Badge", "license_number": "L-1"}');
DELETE FROM realty.builders WHERE company_name = 'Badge';
SELECT count(*) FROM realty.builders WHERE company_name = 'Badge';
DROP TABLE site.badges;

-- A table of somebody else that refers to ours: what its index calls never runs as our owner.
BEGIN;
CREATE ROLE site_keeper;
CREATE SCHEMA keeper AUTHORIZATION site_keeper;
GRANT USAGE ON SCHEMA realty TO site_keeper;
GRANT REFERENCES ON realty.builders TO site_keeper;
SET LOCAL ROLE site_keeper;
CREATE FUNCTION keeper.watch(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
	IF current_user <> 'site_keeper' THEN PERFORM set_config('site.read_as', 'the owner of realty', true); END IF;
	RETURN true;
END $$;
CREATE TABLE keeper.medals (builder_id bigint REFERENCES realty.builders ON DELETE RESTRICT);
CREATE INDEX medals_of_builder ON keeper.medals (builder_id) WHERE keeper.watch('x');
RESET ROLE;
SELECT status FROM answer('POST', '/api/auth/register',
	'{"email": "medal@example.com", "password": "long enough", "user_type": "builder", "full_name": "B", "company_name": "Medal", "license_number": "L-2"}');
SELECT id AS builder FROM realty.builders WHERE company_name = 'Medal' \gset
SET LOCAL ROLE site_keeper;
INSERT INTO keeper.medals VALUES (:builder);
RESET ROLE;
DO $$ BEGIN
	DELETE FROM realty.builders WHERE company_name = 'Medal';
EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
	NULL; -- the next one finds the row
END $$;
SET LOCAL ROLE site_keeper;
DELETE FROM keeper.medals;
RESET ROLE;
DELETE FROM realty.builders WHERE company_name = 'Medal';
SELECT coalesce(current_setting('site.read_as', true), '') AS read_as;
ROLLBACK;

-- A route whose function or view was dropped fails alone: the description omits it.
CREATE FUNCTION site.gone() RETURNS int LANGUAGE sql RETURN 1;
CREATE VIEW site.vanished AS SELECT 1::bigint AS id;
INSERT INTO realty.resources (name, view, singular, sort, default_sort) VALUES ('vanished', 'site.vanished', 'vanished', '{id}', 'id');
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('GET', '/site/gone', 'call', 'site.gone', '{public}');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('GET', '/site/vanished', 'list', 'vanished', '{public}');
SELECT status, body::jsonb -> 'paths' ?& '{/site/gone,/site/vanished}' AS described FROM realty.request('GET', '/openapi.json');
DROP FUNCTION site.gone();
DROP VIEW site.vanished;
SELECT status, body::jsonb -> 'paths' ?| '{/site/gone,/site/vanished}' AS described, body::jsonb -> 'paths' ? '/api/units' AS others
FROM realty.request('GET', '/openapi.json');
DELETE FROM realty.routes WHERE path IN ('/site/gone', '/site/vanished');
DELETE FROM realty.resources WHERE name = 'vanished';
\i :end
