-- Pages: a stable order, the same rows by number and by cursor in every order, honest
-- totals, and no row twice when others come in between.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm", "project_type": "residential",
	"status": "launched", "address": "1 MG Road", "city": "Pune", "state": "MH"}', :'aya');
-- Prices, floors and sizes repeat, sizes are missing in part, and all came at one time.
INSERT INTO realty.units (project_id, tower, unit_number, unit_type, floor, price, carpet_area)
SELECT 1, 'T' || n % 2, n::text, '2bhk', n % 3, 5000000 + (n % 5) * 0.25, nullif(n % 4, 0) * 100
FROM generate_series(1, 47) n;

CREATE FUNCTION ids(data jsonb) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(array_agg((u ->> 'id')::bigint), '{}') FROM jsonb_array_elements(data -> 'units') u
$$;
CREATE FUNCTION by_number(parameters text) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE all_ids bigint[] := '{}'; d jsonb; page int := 0;
BEGIN
	LOOP
		page := page + 1;
		SELECT r.body::jsonb -> 'data' INTO d FROM realty.request('GET', format('/api/units?page=%s%s', page, parameters)) r;
		EXIT WHEN ids(d) = '{}' OR page > 100;
		all_ids := all_ids || ids(d);
	END LOOP;
	RETURN all_ids;
END $$;
CREATE FUNCTION by_cursor(parameters text) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE all_ids bigint[] := '{}'; d jsonb; cursor text := ''; steps int := 0;
BEGIN
	WHILE cursor IS NOT NULL AND steps < 100 LOOP
		steps := steps + 1;
		SELECT r.body::jsonb -> 'data' INTO d FROM realty.request('GET', format('/api/units?after=%s%s', cursor, parameters)) r;
		all_ids := all_ids || ids(d);
		cursor := d #>> '{pagination,nextCursor}';
	END LOOP;
	RETURN all_ids;
END $$;

-- Every row once, and the same order both ways; ties by id, in the way of the sort.
SELECT parameters, cardinality(n) AS rows, (SELECT count(DISTINCT i) FROM unnest(n) i) AS different, n = c AS same,
	n = CASE WHEN parameters ~ '^&sort=' THEN (SELECT array_agg(id ORDER BY rank) FROM (
		SELECT id, row_number() OVER (ORDER BY
			CASE sort WHEN 'price' THEN price WHEN 'floor' THEN floor WHEN 'carpet_area' THEN carpet_area
				WHEN 'id' THEN id END, id) * CASE WHEN parameters ~ '=-' THEN -1 ELSE 1 END AS rank
		FROM realty.units) o) ELSE (SELECT array_agg(id ORDER BY created_at DESC, id DESC) FROM realty.units) END AS ordered
FROM unnest(ARRAY['', '&limit=100', '&sort=price', '&sort=-price', '&sort=floor&limit=7', '&sort=-floor&limit=7',
	'&sort=carpet_area&limit=5', '&sort=-carpet_area&limit=5', '&sort=id', '&sort=-id&limit=1']) parameters,
	substring(parameters FROM 'sort=-?([a-z_]+)') sort, by_number(parameters) n, by_cursor(parameters) c;
-- Text orders, too, and with filters and below a project.
SELECT by_number('&sort=unit_number&limit=9') = by_cursor('&sort=unit_number&limit=9'),
	by_number('&sort=-tower&limit=9&floor=1') = by_cursor('&sort=-tower&limit=9&floor=1'),
	cardinality(by_number('&tower=t1&min_price=5000000.50&status=available'));

-- Totals: with a page, where it ends, behind the end; not with a cursor.
SELECT path, cardinality(ids(data)), data -> 'pagination' FROM unnest(ARRAY['?limit=47', '?limit=46', '?limit=20&page=3',
	'?limit=20&page=4', '?page=2147483647', '?floor=9', '?after=&limit=20', '?status=sold&after=', '?limit=100']) path,
	answer('GET', '/api/units' || path);
