-- What PostgREST can be asked for and does not get: counts that are guessed, changes of all rows,
-- aggregates under the name of a field, embedding without an end. The statements are PostgREST's.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
\set VERBOSITY sqlstate
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:p7, :dev_c);
INSERT INTO realty.sessions (user_id, expires_at) VALUES (:asha, 'infinity') RETURNING id AS sid \gset
SELECT json_build_object('sub', :'asha', 'role', 'realty_builder', 'user_type', 'builder', 'profile_id', :asha_b,
                         'sid', :sid, 'type', 'access', 'db', (SELECT d.id FROM realty.database_identity d)) AS claims \gset
SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SET LOCAL request.jwt.claims = :'claims';
SELECT set_config('role', 'realty_builder', true);

-- Prefer: count=planned and count=estimated ask for a plan, and so would Accept: application/vnd.pgrst.plan.
-- The hint is the way out.
\set VERBOSITY default
EXPLAIN (FORMAT JSON) SELECT 1 FROM "api"."bookings" WHERE "api"."bookings"."status" = 'pending';
\set VERBOSITY sqlstate
EXPLAIN (FORMAT TEXT, ANALYZE, VERBOSE) SELECT 1 FROM "api"."bookings";
-- count=exact does not guess
WITH pgrst_source AS ( SELECT "api"."bookings"."id" FROM "api"."bookings" LIMIT 1000 OFFSET 0 ) , pgrst_source_count AS (SELECT 1 FROM "api"."bookings")
SELECT (SELECT pg_catalog.count(*) FROM pgrst_source_count) AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total FROM ( SELECT * FROM pgrst_source ) _postgrest_t;

-- A change without a filter changes nothing.
\set VERBOSITY default
WITH pgrst_source AS (UPDATE "api"."units" SET "floor" = "pgrst_body"."floor" FROM (SELECT '{"floor": 3}'::json AS json_data) pgrst_payload, LATERAL (SELECT "floor" FROM json_to_record(pgrst_payload.json_data) AS _("floor" integer) ) pgrst_body  RETURNING 1)
SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total FROM (SELECT * FROM pgrst_source) _postgrest_t;
\set VERBOSITY sqlstate
WITH pgrst_source AS (DELETE FROM "api"."units"   RETURNING 1) SELECT pg_catalog.count(_postgrest_t) AS page_total FROM (SELECT * FROM pgrst_source) _postgrest_t;
PREPARE all_of_them AS WITH pgrst_source AS (DELETE FROM "api"."projects" RETURNING "api"."projects"."id") SELECT pg_catalog.count(_postgrest_t) FROM (SELECT * FROM pgrst_source) _postgrest_t;
UPDATE api.notifications SET read_at = now();
DELETE FROM api.notifications;
-- One with a filter does, of all rows too when that is what it says.
WITH pgrst_source AS (UPDATE "api"."units" SET "floor" = "pgrst_body"."floor" FROM (SELECT '{"floor": 3}'::json AS json_data) pgrst_payload, LATERAL (SELECT "floor" FROM json_to_record(pgrst_payload.json_data) AS _("floor" integer) ) pgrst_body  WHERE  "api"."units"."unit_number" = '102' RETURNING 1)
SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total FROM (SELECT * FROM pgrst_source) _postgrest_t;
UPDATE api.units SET floor = 4 WHERE id > 0 AND status = 'available';

