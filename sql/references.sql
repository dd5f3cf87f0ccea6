-- What a request refers to is looked up as its sender sees it: for each reference in each route's path and body, what is hidden
-- is answered as what is absent, to the byte. The routes and their fields are the API's own description.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
-- Bo has a draft with a unit, and on the market a blocked unit and one that Dev has booked; all that hangs on those is theirs.
-- Their ids are long, so that nothing else in an answer looks like one.
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (1, 'Palm Court', 'Pune', 'launched') RETURNING id AS palm \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:palm, '1', 5000000) RETURNING id AS own_unit \gset
SELECT format('ALTER TABLE realty.%I ALTER COLUMN id RESTART WITH %s', t, 7654001 + 1000 * n) FROM unnest('{users,customers,projects,units,bookings,payments,messages,
	change_requests,appointments,project_progress,construction_updates,models_3d}'::text[]) WITH ORDINALITY x (t, n) \gexec
SELECT realty.create_admin('rani@api.example', 'correct horse battery') AS rani \gset
INSERT INTO realty.users (email, user_type, full_name) VALUES ('esha@api.example', 'customer', 'Esha Paul') RETURNING id AS esha \gset
INSERT INTO realty.customers (user_id) VALUES (:esha) RETURNING id AS esha_c \gset
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (2, 'Bo Park', 'Pune', 'launched') RETURNING id AS park \gset
INSERT INTO realty.projects (builder_id, name, city) VALUES (2, 'Quiet Hill', 'Pune') RETURNING id AS draft \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:draft, '2', 5000000) RETURNING id AS draft_unit \gset
INSERT INTO realty.units (project_id, unit_number, price, status) VALUES (:park, '3', 5000000, 'blocked') RETURNING id AS blocked_unit \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:park, '4', 5000000) RETURNING id AS sold_unit \gset
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:sold_unit, :esha_c) RETURNING id AS booking \gset
UPDATE realty.bookings SET status = 'confirmed' WHERE id = :booking;
INSERT INTO realty.payments (booking_id, kind, amount, due_date) VALUES (:booking, 'instalment', 100, '2027-01-05') RETURNING id AS payment \gset
INSERT INTO realty.messages (sender_id, recipient_id, body) VALUES (:esha, 2, 'Hello') RETURNING id AS message \gset
INSERT INTO realty.change_requests (booking_id, customer_id, title, description) SELECT :booking, customer_id, 'Tiles', 'Other tiles' FROM realty.bookings WHERE id = :booking RETURNING id AS change \gset
INSERT INTO realty.appointments (builder_id, customer_id, project_id, starts_at, ends_at)
	SELECT 2, customer_id, :park, '2027-01-05 11:00+05:30', '2027-01-05 11:30+05:30' FROM realty.bookings WHERE id = :booking RETURNING id AS visit \gset
INSERT INTO realty.project_progress (project_id, phase) VALUES (:draft, 'Piling') RETURNING id AS phase \gset
INSERT INTO realty.construction_updates (project_id, title) VALUES (:draft, 'Dug') RETURNING id AS news \gset
INSERT INTO realty.models_3d (project_id, name, format, file_url) VALUES (:draft, 'Tower', 'glb', 'https://models.example/a.glb') RETURNING id AS model \gset
-- What has left the market is hidden as well: a project on hold, and what a company sold whose account was shut.
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (2, 'Bo Heights', 'Pune', 'launched') RETURNING id AS halted \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:halted, '5', 5000000) RETURNING id AS halted_unit \gset
UPDATE realty.projects SET status = 'on_hold' WHERE id = :halted;
INSERT INTO realty.users (email, user_type, full_name) VALUES ('gia@api.example', 'builder', 'Gia Sen') RETURNING id AS gia \gset
INSERT INTO realty.builders (user_id, company_name) VALUES (:gia, 'Gia Homes') RETURNING id AS gia_b \gset
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (:gia_b, 'Gia Rows', 'Pune', 'launched') RETURNING id AS shut \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:shut, '6', 5000000) RETURNING id AS shut_unit \gset
UPDATE realty.users SET is_active = false WHERE id = :gia;
CREATE TABLE hidden (field text, id bigint, PRIMARY KEY (field, id));
INSERT INTO hidden VALUES ('project_id', :halted), ('project_id', :shut), ('unit_id', :halted_unit), ('unit_id', :shut_unit), ('projects', :halted), ('projects', :shut),
	('units', :halted_unit), ('units', :shut_unit), ('project_id', :draft), ('unit_id', :draft_unit), ('unit_id', :blocked_unit), ('booking_id', :booking), ('parent_id', :message),
	('recipient_id', :rani), ('payment_id', :payment), ('customer_id', :esha_c), ('recipient_id', :esha), ('reply_to_id', :message),
	('projects', :draft), ('units', :draft_unit), ('units', :blocked_unit), ('bookings', :booking), ('payments', :payment), ('messages', :message),
	('change-requests', :change), ('appointments', :visit), ('progress', :phase), ('updates', :news), ('models', :model), ('users', :rani), ('customers', :esha_c);
