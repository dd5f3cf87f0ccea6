-- Search: words from their beginning, without accents and case, the best hits first, and only what
-- the caller may know of.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT a.status FROM (VALUES
	('aya', 'Palm Court', 'Bengaluru', 'launched', 'Gardens by the lake'), ('aya', 'Lake View', 'Pune', 'launched', 'Homes under palms'),
	('aya', 'Secret Palms', 'Pune', 'planning', NULL), ('bo', 'Château Édouard', 'Puducherry', 'launched', 'Straße, Łódź & A-1204')) v (who, name, city, state, description),
	answer('POST', '/api/projects', jsonb_build_object('name', name, 'city', city, 'status', v.state, 'project_type', 'residential', 'description', description),
		CASE who WHEN 'aya' THEN :'aya' ELSE :'bo' END) a;
SELECT status FROM answer('POST', '/api/units/bulk', '[{"project_id": 1, "tower": "North", "unit_number": "A-1204", "price": 1, "unit_type": "3 BHK"},
	{"project_id": 1, "tower": "South", "unit_number": "1205", "price": 2, "unit_type": "2 BHK"}, {"project_id": 3, "unit_number": "1204", "price": 3}]', :'aya');
SELECT status FROM answer('POST', '/api/units/bulk', '[{"project_id": 4, "unit_number": "1204", "price": 4, "unit_type": "3 BHK"}]', :'bo');
CREATE FUNCTION found(path text, token text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT a.status || ' ' || coalesce((SELECT string_agg(coalesce(r ->> 'title', r ->> 'name', r ->> 'company_name', concat_ws(' ', nullif(r ->> 'tower', ''), r ->> 'unit_number')), ', ' ORDER BY n)
		FROM jsonb_array_elements(coalesce(a.data -> 'results', a.data -> 'projects', a.data -> 'units', a.data -> 'builders')) WITH ORDINALITY x (r, n)), '-')
	FROM answer('GET', path, NULL, token) a
$$;

-- The name counts most, then the place, then the description; the beginning of a word is enough
SELECT q, found('/api/projects?q=' || q) FROM unnest('{palm,lake,PALM+lake,pal+c,court+palm,beng,alm,palm+beach}'::text[]) q;
-- Accents and signs on either side, percent-encoded as a browser does
SELECT q, found('/api/projects?q=' || q) FROM unnest('{chateau,ch%C3%A2teau,%C3%89douard,strasse,stra%C3%9Fe,lodz,%C5%81%C3%B3d%C5%BA,bengal%C5%ABru,cha%CC%82teau}'::text[]) q;
SELECT realty.search_text(t) FROM unnest('{"A-1204/B","  many   spaces ","Ærø & Þór","नमस्ते दुनिया","ﬁne ①","😀 smile","Ünïcödé"}'::text[]) t;
-- Letters with all the marks that one likes cost what they are long: four times as many some four times as much, and not sixteen
SELECT realty.search_text('a' || repeat(E'\u0301', 2000) || 'b' || repeat(E'\u0323', 700) || 'c') AS without, realty.search_text(repeat('é', 300) || repeat(E'e\u0301', 300)) = repeat('e', 600) AS in_pieces,
	length(realty.search_text(repeat(E'\u0e38\u0e48', 3000))) AS kept;
CREATE FUNCTION pg_temp.took(marks int) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
	text_of text := repeat(E'\u0301', marks) || repeat(E'\u0323', marks) || repeat(E'\u0e48', marks) || repeat(E'\u0e38', marks);
	began timestamptz;
	least_of float;
BEGIN
	FOR i IN 1 .. 5 LOOP
		began := clock_timestamp();
		PERFORM length(realty.search_text(text_of));
		least_of := least(least_of, extract(epoch FROM clock_timestamp() - began));
	END LOOP;
	RETURN least_of;
END $$;
SELECT pg_temp.took(20000) < 10 * pg_temp.took(5000) AS is_linear;
-- With filters, order and pages; hits are paged by number, a sorted list by cursor too
SELECT found('/api/projects?q=palm&city=pune'), found('/api/projects?q=palm&sort=name'), found('/api/projects?q=palm&sort=-name'),
	found('/api/projects?q=palm&limit=1'), found('/api/projects?q=palm&limit=1&page=2');
SELECT data -> 'pagination' AS pagination FROM answer('GET', '/api/projects?q=palm&limit=1');
SELECT data #> '{pagination,totalItems}' AS total, data #> '{pagination,nextCursor}' <> 'null' AS has_cursor FROM answer('GET', '/api/projects?q=palm&limit=1&sort=name');
-- Units by their own words, and by theirs and their project's together
SELECT q, found('/api/units?q=' || q) FROM unnest('{1204,a+1204,A-1204,3+bhk,north,palm+3+bhk,palm+1205,chateau+1204,palm}'::text[]) q;
-- Builders
SELECT found('/api/builders?q=aya'), found('/api/builders?q=homes'), found('/api/builders?q=ayax');

-- A draft is found by its builder and administrators only
SELECT who, found('/api/projects?q=secret', token), found('/api/search?q=secret', token), found('/api/units?q=1204', token)
FROM (VALUES ('anon', NULL), ('chitra', :'chitra'), ('bo', :'bo'), ('aya', :'aya'), ('root', :'root')) v (who, token);
SET ROLE realty_anon;
SELECT id FROM api.project_hits('secret');
SELECT id FROM api.unit_hits('1204') ORDER BY 1;
RESET ROLE;
-- What changes is found as it is now: renamed, withdrawn, blocked, deleted
SELECT status FROM answer('PATCH', '/api/projects/2', '{"name": "River View"}', :'aya');
SELECT found('/api/projects?q=lake'), found('/api/projects?q=river');
SELECT status FROM answer('POST', '/api/units/1/block', NULL, :'aya');
SELECT found('/api/units?q=north'), found('/api/units?q=north', :'aya');
SELECT status FROM answer('PATCH', '/api/projects/3', '{"status": "launched"}', :'aya');
SELECT found('/api/projects?q=secret');
SELECT status FROM answer('DELETE', '/api/units/3', NULL, :'aya');
SELECT status FROM answer('DELETE', '/api/projects/3', NULL, :'aya');
SELECT found('/api/projects?q=secret');

-- All kinds in one list
SELECT r ->> 'kind' AS kind, r ->> 'title' AS title, r ->> 'subtitle' AS subtitle, r ->> 'project_id' AS project FROM answer('GET', '/api/search?q=1205+palm'), jsonb_array_elements(data -> 'results') r;
SELECT found('/api/search?q=pu'), found('/api/search?q=pu&kind=builder'), found('/api/search?q=1204&kind=unit'), found('/api/search?q=a&limit=1'), found('/api/search?q=a&limit=1&page=2');

-- What is no query, and what no operator
SELECT q, (refusal('GET', '/api/projects?q=' || q)).* FROM unnest(ARRAY['', '%20', '%26%7C!():*%27%5C', '%F0%9F%98%80', repeat('x', 201), 'a+b+c+d+e+f+g+h+i+j+k']) q;
SELECT q, found('/api/projects?q=' || q) FROM unnest('{palm%27,palm%27%3A*%7C%27lake,%27%20OR%201%3D1--,!palm,palm%20%26%20!court,palm%3A*A,palm<->court}'::text[]) q;
SELECT * FROM refusal('GET', '/api/projects?q=a&q=b');
SELECT * FROM refusal('GET', '/api/projects?q=palm&after=x');
SELECT * FROM refusal('GET', '/api/bookings?q=palm', NULL, :'chitra');
SELECT * FROM refusal('GET', '/api/search');
SELECT * FROM refusal('GET', '/api/search?q=%26&kind=town&page=0&limit=101');
SELECT * FROM refusal('GET', '/api/search?q=a&page=x');

-- A site's own resource is searched by one function and one row
CREATE TABLE api.offices (id bigint PRIMARY KEY, name text);
INSERT INTO api.offices VALUES (1, 'Main office'), (2, 'Branch office');
GRANT SELECT ON api.offices TO realty_anon;
CREATE FUNCTION api.office_hits(q text) RETURNS TABLE (id bigint, rank real) LANGUAGE sql STABLE AS
	$$ SELECT o.id, 1::real FROM api.offices o WHERE o.name ILIKE '%' || q || '%' $$;
GRANT EXECUTE ON FUNCTION api.office_hits(text) TO realty_anon;
INSERT INTO realty.resources (name, view, singular, sort, default_sort, search) VALUES ('offices', 'api.offices', 'office', '{id,name}', 'id', 'api.office_hits');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('GET', '/api/offices', 'list', 'offices', '{public}');
SELECT data FROM answer('GET', '/api/offices?q=branch');

-- Among many the index answers, for the functions run as the owner
INSERT INTO realty.projects (builder_id, name, city, status) SELECT 1, 'Tower ' || n, 'Mysuru', 'launched' FROM generate_series(1, 3000) n;
SELECT gin_clean_pending_list('realty.projects_found_by') > 0 AS cleaned;
ANALYZE realty.projects;
CREATE FUNCTION scans(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Scan' THEN RETURN NEXT btrim(line); END IF;
	END LOOP;
END $$;
SELECT scans($$SELECT p.id FROM realty.projects p
WHERE p.found_by @@ realty.search_query('palm')$$);
SELECT found('/api/projects?q=palm');

-- Of many hits, most of one rank and each as old as it likes, the pages are what all of them in one order would be cut into:
-- without a filter, with one that rejects the best, down to the last page
INSERT INTO realty.projects (builder_id, name, city, status) SELECT 1, 'Tower draft ' || n, 'Mysuru', 'planning' FROM generate_series(1, 30) n;
UPDATE realty.projects SET created_at = now() - make_interval(mins => (id * 7919 % 997)::int), description = CASE WHEN id % 3 = 0 THEN 'Tower' END,
	status = CASE WHEN id % 3 = 0 AND status = 'launched' THEN 'construction' ELSE status END WHERE name LIKE 'Tower %';
ANALYZE realty.projects;
CREATE FUNCTION ids(path text, token text DEFAULT NULL) RETURNS bigint[] LANGUAGE sql AS $$
	SELECT array_agg((r ->> 'id')::bigint ORDER BY n)
	FROM answer('GET', path, NULL, token) a, jsonb_array_elements(coalesce(a.data -> 'projects', a.data -> 'results')) WITH ORDINALITY x (r, n)
$$;
CREATE FUNCTION cut(hits bigint[], page int) RETURNS bigint[] LANGUAGE sql AS $$ SELECT hits[page * 10 - 9:page * 10] $$;
WITH seen AS (
	SELECT array_agg(p.id ORDER BY ts_rank(p.found_by, q) DESC, p.created_at DESC, p.id DESC) FILTER (WHERE p.status <> 'planning') AS by_all,
		array_agg(p.id ORDER BY ts_rank(p.found_by, q) DESC, p.created_at DESC, p.id DESC) FILTER (WHERE p.status = 'launched') AS by_filter,
		array_agg(p.id ORDER BY ts_rank(p.found_by, q) DESC, p.created_at DESC, p.id DESC) AS by_builder,
		array_agg(p.id ORDER BY ts_rank(p.found_by, q) DESC, p.id DESC) FILTER (WHERE p.status <> 'planning') AS by_search,
		count(DISTINCT ts_rank(p.found_by, q)) AS ranks
	FROM realty.projects p, realty.search_query('tower') q WHERE p.found_by @@ q)
SELECT page, ranks, ids('/api/projects?q=tower&page=' || page) = cut(by_all, page) AS all_hits,
	ids('/api/projects?q=tower&status=launched&page=' || page) IS NOT DISTINCT FROM nullif(cut(by_filter, page), '{}') AS filtered,
	ids('/api/projects?q=tower&page=' || page, :'aya') = cut(by_builder, page) AS to_its_builder,
	ids('/api/search?q=tower&page=' || page) = cut(by_search, page) AS all_kinds
FROM seen, unnest('{1,2,100,198,199,200,297}'::int[]) page;
-- No more hits are looked at than the page shows
CREATE VIEW looks AS SELECT idx_scan + seq_tup_read AS n FROM pg_stat_xact_user_tables WHERE relid = 'realty.projects'::regclass;
BEGIN;
SELECT n AS before FROM looks \gset
SELECT cardinality(ids('/api/projects?q=tower'));
SELECT n - :before BETWEEN 11 AND 50 AS few FROM looks;
COMMIT;
-- A cursor goes through all hits that another order is asked for
WITH RECURSIVE pages AS (
	SELECT body::jsonb -> 'data' AS data FROM realty.request('GET', '/api/projects?q=tower&sort=city&limit=100&after=')
	UNION ALL
	SELECT r.body::jsonb -> 'data' FROM pages p, realty.request('GET', '/api/projects?q=tower&sort=city&limit=100&after=' || (p.data #>> '{pagination,nextCursor}')) r
	WHERE p.data #>> '{pagination,nextCursor}' IS NOT NULL)
SELECT count(*), count(DISTINCT r -> 'id') FROM pages, jsonb_array_elements(data -> 'projects') r;
-- The total is exact up to the limit, whatever a filter rejects; of hits alone it is their number beyond, and marked as a guess
CREATE FUNCTION total(path text, token text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT (data #>> '{pagination,totalItems}') || CASE WHEN data #> '{pagination,isEstimate}' = 'true' THEN ' or so' ELSE '' END FROM answer('GET', path, NULL, token)
$$;
SELECT path, total('/api/projects?q=' || path) AS anon, total('/api/projects?q=' || path, :'aya') AS aya
FROM unnest('{tower,tower&status=construction,tower&status=planning,tower+1,tower+1&status=launched,tower&page=300,tower+99}'::text[]) path;
SELECT total('/api/projects?q=tower&status=launched') LIKE '% or so' AS of_too_many;
SET realty.exact_count_limit = 0;
SELECT total('/api/projects?q=tower'), total('/api/projects?q=tower', :'aya');
RESET realty.exact_count_limit;
-- The policies judge what is shown, also where a site's are stricter than the function that found it
CREATE POLICY odd_ones_only ON realty.projects AS RESTRICTIVE FOR SELECT TO realty_customer USING (id % 2 = 1);
SELECT (SELECT bool_and(id % 2 = 1) AND count(*) = 10 FROM unnest(ids('/api/projects?q=tower', :'chitra')) id) AS listed,
	(SELECT bool_and(id % 2 = 1) AND count(*) = 10 FROM unnest(ids('/api/search?q=tower', :'chitra')) id) AS searched,
	total('/api/projects?q=tower+99') AS hits, total('/api/projects?q=tower+99', :'chitra') AS hers, total('/api/projects?q=tower', :'chitra') AS of_many;
DROP POLICY odd_ones_only ON realty.projects;
-- From SQL, with constants that overflow when they are multiplied: every violation is named all the same
SELECT * FROM api.search('--', 'house', 2147483647, 2147483647);
SELECT * FROM api.search(NULL, page => -2147483648, "limit" => -1);
\i :end
