-- A site's own function, view and override become routes with one INSERT each; a
-- change is seen at once, also when it is taken back.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_anon, realty_customer, realty_builder, realty_admin;
CREATE FUNCTION site.emi(principal numeric, months int, rate numeric DEFAULT 0.085) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('monthly', round(principal * rate / 12 / (1 - (1 + rate / 12) ^ -months), 2))
$$;
SELECT status FROM answer('GET', '/site/emi?principal=5000000&months=240');
INSERT INTO realty.routes (method, path, handler, function, roles, tag, summary)
VALUES ('GET', '/site/emi', 'call', 'site.emi', '{public}', 'site', 'Monthly instalment');
SELECT status, data FROM answer('GET', '/site/emi?principal=5000000&months=240');
SELECT status, data FROM answer('GET', '/site/emi?principal=5000000&months=240&rate=0.09');
SELECT status, code, details FROM refusal('GET', '/site/emi?principal=x&colour=red');
SELECT id >= 10000, builtin FROM realty.routes WHERE path = '/site/emi';

-- The function is replaced: the next call is the new one's.
CREATE OR REPLACE FUNCTION site.emi(principal numeric, months int, rate numeric DEFAULT 0.085) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$ SELECT '{"monthly": "ask us"}'::jsonb $$;
SELECT status, data FROM answer('GET', '/site/emi?principal=5000000&months=240');

-- Results of every form.
CREATE TYPE site.pair AS (a int, b text);
CREATE FUNCTION site.nothing() RETURNS void LANGUAGE sql AS 'SELECT';
CREATE FUNCTION site.number() RETURNS numeric LANGUAGE sql AS 'SELECT 1.50';
CREATE FUNCTION site.words() RETURNS SETOF text LANGUAGE sql AS $$ VALUES ('a'), ('b "c"'), (NULL) $$;
CREATE FUNCTION site.pairs(above int DEFAULT 0) RETURNS SETOF site.pair LANGUAGE sql AS $$
	SELECT * FROM (VALUES (1, 'x'), (2, NULL)) v (a, b) WHERE a > above $$;
CREATE FUNCTION site.one(which int) RETURNS site.pair LANGUAGE sql AS $$ SELECT a, b FROM site.pairs() WHERE a = which $$;
CREATE FUNCTION site.columns(OUT a int, OUT b date) LANGUAGE sql AS $$ SELECT 1, date '2026-01-31' $$;
CREATE FUNCTION site.mine() RETURNS SETOF api.projects LANGUAGE sql STABLE AS $$ SELECT * FROM api.projects $$;
CREATE FUNCTION site.echo(body jsonb, query jsonb, id bigint) RETURNS jsonb LANGUAGE sql
	AS $$ SELECT jsonb_build_object('id', id, 'body', body, 'query', query) $$;
CREATE FUNCTION site.brew(tea boolean) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('response.headers', '[{"X-Pot": "short"}, {"cache-control": "max-age=60"}, {"X-Evil": "a\r\nX-Worse: b"}, {"Bad Name": "x"}]', true);
	IF tea THEN PERFORM set_config('response.status', '202', true); RETURN '{"brewed": true}'; END IF;
	INSERT INTO site.refusals VALUES (now());
	PERFORM set_config('response.status', '418', true);
	RETURN '{"code": "teapot", "message": "I am a teapot", "hint": "Ask for tea."}'; END $$;
CREATE TABLE site.refusals (at timestamptz);
GRANT INSERT ON site.refusals TO realty_anon;
INSERT INTO realty.routes (method, path, handler, function, roles, resource, data_key)
SELECT method, '/site/' || path, 'call', 'site.' || function, '{public}', resource, key FROM (VALUES
	('GET', 'nothing', 'nothing', NULL, NULL), ('GET', 'number', 'number', NULL, NULL), ('GET', 'total', 'number', NULL, 'total'),
	('GET', 'words', 'words', NULL, NULL), ('GET', 'pairs', 'pairs', NULL, 'pairs'), ('GET', 'one/{which}', 'one', NULL, NULL),
	('GET', 'columns', 'columns', NULL, NULL), ('GET', 'mine', 'mine', 'projects', NULL), ('POST', 'echo/{id}', 'echo', NULL, NULL),
	('POST', 'brew', 'brew', NULL, NULL)) v (method, path, function, resource, key);
SELECT path, r.status, r.data FROM unnest(ARRAY['nothing', 'number', 'total', 'words', 'pairs', 'pairs?above=1', 'one/1', 'one/7',
	'one/x', 'columns', 'mine']) path, answer('GET', '/site/' || path) r;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm", "project_type": "mixed", "status": "launched",
	"address": "x", "city": "Pune", "state": "MH", "price_min": 5}', :'aya');