\set QUIET on
-- Each is undone: what one request writes, the next must not meet.
CREATE FUNCTION tried(method text, path text, body jsonb, token text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
	BEGIN
		SELECT r.status || ' ' || r.body INTO said FROM realty.request(method, path, body, bearer(token)) r;
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
		RETURN said;
	END;
END $$;

-- A value that the schema allows.
CREATE FUNCTION sample_of(schema jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
		WHEN schema ? 'enum' THEN schema #> '{enum,0}'
		WHEN schema ->> 'format' = 'date-time' THEN '"2027-01-06T11:00:00+05:30"'
		WHEN schema ->> 'format' = 'date' THEN '"2027-01-06"'
		WHEN schema ->> 'format' = 'uri' OR schema ->> 'pattern' ~ 'http' THEN '"https://a.example/b"'
		WHEN coalesce(schema #>> '{type,0}', schema ->> 'type') IN ('integer', 'number') THEN to_jsonb(coalesce((schema ->> 'minimum')::numeric, 1) + 1)
		WHEN coalesce(schema #>> '{type,0}', schema ->> 'type') = 'boolean' THEN 'true'
		WHEN coalesce(schema #>> '{type,0}', schema ->> 'type') = 'array' THEN '[]'
		WHEN coalesce(schema #>> '{type,0}', schema ->> 'type') = 'object' THEN '{}'
		ELSE '"https://a.example/b"' END $$;

CREATE FUNCTION shaped(body jsonb, bulk boolean) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN bulk THEN jsonb_build_array(body) ELSE body END $$;

CREATE VIEW described AS
	WITH api AS MATERIALIZED (SELECT api.openapi()::jsonb AS doc)
	SELECT upper(m.key) AS method, p.key AS path, b.schema ->> 'type' = 'array' AS bulk, m.value -> 'parameters' AS parameters,
		CASE WHEN i.schema ? '$ref' THEN doc #> string_to_array(substr(i.schema ->> '$ref', 3), '/') ELSE i.schema END AS schema
	FROM api, jsonb_each(doc -> 'paths') p, jsonb_each(p.value) m,
		LATERAL (SELECT m.value #> '{requestBody,content,application/json,schema}' AS schema) b,
		LATERAL (SELECT CASE WHEN b.schema ->> 'type' = 'array' THEN b.schema -> 'items' ELSE b.schema END AS schema) i
	WHERE m.key IN ('get', 'post', 'put', 'patch', 'delete');
CREATE TABLE routes AS SELECT * FROM described;
-- Each reference of a body, alone and among all that the schema asks for, on an own project and without.
CREATE TABLE bodies AS
	SELECT r.method, r.path, r.bulk, f.key AS field, b.body
	FROM routes r, jsonb_each(r.schema -> 'properties') f,
		LATERAL (SELECT coalesce(jsonb_object_agg(q.name, sample_of(r.schema #> ARRAY['properties', q.name])), '{}'::jsonb) AS body
			FROM jsonb_array_elements_text(r.schema -> 'required') q (name)) required,
		LATERAL (VALUES ('{}'::jsonb), (required.body::jsonb),
			(required.body || CASE WHEN r.schema -> 'properties' ? 'project_id' THEN '{"project_id": 1}'::jsonb ELSE '{}' END),
			(required.body || CASE WHEN r.schema -> 'properties' ? 'recipient_id' THEN '{"recipient_id": 5, "body": "Hello"}'::jsonb ELSE '{}' END)) b (body)
	WHERE f.key IN (SELECT field FROM hidden);
SELECT method, path, string_agg(DISTINCT field, ', ') FROM bodies GROUP BY 1, 2 ORDER BY 2, 1;
CREATE TABLE people AS SELECT * FROM (VALUES ('a builder', :'aya'), ('a customer', :'chitra')) v (who, token);
CREATE TABLE seen AS
	SELECT p.who, b.method, b.path, b.field, h.id, b.body,
		replace(tried(b.method, replace(b.path, '{id}', '1'), shaped(b.body || jsonb_build_object(b.field, h.id), b.bulk), p.token), h.id::text, '#') AS hidden,
		replace(tried(b.method, replace(b.path, '{id}', '1'), shaped(b.body || jsonb_build_object(b.field, 987654321), b.bulk), p.token), '987654321', '#') AS absent
	FROM people p, bodies b JOIN hidden h USING (field);
INSERT INTO seen
	SELECT p.who, r.method, r.path, h.field, h.id, NULL,
		replace(tried(r.method, replace(r.path, '{id}', h.id::text), r.body, p.token), h.id::text, '#'),
		replace(tried(r.method, replace(r.path, '{id}', '987654321'), r.body, p.token), '987654321', '#')
	FROM people p, (SELECT method, path, CASE WHEN method IN ('POST', 'PUT', 'PATCH') THEN '{}'::jsonb END AS body FROM routes) r
		JOIN hidden h ON split_part(r.path, '/', 3) = h.field
	WHERE r.path ~ '\{id\}';
INSERT INTO seen
	SELECT p.who, r.method, r.path, h.field, h.id, '"in the query"',
		replace(tried(r.method, format('%s?date=2027-01-05&%s=%s', replace(r.path, '{id}', '1'), h.field, h.id), NULL, p.token), h.id::text, '#'),
		replace(tried(r.method, format('%s?date=2027-01-05&%s=987654321', replace(r.path, '{id}', '1'), h.field), NULL, p.token), '987654321', '#')
	FROM people p, routes r, jsonb_array_elements(r.parameters) a JOIN hidden h ON h.field = a ->> 'name' AND a ->> 'in' = 'query'
	WHERE r.method = 'GET' AND r.path !~ 'stream';
SELECT count(*) > 400 AS enough FROM seen;
SELECT who, method, path, field, body, left(hidden, 300) AS hidden, left(absent, 300) AS absent FROM seen WHERE hidden IS DISTINCT FROM absent ORDER BY 1, 2, 3, 4;
-- What a project's total_units counts is what the reader can list: the difference would tell how many are blocked.
SELECT who, (tried('GET', '/api/projects/' || :park, NULL, token)::text) ~ '"total_units":1,' AS one, (SELECT count(*) FROM realty.request('GET', '/api/projects/' || :park || '/units', NULL, bearer(token)) r,
	jsonb_array_elements(r.body::jsonb #> '{data,units}')) AS listed FROM people ORDER BY who;
SELECT tried('GET', '/api/projects/' || :park, NULL, token) ~ '"total_units":2,' AS two FROM (VALUES (:'bo'), (:'root')) v (token);
SELECT total_units FROM api.projects WHERE id = :park;
-- Nor do dependent rows of a blocked unit reveal it; a company's projects are counted as its reader sees them, and creating a draft reveals nothing.
INSERT INTO realty.project_progress (project_id, unit_id, phase, percent) VALUES (:park, :blocked_unit, 'Plaster', 50);
INSERT INTO realty.construction_updates (project_id, unit_id, title, published_at) VALUES (:park, :blocked_unit, 'Plastered', '2026-01-05 10:00Z');
INSERT INTO realty.models_3d (project_id, unit_id, name, format, file_url) VALUES (:park, :blocked_unit, 'Flat', 'glb', 'https://models.example/b.glb');
CREATE TABLE hanging AS SELECT unnest('{progress,updates,models}'::text[]) AS what;
SELECT who, what, tried('GET', format('/api/%s?unit_id=%s', what, :blocked_unit), NULL, token) = tried('GET', format('/api/%s?unit_id=%s', what, :draft_unit), NULL, token) AS as_hidden,
	tried('GET', format('/api/projects/%s/%s', :park, what), NULL, token) ~ format('"unit_id":%s', :blocked_unit) AS listed
FROM (SELECT * FROM people UNION ALL VALUES ('its builder', :'bo')) p, hanging ORDER BY 1, 2;
SELECT who, substring(tried('GET', '/api/builders/2', NULL, token) FROM '"total_projects":\d+') AS counted, tried('GET', '/api/builders?id=2&min_total_projects=2', NULL, token) ~ '"totalItems":1' AS at_least_two
FROM (SELECT * FROM people UNION ALL VALUES ('its builder', :'bo')) p ORDER BY 1;
SELECT updated_at AS touched FROM realty.builders WHERE id = 2 \gset
INSERT INTO realty.projects (builder_id, name, city) VALUES (2, 'Quiet Dale', 'Pune');
SELECT updated_at = :'touched' AS untouched, total_projects FROM realty.builders WHERE id = 2;
UPDATE realty.units SET status = 'available' WHERE id = :blocked_unit;
SELECT who, tried('GET', '/api/projects/' || :park, NULL, token) ~ '"total_units":2,' AS two FROM people ORDER BY who;
SELECT * FROM realty.check_invariants();
SET session_replication_role = replica;
UPDATE realty.inventory SET blocked = blocked + 1 WHERE project_id = :park;
RESET session_replication_role;
SELECT rule FROM realty.check_invariants();
\i :end