SELECT data -> 'pagination' FROM answer('GET', '/api/projects/1/units?limit=2&floor=1');

-- New rows in between move nothing behind the cursor.
SELECT body::jsonb #>> '{data,pagination,nextCursor}' AS next, ids(body::jsonb -> 'data') AS first
FROM realty.request('GET', '/api/units?after=&limit=10') \gset
INSERT INTO realty.units (project_id, tower, unit_number, unit_type, price) SELECT 1, 'N', n::text, '2bhk', 1 FROM generate_series(1, 5) n;
SELECT ids(data) && :'first'::bigint[] AS overlap, (ids(data))[1] = (:'first'::bigint[])[10] - 1 AS goes_on
FROM answer('GET', '/api/units?limit=10&after=' || :'next');
-- A cursor belongs to its order.
SELECT status, code, details FROM refusal('GET', '/api/units?sort=price&after=' || :'next');
-- Forged ones are refused, not obeyed.
SELECT status, details FROM unnest(ARRAY['-created_at|1|=x', '-created_at|x|=2026-01-01', '-created_at||', 'x', '-created_at|1',
	'-created_at|1|=2026-01-01 00:00:00+00'' OR true']) plain,
	refusal('GET', '/api/units?after=' || rtrim(translate(encode(convert_to(plain, 'UTF8'), 'base64'), '+/', '-_'), '='));

-- Unknown sorts.
SELECT sort, r.status, r.code FROM unnest(ARRAY['colour', 'price_minor', 'unsold', '--price', '', '-', 'price,id', 'features', 'price desc']) sort,
	refusal('GET', '/api/units?sort=' || replace(sort, ' ', '%20')) r;

-- Of a long list the total is a guess and says so: never less than what was seen, exact up to the limit.
ANALYZE realty.units;
SET realty.exact_count_limit = 20;
SELECT path, data -> 'pagination' ->> 'totalItems' AS total, data -> 'pagination' -> 'isEstimate' AS guessed
FROM unnest(ARRAY['?limit=10', '?limit=20&page=2', '?limit=1&page=40', '?floor=1&limit=1', '?floor=2&tower=T1&limit=1',
	'?limit=100', '?page=100&floor=9', '?after=&limit=20']) path, answer('GET', '/api/units' || path);
-- Ten times the limit by the planner: believed at once. Fewer than were counted: it knows nothing of them, and up to
-- ten times the limit is counted; a page behind the end says that there are no more.
INSERT INTO realty.units (project_id, tower, unit_number, price, floor, bedrooms, bathrooms)
SELECT 1, 'C', n::text, 1, 7, 7, 7 FROM generate_series(1, 40) n;
ANALYZE realty.units;
SELECT most, path, data -> 'pagination' ->> 'totalItems' AS total, data -> 'pagination' -> 'isEstimate' AS guessed
FROM (VALUES ('5', '?limit=10'), ('9', '?limit=10'), ('10', '?floor=7&limit=5'), ('10', '?floor=7&bedrooms=7&price=1&limit=5'),
	('3', '?floor=7&bedrooms=7&price=1&limit=5'), ('5', '?page=11')) v (most, path),
	LATERAL (SELECT set_config('realty.exact_count_limit', most, true) OFFSET 0) s, answer('GET', '/api/units' || path || left(s::text, 0));
SET realty.exact_count_limit = 0;
SELECT data -> 'pagination' ->> 'totalItems' AS total, data -> 'pagination' -> 'isEstimate' AS guessed
FROM answer('GET', '/api/units?limit=10');
RESET realty.exact_count_limit;

-- A city is looked up before its projects are: part of a name, several, none, a wildcard that is none.
SELECT status FROM unnest(ARRAY['Navi Mumbai', 'Mumbai', 'MUMBAI', '100% Goa']) city,
	answer('POST', '/api/projects', jsonb_build_object('name', 'In ' || city, 'city', city, 'status', 'launched'), :'aya');
