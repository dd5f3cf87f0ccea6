-- Many units in one request: all of them, or every violation of every row by its index.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Lake View", "project_type": "residential", "status": "launched", "city": "Pune"}', :'aya');
SELECT status FROM answer('POST', '/api/projects', '{"name": "Hill View", "project_type": "residential", "status": "launched", "city": "Pune"}', :'bo');

-- Rows may name different columns: what one does not name has its default.
SELECT * FROM answer('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "1", "price": 100.50},
	{"project_id": 1, "unit_number": "2", "price": 200, "tower": "A", "bedrooms": 2, "features": ["sea"], "extra": {"vastu": true}},
	{"project_id": 1, "unit_number": "1", "price": 300, "tower": "B", "bedrooms": null}]', :'aya');
SELECT id, tower, unit_number, price, bedrooms, status, features, extra FROM realty.units ORDER BY id;
SELECT total_units, available_units FROM api.projects WHERE id = 1;
SELECT action, row_id, new_row FROM realty.audit_log WHERE table_name = 'units';

-- Every violation of every row, the row named by its index; nothing is stored.
SELECT unnest(string_to_array(details, '; ')) AS detail FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "3", "price": 1},
	{"project_id": 1, "unit_number": "", "price": -5, "bedrooms": "two"}, 7,
	{"project_id": 2, "unit_number": "4", "price": 1}, {"project_id": 99, "unit_number": "4", "price": 1},
	{"project_id": 1, "unit_number": "3", "price": 1}, {"project_id": 1, "unit_number": "2", "tower": "A", "price": 1},
	{"unit_number": "5"}, {"project_id": 1, "unit_number": "6", "price": 1, "id": 1, "colour": "red", "status": "sold"},
	{"project_id": 1, "unit_number": "7", "price": "9"}, {"project_id": 1, "unit_number": "8", "price": 9.999}]', :'aya');
SELECT count(*) AS units, (SELECT total_units FROM api.projects WHERE id = 1) FROM realty.units;
SELECT * FROM realty.check_invariants();

-- Not a list, an empty one, one that is too long; permitted users
SELECT * FROM refusal('POST', '/api/units/bulk', '{"project_id": 1}', :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk', '[]', :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 10001)), :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk?all=1', '[{}]', :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "9", "price": 1}]', :'bo');
SELECT * FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "9", "price": 1}]', :'chitra');
SELECT * FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "9", "price": 1}]');
SELECT status FROM answer('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "9", "price": 1}]', :'root');
-- A list is for this route only
SELECT * FROM refusal('POST', '/api/units', '[{"project_id": 1, "unit_number": "10", "price": 1}]', :'aya');

-- Ten thousand, and one bad one among them
SELECT status, data -> 'count' AS made FROM answer('POST', '/api/units/bulk',
	(SELECT jsonb_agg(jsonb_build_object('project_id', 1, 'tower', 'T', 'unit_number', n, 'price', n)) FROM
		(SELECT n::text, n AS p FROM generate_series(1, 10000) n) x (n, p)), :'aya');
SELECT status, data -> 'count' AS made FROM answer('POST', '/api/units/bulk',
	(SELECT jsonb_agg(jsonb_build_object('project_id', 1, 'tower', 'T', 'unit_number', n::text, 'price', n)) FROM generate_series(1, 10000) n), :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk',
	(SELECT jsonb_agg(jsonb_build_object('project_id', 1, 'tower', 'U', 'unit_number', n::text, 'price', n - 5001)) FROM generate_series(5001, 15000) n), :'aya');
-- What a refusal costs is counted: statements tried, subtransactions that wrote, and the memory
-- that the session holds meanwhile.
CREATE SEQUENCE tried;
CREATE SEQUENCE held;
CREATE FUNCTION count_try() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	IF nextval('public.tried') % 16 = 1 THEN
		PERFORM setval('public.held', greatest(sum(total_bytes)::bigint, (SELECT last_value FROM public.held))) FROM pg_catalog.pg_backend_memory_contexts;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER units_story BEFORE INSERT ON realty.units EXECUTE FUNCTION count_try();