-- select=count, select=json_agg: functional notation of SQL, which counts and gathers whatever db-max-rows says.
\set VERBOSITY default
WITH pgrst_source AS ( SELECT "api"."units"."count" FROM "api"."units" LIMIT 1000 OFFSET 0 ) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
\set VERBOSITY sqlstate
WITH pgrst_source AS ( SELECT "api"."units"."json_agg" FROM "api"."units" LIMIT 1000 OFFSET 0 ) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
WITH pgrst_source AS ( SELECT to_jsonb("api"."projects"."array_agg")->0 AS "array_agg" FROM "api"."projects" LIMIT 1000 OFFSET 0 ) SELECT 1 FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
-- embedded, of a function, and of what was written
WITH pgrst_source AS ( SELECT "api"."projects"."name", COALESCE( "u"."u", '[]') AS "units" FROM "api"."projects" LEFT JOIN LATERAL ( SELECT json_agg("u")::jsonb AS "u" FROM (SELECT "units_1"."jsonb_agg" FROM "api"."units" AS "units_1" WHERE "units_1"."project_id" = "api"."projects"."id" LIMIT 1000 ) AS "u" ) AS "u" ON TRUE LIMIT 1000 ) SELECT 1 FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
WITH pgrst_source AS (SELECT "pgrst_call".* FROM "api"."search"("q" := 'palm') pgrst_call) SELECT 1 FROM (SELECT "search"."count" FROM "pgrst_source" AS "search") _postgrest_t;
WITH pgrst_source AS (UPDATE api.units SET floor = 5 WHERE unit_number = '102' RETURNING api.units.*) SELECT 1 FROM (SELECT "units"."json_agg" FROM "pgrst_source" AS "units") _postgrest_t;
-- PostgREST's own
WITH pgrst_source AS ( SELECT "api"."projects"."name", COALESCE( "u"."u", '[]') AS "units" FROM "api"."projects" LEFT JOIN LATERAL ( SELECT json_agg("u")::jsonb AS "u" FROM (SELECT "units_1"."unit_number" FROM "api"."units" AS "units_1" WHERE "units_1"."project_id" = "api"."projects"."id" ORDER BY 1 LIMIT 1000 ) AS "u" ) AS "u" ON TRUE WHERE "api"."projects"."name" = 'Palm Court' LIMIT 1000 )
SELECT pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body FROM ( SELECT * FROM pgrst_source ) _postgrest_t;

-- A cast that makes 131,072 digits of eight letters, or of a document, a range or a row that holds them: not of a text,
-- also under an alias, in what is embedded, of a member of a document and of the elements of a list.
\set VERBOSITY default
WITH pgrst_source AS ( SELECT CAST( "api"."units"."unit_number" AS numeric ) AS "a" FROM "api"."units" LIMIT 1000 ) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
\set VERBOSITY sqlstate
WITH pgrst_source AS ( SELECT "api"."projects"."id", CAST( "api"."projects"."name" AS jsonb ) FROM "api"."projects" ) SELECT 1 FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
SELECT CAST( p.name AS json ) FROM api.projects p;
SELECT CAST( p.name AS numrange ) FROM api.projects p;
SELECT CAST( p.name AS nummultirange ) FROM api.projects p;
SELECT CAST( p.name AS _numeric ) FROM api.projects p;
SELECT CAST( p.name AS api.units ) FROM api.projects p;
SELECT CAST( string_to_array(p.name, '_') AS _numeric ) FROM api.projects p;
SELECT CAST( to_jsonb(u.extra)->>'x' AS numeric ) FROM api.units u;
SELECT p.id, e.e FROM api.projects p LEFT JOIN LATERAL ( SELECT json_agg(e)::jsonb AS e FROM (SELECT CAST( u.unit_number AS numeric ) FROM api.units u WHERE u.project_id = p.id LIMIT 1000 ) AS e ) AS e ON TRUE;
-- Names of the catalog are told to nobody, nor whether there is one.
SELECT CAST( u.id AS regclass ) FROM api.units u;
SELECT CAST( u.id AS regrole ), CAST( u.id::oid AS regprocedure ) FROM api.units u;
SELECT CAST( u.unit_number AS regclass ) FROM api.units u;
SELECT CAST( u.unit_number AS regtype ) FROM api.units u;
-- What prints no longer than it is written can be had, and so can what is no text.
SELECT count(CAST( u.unit_number AS int4 )) > 0 AS int, count(CAST( u.price AS text )) > 0 AS text, count(CAST( u.price AS numeric )) > 0 AS price, count(to_jsonb(u.extra)->'x') AS member,
    count(CAST( u.tower AS "varchar" )) > 0 AS tower FROM api.units u WHERE unit_number ~ '^[0-9]+$';
SELECT count(CAST( p.created_at AS date )) > 0 AS date, count(CAST( '2026-01-01'::text AS timestamptz )) > 0 AS time FROM api.projects p;
-- With Prefer: missing=default the body comes as jsonb.
PREPARE body(jsonb) AS SELECT jsonb_array_length(jsonb_agg('{"floor": 0}' || elem)) AS rows FROM jsonb_array_elements($1) elem;
EXECUTE body('[{"tower": "1e131071", "price": 1e12}]');
\set VERBOSITY default
EXECUTE body('[{"tower": "A"}, {"tower": 1e131071}]');
\set VERBOSITY sqlstate
EXECUTE body('[{"features": [[1e-16383]]}]');