SELECT data #>> '{projects,0,name}', data #> '{projects,0,builder}', data::text ~ 'minor' FROM answer('GET', '/site/mine');
SELECT status, data FROM answer('POST', '/site/echo/7?a=1&b=%20', '{"x": [1, {"y": null}]}');
SELECT status, data FROM answer('POST', '/site/echo/7');
-- A function sets status and headers; a refusal it answers keeps what it wrote.
SELECT status, headers ->> 'X-Pot', headers ->> 'cache-control', headers ? 'Cache-Control', headers ? 'X-Evil', headers ? 'X-Worse', body
FROM realty.request('POST', '/site/brew', '{"tea": true}');
SELECT status, headers ->> 'X-Pot', body FROM realty.request('POST', '/site/brew', '{"tea": false}');
SELECT count(*) FROM site.refusals;
SELECT status, headers ? 'X-Pot' FROM realty.request('GET', '/site/number');

-- What is no JSON: a text in its own media type, with no envelope; refusals stay JSON.
CREATE FUNCTION site.price_list(project_id bigint DEFAULT NULL) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT E'id,name\n' || coalesce(string_agg(id || ',"' || name || '"', E'\n' ORDER BY id), '') FROM api.projects p
	WHERE price_list.project_id IS NULL OR p.id = price_list.project_id $$;
INSERT INTO realty.routes (method, path, handler, function, roles, media_type) VALUES
	('GET', '/site/prices.csv', 'call', 'site.price_list', '{public}', 'text/csv'),
	('GET', '/site/pairs.csv', 'call', 'site.pairs', '{public}', 'text/csv');
SELECT status, headers ->> 'Content-Type', headers ? 'ETag', body FROM realty.request('GET', '/site/prices.csv');
SELECT accept, status, headers ->> 'Content-Type' FROM unnest(ARRAY['text/csv', 'text/*', '*/*', 'application/json']) accept,
	realty.request('GET', '/site/prices.csv', NULL, jsonb_build_object('Accept', accept));
SELECT status, headers ->> 'Content-Type', body FROM realty.request('GET', '/site/prices.csv?project_id=x');
SELECT status, headers ->> 'Content-Type' FROM realty.request('GET', '/site/pairs.csv');
SELECT body::jsonb #> '{paths,/site/prices.csv,get,responses,200,content}' FROM realty.request('GET', '/openapi.json');

-- A view of the site's, with rights by column, is a resource.
CREATE TABLE site.brokers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, kind text NOT NULL DEFAULT 'solo'
	CONSTRAINT brokers_kind_is_known CHECK (kind IN ('solo', 'firm')), fee numeric(5,2) CONSTRAINT brokers_fee_is_fair CHECK (fee <= 2),
	active boolean, secret text, created_at timestamptz NOT NULL DEFAULT now());
COMMENT ON CONSTRAINT brokers_fee_is_fair ON site.brokers IS 'must be at most 2 percent';
CREATE VIEW site.broker_list AS SELECT * FROM site.brokers;
GRANT SELECT (id, name, kind, fee, active, created_at) ON site.broker_list TO realty_anon, realty_admin;
GRANT INSERT (name, kind, fee, active), UPDATE (name, fee), DELETE ON site.broker_list TO realty_admin;
INSERT INTO realty.resources (name, view, singular) VALUES ('channel-brokers', 'site.broker_list', 'broker');
INSERT INTO realty.routes (method, path, handler, resource, roles, status, fixed)
SELECT method, '/site/brokers' || path, handler, 'channel-brokers', roles::text[], status, fixed::jsonb FROM (VALUES
	('GET', '', 'list', '{public}', 200, '{}'), ('POST', '', 'create', '{admin}', 201, '{}'), ('GET', '/{id}', 'get', '{public}', 200, '{}'),
	('PATCH', '/{id}', 'update', '{admin}', 200, '{}'), ('DELETE', '/{id}', 'delete', '{admin}', 200, '{}'),
	('POST', '/{id}/free', 'set', '{admin}', 200, '{"fee": 0}')) v (method, path, handler, roles, status, fixed);