CREATE FUNCTION price_list(bad jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('project_id', 1, 'tower', 'W', 'unit_number', n::text, 'price', n) || CASE n % 20 WHEN 7 THEN bad ELSE '{}' END)
	FROM generate_series(1, 5000) n
$$;
CREATE FUNCTION cost(what text, body jsonb, token text) RETURNS TABLE (said text, status int, details int, tries text, writers text, memory text) LANGUAGE plpgsql AS $$
DECLARE
	megabytes bigint;
	xid bigint;
BEGIN
	PERFORM setval('tried', 1, false), setval('held', 1);
	SELECT sum(total_bytes) INTO megabytes FROM pg_catalog.pg_backend_memory_contexts;
	xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
	SELECT what, r.status, jsonb_array_length(r.body::jsonb #> '{error,details}') INTO said, status, details
	FROM realty.request('POST', '/api/units/bulk', body, bearer(token)) r;
	tries := (SELECT CASE WHEN NOT is_called THEN 'none' WHEN last_value <= 1400 THEN 'few' ELSE last_value::text END FROM tried);
	xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint - xid;
	writers := CASE WHEN xid <= 1 THEN 'none' WHEN xid <= 2000 THEN 'few' ELSE xid::text END;
	megabytes := ((SELECT last_value FROM held) - megabytes) / 1048576;
	memory := CASE WHEN megabytes <= 32 THEN 'little' ELSE megabytes || ' MB' END;
	RETURN NEXT;
END $$;
SELECT * FROM cost('prices', price_list('{"price": -1}'), :'aya');
SELECT * FROM cost('fields', price_list('{"colour": "red"}'), :'aya');
SELECT * FROM cost('words', price_list('{"bedrooms": "two"}'), :'aya');
SELECT * FROM cost('of nowhere', price_list('{"project_id": 99}'), :'aya');
SELECT * FROM cost('of another', price_list('{"project_id": 2}'), :'aya');
SELECT * FROM cost('twice', price_list('{"unit_number": "7"}'), :'aya');
-- For trouble no row is to blame, and nothing is tried again.
CREATE OR REPLACE FUNCTION count_try() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	PERFORM nextval('public.tried');
	RAISE SQLSTATE '55P03' USING MESSAGE = 'a lock';
END $$;
SELECT said, status, details, (SELECT last_value FROM tried) AS tried FROM cost('a lock', price_list('{}'), :'aya');
DROP TRIGGER units_story ON realty.units;

-- More violations than are useful are not all listed
SELECT status, jsonb_array_length(data #> '{error,details}') AS details, data #> '{error,details,-1}' AS last FROM answer('POST', '/api/units/bulk',
	(SELECT jsonb_agg(jsonb_build_object('project_id', 1, 'tower', 'U', 'unit_number', n::text, 'price', -n)) FROM generate_series(1, 10000) n), :'aya');
SELECT total_units, available_units FROM api.projects WHERE id = 1;

-- A site's route for its own list, below a project
INSERT INTO realty.routes (method, path, handler, resource, roles, params, fixed, status) VALUES
	('POST', '/api/projects/{id}/plots', 'create_many', 'units', '{builder}', '{"id": "project_id"}', '{"tower": "P"}', 201);
SELECT status, data -> 'count' AS made FROM answer('POST', '/api/projects/1/plots', '[{"unit_number": "1", "price": 5}, {"unit_number": "2", "price": 6}]', :'aya');
SELECT * FROM refusal('POST', '/api/projects/1/plots', '[{"unit_number": "3", "price": 5, "tower": "Q"}, {"project_id": 2}]', :'aya');
SELECT tower, unit_number, price FROM realty.units WHERE project_id = 1 AND tower = 'P' ORDER BY 2;
SELECT * FROM realty.check_invariants();
\i :end