-- Embedding: as deep as is useful, and no deeper; and not any number side by side.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION story.embedded(depth int, width int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
	WITH RECURSIVE level (n, sql) AS (
		SELECT depth, format('SELECT u%s.id FROM api.units u%1$s WHERE u%1$s.project_id = p%s.id LIMIT 1000', depth, depth - 1)
		UNION ALL
		SELECT n - 1, format('SELECT p%s.id, COALESCE(e%2$s_1.e%2$s_1, ''[]'') AS units FROM api.projects p%1$s %3$s %4$s LIMIT 1000', n - 1, n,
			(SELECT string_agg(format('LEFT JOIN LATERAL ( SELECT json_agg(e%1$s_%3$s)::jsonb AS e%1$s_%3$s FROM (%2$s ) AS e%1$s_%3$s ) AS e%1$s_%3$s ON TRUE', n, sql, w), ' ')
				FROM generate_series(1, width) w),
			CASE WHEN n > 1 THEN format('WHERE p%s.builder_id = p%s.builder_id', n - 1, n - 2) ELSE '' END)
		FROM level WHERE n > 0)
	SELECT format('WITH pgrst_source AS ( %s ) SELECT coalesce(json_agg(_postgrest_t), ''[]'') AS body FROM ( SELECT * FROM pgrst_source ) _postgrest_t', sql) FROM level WHERE n = 0
$$;
SELECT story.embedded(4) AS four, story.embedded(5) AS five, story.embedded(1, 20) AS twenty, story.embedded(1, 21) AS more \gset
SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SELECT set_config('role', 'realty_builder', true);
PREPARE four AS :four;
\set VERBOSITY default
PREPARE five AS :five;
\set VERBOSITY sqlstate
PREPARE twenty AS :twenty;
PREPARE more AS :more;
-- Rows are counted as they are gathered, those of each level.
RESET SESSION AUTHORIZATION;
SELECT string_agg('n AS a' || c, ', ') AS columns FROM generate_series(1, 400) c \gset
SET LOCAL realty.postgrest_rows = 7;
SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SELECT set_config('role', 'realty_builder', true);
SELECT json_array_length(json_agg(t)) FROM (SELECT id FROM api.projects LIMIT 1000) t;
SELECT json_array_length(json_agg(t)) FROM (SELECT n FROM generate_series(1, 7) n) t;
\set VERBOSITY default
SELECT json_array_length(json_agg(t)) FROM (SELECT n FROM generate_series(1, 8) n) t;
\set VERBOSITY sqlstate
SELECT string_agg(n::text, ',') FROM generate_series(1, 8) n;
-- a large one as one for each 8 kB, since joins repeat what is embedded
SELECT json_array_length(json_agg(t)) FROM (SELECT repeat('x', 7 * 8000) OFFSET 0) t;
SELECT json_array_length(json_agg(t)) FROM (SELECT repeat('x', 7 * 8192) OFFSET 0) t;
-- and so do the names of columns: select=a:id,b:id and so on
SELECT json_array_length(json_agg(t)) FROM (SELECT :columns FROM generate_series(1, 1) n OFFSET 0) t;
SELECT json_array_length(json_agg(t)) FROM (SELECT :columns FROM generate_series(1, 2) n OFFSET 0) t;
EXECUTE four;
-- counting is not gathering, and neither is what functions do
SELECT count(t) FROM (SELECT n FROM generate_series(1, 8) n) t;
SELECT jsonb_array_length(api.me() -> 'x') IS NULL AS me;
-- The login itself, and other logins, are not restricted.
RESET ROLE;
SELECT json_array_length(json_agg(t)) FROM (SELECT n FROM generate_series(1, 8) n) t;
SELECT count(relname) > 0 AS catalog FROM pg_class t;
RESET SESSION AUTHORIZATION;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT json_array_length(json_agg(t)) FROM (SELECT n FROM generate_series(1, 8) n) t;
EXPLAIN (COSTS off, FORMAT json) SELECT 1 \g /dev/null
UPDATE api.units SET floor = floor;
ROLLBACK;

-- The answer of a function that writes is not reshaped. Taken apart it can fail where it says no, and then the failure is
-- not counted; or where it says yes, with a token in the error's text and the refresh token not used up.
BEGIN;
\i :cast
SET LOCAL SESSION AUTHORIZATION realty_authenticator;
SELECT set_config('role', 'realty_anon', true);
\set VERBOSITY default
WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT '{"email": "asha@cast.example", "password": "no"}'::json AS json_data) pgrst_payload, LATERAL (SELECT "email", "password" FROM json_to_record(pgrst_payload.json_data) AS _("email" text, "password" text) LIMIT 1) pgrst_body , LATERAL (SELECT "api"."login"("email" := pgrst_body."email", "password" := pgrst_body."password") pgrst_scalar) pgrst_call) SELECT null::bigint AS total_result_set, 1 AS page_total, coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body FROM (SELECT CAST( to_jsonb("login"."pgrst_scalar")->>'message' AS int ) AS "pgrst_scalar" FROM "pgrst_source" AS "login"   LIMIT 1000 OFFSET 0) _postgrest_t;
\set VERBOSITY sqlstate
-- of other functions; by a filter, by an order
WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "api"."refresh"("refresh_token" := 'x') pgrst_scalar) pgrst_call) SELECT coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body FROM (SELECT to_jsonb("refresh"."pgrst_scalar")->'token' AS "pgrst_scalar" FROM "pgrst_source" AS "refresh" LIMIT 1000 OFFSET 0) _postgrest_t;
WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "api"."login"("email" := 'asha@cast.example', "password" := 'no') pgrst_scalar) pgrst_call) SELECT coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body FROM (SELECT "login".* FROM "pgrst_source" AS "login" WHERE to_jsonb("login"."pgrst_scalar")->>'message' like 'e-mail or password is wrong\' LIMIT 1000 OFFSET 0) _postgrest_t;
WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "api"."delete_me"("password" := 'no') pgrst_scalar) pgrst_call) SELECT coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body FROM (SELECT "delete_me".* FROM "pgrst_source" AS "delete_me" ORDER BY "delete_me"."pgrst_scalar" LIMIT 1000 OFFSET 0) _postgrest_t;
-- As it is, it can be had.
WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "api"."login"("email" := 'asha@cast.example', "password" := 'no') pgrst_scalar) pgrst_call) SELECT coalesce(json_agg(_postgrest_t.pgrst_scalar)->0->>'code', 'null') AS body, current_setting('response.status') AS status FROM (SELECT "login".* FROM "pgrst_source" AS "login" LIMIT 1000 OFFSET 0) _postgrest_t;
-- Rows are had as they are wanted, from what writes as well: this one gets as far as the function.
SELECT set_config('role', 'realty_builder', true);
WITH pgrst_source AS (SELECT "pgrst_call".* FROM "api"."confirm_booking"("booking_id" := 0) pgrst_call) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT "confirm_booking"."status" FROM "pgrst_source" AS "confirm_booking" WHERE "confirm_booking"."id" > 0 LIMIT 1000 OFFSET 0) _postgrest_t;
ROLLBACK;

