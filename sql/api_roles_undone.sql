-- A request leaves the session as it was: role, identity and settings, after success,
-- after refusal, inside a transaction, after functions that try to stay.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', current_user, session_user, current_setting('role'), current_setting('search_path'),
		current_setting('row_security'), current_setting('TimeZone'), current_setting('DateStyle'),
		current_setting('IntervalStyle'), current_setting('work_mem'), current_setting('response.status', true),
		current_setting('response.headers', true), realty.user_id(), realty.request_id())
$$;

-- Functions that try to keep a role, to assume one, or to leave something behind.
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_customer, realty_anon;
CREATE FUNCTION site.climb(how text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE how; RETURN current_user; END $$;
CREATE FUNCTION site.leave() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	SET work_mem = '3MB'; SET LOCAL search_path = site; SET TimeZone = 'Asia/Tokyo'; SET row_security = off;
	PERFORM set_config('response.status', '202', true); PERFORM set_config('site.mark', 'x', false);
	RETURN 'left'; END $$;
CREATE FUNCTION site.fail() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	SET work_mem = '3MB'; PERFORM set_config('response.status', '202', false);
	RAISE EXCEPTION USING ERRCODE = 'PT409', MESSAGE = 'no'; END $$;
CREATE FUNCTION site.inner_failure() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	BEGIN SET LOCAL work_mem = '3MB'; PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END;
	RETURN current_user; END $$;
INSERT INTO realty.routes (method, path, handler, function, roles) VALUES
	('POST', '/site/climb', 'call', 'site.climb', '{customer}'), ('POST', '/site/leave', 'call', 'site.leave', '{customer}'),
	('POST', '/site/fail', 'call', 'site.fail', '{customer}'), ('POST', '/site/inner', 'call', 'site.inner_failure', '{customer}');

-- A session with settings of its own
SET search_path = public, site; SET row_security = off; SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German';
SET work_mem = '5MB'; SET client_min_messages = warning;
SELECT state() AS before \gset
SELECT :'before' ~ ' public, site off Asia/Kolkata German, DMY .* 5MB';
SELECT status, data #>> '{user,email}' FROM answer('GET', '/api/auth/me', NULL, :'chitra');
SELECT state() = :'before';
SELECT status, code FROM refusal('GET', '/api/projects/7', NULL, :'chitra');
SELECT state() = :'before';
SELECT status, code FROM refusal('POST', '/api/projects', '{"name": 1}', :'aya');
SELECT state() = :'before';
SELECT status, code FROM refusal('GET', '/api/auth/me', NULL, 'forged');
SELECT state() = :'before';
SELECT status FROM answer('POST', '/site/leave', '{}', :'chitra');
SELECT state() = :'before', current_setting('site.mark', true);
SELECT status, code FROM refusal('POST', '/site/fail', '{}', :'chitra');
SELECT state() = :'before';
SELECT status, data FROM answer('POST', '/site/inner', '{}', :'chitra');
SELECT state() = :'before';
-- Times in answers are UTC and ISO, whatever the session has.
SELECT body::jsonb #>> '{data,sessions,0,created_at}' ~ '^\d{4}-\d\d-\d\dT[0-9:.]+\+00:00$'
FROM realty.request('GET', '/api/auth/sessions', NULL, bearer(:'chitra'));

-- No function gets out of the role.
SELECT how, r.status, r.code, a.data FROM unnest(ARRAY['SELECT 1', 'SET ROLE postgres', 'RESET ROLE', 'SET ROLE realty_admin',
	'SET ROLE NONE', 'SET SESSION AUTHORIZATION DEFAULT', 'SET LOCAL ROLE realty_builder',
	'SELECT set_config(''role'', ''realty_admin'', true)', 'SELECT set_config(''realty.identity'', ''5 0 5 admin x'', true)',
	'SELECT set_config(''session_replication_role'', ''replica'', true)', 'SELECT realty.issue_token(5)',
	'SELECT * FROM realty.user_credentials', 'SELECT realty.request(''GET'', ''/api/auth/me'')', 'DISCARD ALL',
	'COPY (SELECT 1) TO PROGRAM ''true''']) how,
	refusal('POST', '/site/climb', jsonb_build_object('how', how), :'chitra') r,
	answer('POST', '/site/climb', jsonb_build_object('how', CASE r.status WHEN 200 THEN how ELSE 'SELECT 1' END), :'chitra') a;
SELECT state() = :'before';

-- Inside a transaction: the same, and what went before stays when a request is refused.
BEGIN;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm", "project_type": "mixed", "status": "launched",
	"address": "x", "city": "Pune", "state": "MH"}', :'aya');
SELECT state() = :'before';
SELECT status FROM refusal('POST', '/site/fail', '{}', :'chitra');
SELECT status FROM refusal('POST', '/api/units', '{"project_id": 1}', :'aya');
SELECT state() = :'before';
SELECT count(*) FROM realty.projects;
SAVEPOINT s;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Oak", "project_type": "mixed", "status": "launched",
	"address": "x", "city": "Pune", "state": "MH"}', :'aya');
ROLLBACK TO s;
SELECT state() = :'before', count(*) FROM realty.projects;
COMMIT;
SELECT state() = :'before', count(*) FROM realty.projects;

-- Several callers in one statement: each is himself.
SELECT r.body::jsonb #>> '{data,user,full_name}' FROM unnest(ARRAY[:'aya', :'chitra', :'root', :'bo']) token,
	realty.request('GET', '/api/auth/me', NULL, bearer(token)) r;

-- The same from the gateway's login, which may call this and little else.
SET SESSION AUTHORIZATION realty_gateway;
SELECT current_user, session_user;
SELECT status FROM realty.request('GET', '/api/auth/me', NULL, jsonb_build_object('Authorization', 'Bearer ' || :'aya'));
SELECT status FROM realty.request('GET', '/api/auth/me');
SELECT status FROM realty.request_raw('GET', '/api/projects', '', NULL, NULL);
SELECT realty.ready();
SELECT current_user, session_user, current_setting('role');
\set VERBOSITY sqlstate
SELECT * FROM realty.users;
SELECT realty.issue_token(5);
SELECT api.me();
RESET SESSION AUTHORIZATION;
-- And for no other role.
SET ROLE realty_customer;
SELECT status FROM realty.request('GET', '/api/projects');
SELECT status FROM realty.request_raw('GET', '/api/projects', '', NULL, NULL);
RESET ROLE;
\i :end
