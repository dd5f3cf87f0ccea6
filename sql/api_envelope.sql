-- The seed's example request in full, and what stands around an answer: envelope,
-- headers, ETag, HEAD, OPTIONS, the bare envelope.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start

-- 45 projects under construction in Bangalore, and some that are not.
SELECT count(*), min(status), max(status) FROM generate_series(1, 45) n, answer('POST', '/api/projects',
	jsonb_build_object('name', 'Palm ' || n, 'project_type', 'residential', 'status', 'construction',
		'address', n || ' MG Road', 'city', 'Bangalore', 'state', 'Karnataka',
		'price_min', 4500000, 'price_max', 9000000.5, 'amenities', '["pool", "gym"]'::jsonb), :'aya');
SELECT status FROM answer('POST', '/api/projects', '{"name": "Elsewhere", "project_type": "mixed",
	"status": "construction", "address": "1 Marine Drive", "city": "Mumbai", "state": "Maharashtra"}', :'bo');
SELECT status FROM answer('POST', '/api/projects', '{"name": "Soon", "project_type": "mixed",
	"status": "launched", "address": "1 MG Road", "city": "Bangalore", "state": "Karnataka"}', :'bo');

-- GET /api/projects?page=1&limit=10&city=Bangalore&status=construction, with a token
SELECT r.status, r.headers ->> 'Content-Type' AS type, r.body AS body
FROM realty.request('GET', '/api/projects?page=1&limit=10&city=Bangalore&status=construction', NULL,
	bearer(:'chitra')) r \gset
SELECT :status, :'type';
SELECT jsonb_pretty(mask(:'body'::jsonb #- '{data,projects}'));
SELECT p ->> 'name', p ->> 'status', p ->> 'city', p -> 'builder'
FROM jsonb_array_elements(:'body'::jsonb #> '{data,projects}') p;
SELECT jsonb_pretty(mask(:'body'::jsonb #> '{data,projects,0}'));

-- Money keeps its decimals, in the text too; bigint twins are not shown.
SELECT :'body' ~ '"price_min":4500000\.00,"price_max":9000000\.50,', :'body' ~ 'minor';
-- The last page, and one behind it.
SELECT jsonb_array_length(data -> 'projects'), data #>> '{pagination}'
FROM answer('GET', '/api/projects?page=5&limit=10&city=bangal&status=construction');
SELECT jsonb_array_length(data -> 'projects'), data #>> '{pagination}'
FROM answer('GET', '/api/projects?page=9&limit=10&city=BANGALORE&status=construction');
-- One row, under its singular.
SELECT status, (SELECT array_agg(key) FROM jsonb_object_keys(data) key), data #>> '{project,name}'
FROM answer('GET', '/api/projects/1');
SELECT status, data #>> '{builder,company_name}' FROM answer('GET', '/api/builders/1');
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/builders/1/projects');

-- Filters: anywhere in a text, % and _ as themselves; lists; bounds; the empty text filters nothing.
SELECT path, data #>> '{pagination,totalItems}'
FROM unnest(ARRAY['?name=palm+4', '?name=%25', '?name=_', '?amenities=pool', '?amenities=golf', '?city=',
	'?min_price_min=4500000', '?min_price_min=4500000.01', '?max_price_max=9000000.5', '?max_price_max=9000000.49',
	'?price_max=9000000.50', '?price_max=9000000.501', '?builder_id=2', '?project_type=mixed',
	'?min_created_at=2000-01-01', '?max_created_at=2000-01-01T00:00:00Z', '?city=Mumbai&status=construction']) path,
	answer('GET', '/api/projects' || path);

-- Every answer tells its request; a client's own id comes back, a strange one does not.
SELECT headers ->> 'X-Request-Id' FROM realty.request('GET', '/api/projects/1', NULL, '{"x-request-id": "web-17"}');
SELECT headers ->> 'X-Request-Id' ~ '^[0-9a-f]{16}$' FROM realty.request('GET', '/api/nowhere', NULL,
	'{"X-Request-Id": "two words"}');

-- Public GETs have an ETag that changes with the answer.
SELECT headers ->> 'ETag' AS tag FROM realty.request('GET', '/api/projects/1') \gset
SELECT status, length(body), headers ->> 'ETag' = :'tag', headers ->> 'Cache-Control'
FROM realty.request('GET', '/api/projects/1', NULL, jsonb_build_object('If-None-Match', '"x", W/' || :'tag'));
SELECT status FROM realty.request('GET', '/api/projects/1', NULL, '{"If-None-Match": "\"x\""}');
SELECT status FROM answer('PATCH', '/api/projects/1', '{"description": "By the lake"}', :'aya');
SELECT status, headers ->> 'ETag' = :'tag' FROM realty.request('GET', '/api/projects/1', NULL,
	jsonb_build_object('If-None-Match', :'tag'));
SELECT status, headers ? 'ETag', headers ->> 'Cache-Control' FROM realty.request('GET', '/api/auth/me', NULL,
	bearer(:'aya'));

-- HEAD is GET without the body; OPTIONS tells the methods; a trailing slash changes nothing.
SELECT status, length(body), headers ? 'ETag' FROM realty.request('HEAD', '/api/projects/1');
SELECT status, headers ->> 'Allow' FROM realty.request('OPTIONS', '/api/projects/1');
SELECT status FROM answer('GET', '/api/projects/');
-- What is made says where it is.
SELECT status, headers ->> 'Location' FROM realty.request('POST', '/api/projects', '{"name": "L",
	"project_type": "mixed", "address": "x", "city": "Pune", "state": "MH"}', bearer(:'bo'));

-- The same for bytes: headers as lines, in and out.
SELECT status, convert_from(body, 'UTF8')::jsonb #>> '{data,project,name}', headers ~ E'(^|\n)X-Request-Id: r1\r\n'
FROM realty.request_raw('GET', '/api/projects/1', E'Host: x\r\nX-Request-Id: r1\r\n', NULL, '192.0.2.1');
SELECT status, convert_from(body, 'UTF8')::jsonb #>> '{data,project,description}'
FROM realty.request_raw('PATCH', '/api/projects/1', 'Content-Type: application/json; charset=UTF-8' || E'\r\n'
	|| 'Authorization: Bearer ' || :'aya' || E'\r\n', '{"description": "é"}', '192.0.2.1');

-- A bare route: the data is the body, errors are FastAPI's.
INSERT INTO realty.routes (method, path, handler, resource, roles, envelope, data_key) VALUES
	('GET', '/bare/projects', 'list', 'projects', '{public}', 'bare', ''),
	('GET', '/bare/page', 'list', 'projects', '{public}', 'bare', NULL),
	('GET', '/bare/projects/{id}', 'get', 'projects', '{public}', 'bare', ''),
	('POST', '/bare/projects', 'create', 'projects', '{builder}', 'bare', '');
SELECT status, jsonb_typeof(body::jsonb), jsonb_array_length(body::jsonb) FROM realty.request('GET', '/bare/projects?limit=3');
SELECT status, (SELECT array_agg(key) FROM jsonb_object_keys(body::jsonb) key) FROM realty.request('GET', '/bare/page');
SELECT status, body::jsonb ->> 'name' FROM realty.request('GET', '/bare/projects/1');
SELECT status, body FROM realty.request('GET', '/bare/projects/999');
SELECT status, body FROM realty.request('GET', '/bare/projects?limit=0&colour=red');
SELECT status, body FROM realty.request('POST', '/bare/projects', '{"name": 7}', bearer(:'bo'));
SELECT status, body FROM realty.request('POST', '/bare/projects', '{}');
\i :end