SELECT status FROM answer('POST', '/api/projects', '{"name": "Secret", "city": "Mumbra"}', :'aya');
SELECT part, (SELECT array_agg(p ->> 'city' ORDER BY p ->> 'city' COLLATE "C") FROM jsonb_array_elements(data -> 'projects') p)
FROM unnest(ARRAY['mum', 'Mumbai', 'MUMBAI', 'navi', 'pune', 'nowhere', '%25', '0%25', '_', '']) part,
	answer('GET', '/api/projects?city=' || part);
SELECT who, data #>> '{pagination,totalItems}' FROM (VALUES ('aya', :'aya'), ('bo', :'bo')) v (who, token),
	answer('GET', '/api/projects?city=mumbra', NULL, token);
-- Too many cities to look through: each row is looked at, and the answer is the same.
INSERT INTO realty.projects (builder_id, name, city, status) SELECT 1, 'Many', 'City ' || n, 'launched' FROM generate_series(1, 250) n;
SELECT api.project_cities('%ity 24%') IS NULL;
SELECT part, data #>> '{pagination,totalItems}' FROM unnest(ARRAY['ity 24', 'mum', 'nowhere']) part,
	answer('GET', '/api/projects?city=' || replace(part, ' ', '%20'));
-- A page behind the end counts what the caller may see: no guess tells of a draft's units.
SELECT status FROM answer('POST', '/api/projects', '{"name": "Draft", "project_type": "residential", "city": "Pune"}', :'aya');
INSERT INTO realty.units (project_id, unit_number, price) SELECT max(p.id), n, n FROM realty.projects p, generate_series(1, 3000) n GROUP BY n;
ANALYZE realty.units;
SET realty.exact_count_limit = 5;
SELECT path, data -> 'pagination' ->> 'totalItems' AS total, data -> 'pagination' -> 'isEstimate' AS guessed
FROM realty.projects p, unnest('{page=2,page=1000,page=2&min_price=1,page=2147483647&limit=1}'::text[]) path,
	answer('GET', format('/api/units?project_id=%s&%s', p.id, path)) WHERE p.name = 'Draft';
RESET realty.exact_count_limit;

-- A page has a limit in bytes and ends early: every row comes once by cursor, and the totals stay.
INSERT INTO realty.units (project_id, tower, unit_number, price, extra)
SELECT 1, 'Large', n::text, n, jsonb_build_object('plan', repeat('x', 15000)) FROM generate_series(1, 150) n;
CREATE FUNCTION page_bytes(parameters text) RETURNS TABLE (at_most_1_mb boolean, rows int, pagination jsonb) LANGUAGE sql AS $$
	SELECT octet_length(r.body) <= 1048576 + 1000, cardinality(ids(r.body::jsonb -> 'data')), mask(r.body::jsonb #> '{data,pagination}')
	FROM realty.request('GET', '/api/units?tower=Large' || parameters) r
$$;
SELECT p, b.* FROM unnest(ARRAY['&limit=100', '&limit=100&page=2', '&limit=100&after=', '&limit=50', '&limit=69&sort=price']) p, page_bytes(p) b;
SELECT cardinality(n) AS rows, (SELECT count(DISTINCT i) FROM unnest(n) i) AS different
FROM unnest(ARRAY['&limit=100', '&limit=100&sort=-price', '&limit=100&sort=tower', '&limit=3']) p, by_cursor('&tower=Large' || p) n;
-- Hits by rank have no cursor, so a smaller page is asked for; one row alone is shown whatever its size.
SELECT * FROM refusal('GET', '/api/units?q=large&limit=100');
SELECT status, cardinality(ids(data)) FROM answer('GET', '/api/units?q=large&limit=20');
SELECT rows FROM page_bytes('&limit=1');
\i :end