SELECT status, data FROM answer('POST', '/site/brokers', '{"name": "Ila", "fee": "1.5", "kind": "firm"}', :'root');
SELECT status, code, details FROM refusal('POST', '/site/brokers', '{"fee": 3}', :'root');
SELECT status, code, details FROM refusal('POST', '/site/brokers', '{"name": "Jo", "fee": 3}', :'root');
SELECT status, code, details FROM refusal('POST', '/site/brokers', '{"name": "Jo", "kind": "gang", "active": 1, "secret": "x"}', :'root');
SELECT status, data FROM answer('GET', '/site/brokers?kind=firm&min_fee=1');
SELECT status, details FROM refusal('GET', '/site/brokers?secret=x&kind=gang&active=yes&sort=name');
SELECT status, data FROM answer('PATCH', '/site/brokers/1', '{"fee": 0.5}', :'root');
SELECT status, details FROM refusal('PATCH', '/site/brokers/1', '{"kind": "solo"}', :'root');
SELECT status, data #> '{broker,fee}' FROM answer('POST', '/site/brokers/1/free', NULL, :'root');
SELECT status, details FROM refusal('POST', '/site/brokers/1/free', '{"fee": 2}', :'root');
-- Its rights and columns can change under way.
GRANT SELECT (secret) ON site.broker_list TO realty_anon;
SELECT data #> '{brokers}', data #> '{channel_brokers,0}' ? 'secret' FROM answer('GET', '/site/brokers');
REVOKE SELECT (secret) ON site.broker_list FROM realty_anon;
ALTER TABLE site.brokers ADD city text DEFAULT 'Pune';
CREATE OR REPLACE VIEW site.broker_list AS SELECT * FROM site.brokers;
GRANT SELECT (city) ON site.broker_list TO realty_anon;
SELECT data #> '{channel_brokers,0}' ? 'secret', data #>> '{channel_brokers,0,city}' FROM answer('GET', '/site/brokers?city=pun');
-- A filter by a value brings along what the value implies, which is not shown.
UPDATE realty.resources SET implied = '{"kind": {"firm": "active"}}' WHERE name = 'channel-brokers';
UPDATE site.brokers SET active = true;
SELECT data #> '{channel_brokers,0}' ? 'active' FROM answer('GET', '/site/brokers?kind=firm');
UPDATE site.brokers SET active = false;
SELECT path, r.status, jsonb_array_length(r.data #> '{channel_brokers}') FROM unnest(ARRAY['kind=firm', 'kind=solo', '']) path, answer('GET', '/site/brokers?' || path) r;
UPDATE realty.resources SET implied = '{"kind": {"firm": "nothing"}}' WHERE name = 'channel-brokers';
SELECT status, data FROM answer('GET', '/site/brokers');
UPDATE realty.resources SET implied = '{}' WHERE name = 'channel-brokers';
SELECT status, data FROM answer('DELETE', '/site/brokers/1', NULL, :'root');

-- A column of a joined table has that table's values, also when those change.
CREATE TABLE site.grades (id bigint PRIMARY KEY, grade text CONSTRAINT grades_grade_is_known CHECK (grade IN ('a', 'b')));
CREATE VIEW site.graded AS SELECT p.id, g.grade FROM api.projects p LEFT JOIN site.grades g USING (id);
GRANT SELECT ON site.graded TO realty_anon;
INSERT INTO realty.resources (name, view, singular, sort, default_sort) VALUES ('graded', 'site.graded', 'graded', '{id}', 'id');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('GET', '/site/graded', 'list', 'graded', '{public}');
SELECT status, details FROM refusal('GET', '/site/graded?grade=c');
ALTER TABLE site.grades DROP CONSTRAINT grades_grade_is_known, ADD CONSTRAINT grades_grade_is_known CHECK (grade IN ('a', 'b', 'c'));
SELECT status, data -> 'graded' FROM answer('GET', '/site/graded?grade=c');

-- A site's row wins over the builtin one of the same method and path, while it is there.
BEGIN;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('GET', '/api/projects', 'call', 'site.number', '{public}');
SELECT status, data FROM answer('GET', '/api/projects');
ROLLBACK;
SELECT status, data ? 'projects' FROM answer('GET', '/api/projects');
-- A literal segment wins over a parameter, and a dead end goes back to it.
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES
	('GET', '/site/one/best', 'call', 'site.number', '{public}'), ('GET', '/site/one/best/really/yes', 'call', 'site.number', '{public}'),
	('GET', '/site/one/{which}/really', 'call', 'site.one', '{public}');
SELECT path, r.status, r.data FROM unnest(ARRAY['best', '2', '2/really', 'best/really']) path, answer('GET', '/site/one/' || path) r;

-- Rows that cannot work are refused where a constraint can tell, and are a 500 where not.
\set VERBOSITY terse
INSERT INTO realty.routes (method, path, handler) VALUES ('get', '/x', 'list');
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('GET', 'x', 'call', 'site.number', '{everybody}');
INSERT INTO realty.routes (method, path, handler, resource) VALUES ('GET', '/x', 'list', 'none');
INSERT INTO realty.routes (method, path, handler, function) VALUES ('GET', '/site/number', 'call', 'site.number');
CREATE FUNCTION site.unnamed(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION site.twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION site.twice(a text) RETURNS int LANGUAGE sql AS 'SELECT 2';
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES
	('GET', '/site/unnamed', 'call', 'site.unnamed', '{public}'), ('GET', '/site/twice', 'call', 'site.twice', '{public}'),
	('GET', '/site/once', 'call', 'site.twice(integer)', '{public}'), ('GET', '/site/lost/{x}', 'call', 'site.number', '{public}');
SELECT path, r.status, r.data FROM unnest(ARRAY['unnamed', 'twice?a=1', 'once?a=1', 'lost/1']) path, answer('GET', '/site/' || path) r;
\i :end