-- The login has bounds of its own from CREATE EXTENSION; those that an operator gave it stay.
BEGIN;
SET LOCAL client_min_messages = warning;
ALTER ROLE realty_authenticator RESET ALL;
ALTER ROLE realty_authenticator SET work_mem = '1MB';
SELECT realty.install() \g /dev/null
SELECT unnest(setconfig) AS setting FROM pg_db_role_setting WHERE setrole = 'realty_authenticator'::regrole ORDER BY 1;
ALTER ROLE realty_authenticator SET statement_timeout = '1min';
SELECT realty.install() \g /dev/null
SELECT unnest(setconfig) AS setting FROM pg_db_role_setting WHERE setrole = 'realty_authenticator'::regrole ORDER BY 1;
ROLLBACK;

-- A function that writes says so first in a read-only transaction, as GET is one: the same of an address that
-- has an account and of one that has not.
BEGIN READ ONLY;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY default
SELECT api.login('asha@cast.example', 'no');
SELECT * FROM api.login('nobody@cast.example', 'no');
-- each of ours that is volatile, whatever it is given, but three that write no row
DO $$
DECLARE
	f record;
BEGIN
	SET LOCAL client_min_messages = notice;
	FOR f IN SELECT oid, proname, pronargs FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND provolatile = 'v' ORDER BY proname LOOP
		BEGIN
			EXECUTE format('SELECT api.%I(%s)', f.proname, (SELECT string_agg(format('(SELECT NULL::%s)', format_type(a, NULL)), ', ')
				FROM unnest((SELECT proargtypes::oid[] FROM pg_proc p WHERE p.oid = f.oid)) a));
			RAISE NOTICE '% is not refused', f.proname;
		EXCEPTION
			WHEN read_only_sql_transaction THEN NULL;
			WHEN OTHERS THEN RAISE NOTICE '% looks first: %', f.proname, SQLSTATE;
		END;
	END LOOP;
END $$;
ROLLBACK;
