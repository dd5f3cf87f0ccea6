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

-- A CHECK whose function is made anew: the next row is judged by what it says now.
CREATE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 0;
CREATE TABLE site.fitted (x int, CONSTRAINT fitted_x_fits CHECK (site.fits(x)));
CREATE TRIGGER fitted_800_validate BEFORE INSERT OR UPDATE ON site.fitted FOR EACH ROW EXECUTE FUNCTION realty.validate();
INSERT INTO site.fitted VALUES (1);
CREATE OR REPLACE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 5;
INSERT INTO site.fitted VALUES (3);
CREATE OR REPLACE FUNCTION site.fits(x int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN x > 0;
INSERT INTO site.fitted VALUES (3);

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
\i :end
