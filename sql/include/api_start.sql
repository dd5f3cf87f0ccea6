-- A database of the story's own: ids start at 1, and every request is a transaction
-- of its own, as it is behind the gateway. The story drops it at its end.
\set ECHO none
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regression_api;
-- tools/test has one at hand in which the extension is made already.
SELECT count(*) AS at_hand FROM pg_database WHERE datname = 'regression_start' \gset
\if :at_hand
CREATE DATABASE regression_api TEMPLATE regression_start STRATEGY file_copy;
\c regression_api
SET client_min_messages = warning;
\else
CREATE DATABASE regression_api TEMPLATE template0 ENCODING 'UTF8';
\c regression_api
SET client_min_messages = warning;
CREATE EXTENSION realty;
\endif

-- What no two runs have in common reads as *.
CREATE FUNCTION mask(j jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE jsonb_typeof(j)
		WHEN 'object' THEN coalesce((
			SELECT jsonb_object_agg(key, CASE
				WHEN jsonb_typeof(value) = 'string' AND (key ~ '(_at|token|^nextCursor|^booking_number)$')
				THEN '"*"' ELSE mask(value) END) FROM jsonb_each(j)), '{}')
		WHEN 'array' THEN coalesce((SELECT jsonb_agg(mask(value)) FROM jsonb_array_elements(j)), '[]')
		ELSE j END
$$;

CREATE FUNCTION bearer(token text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN token IS NULL THEN '{}' ELSE jsonb_build_object('Authorization', 'Bearer ' || token) END
$$;

-- Status and data of a request.
CREATE FUNCTION answer(method text, path text, body jsonb DEFAULT NULL, token text DEFAULT NULL)
RETURNS TABLE (status int, data jsonb) LANGUAGE sql AS $$
	SELECT r.status, mask(coalesce(r.body::jsonb -> 'data', r.body::jsonb))
	FROM realty.request($1, $2, $3, bearer($4)) r
$$;

-- Status, code and details of a refusal; the prose of messages is not the contract, the
-- fields are.
CREATE FUNCTION refusal(method text, path text, body jsonb DEFAULT NULL, token text DEFAULT NULL)
RETURNS TABLE (status int, code text, details text) LANGUAGE sql AS $$
	SELECT r.status, r.body::jsonb #>> '{error,code}', (
		SELECT string_agg(coalesce(d ->> 'field' || ' ' , '') || (d ->> 'message'), '; '
			ORDER BY d ->> 'field') FROM jsonb_array_elements(r.body::jsonb #> '{error,details}') d)
	FROM realty.request($1, $2, $3, bearer($4)) r
$$;

-- Aya and Bo build, Chitra and Dev buy, Root administers.
SELECT realty.request('POST', '/api/auth/register', jsonb_build_object('email', name || '@api.example',
	'password', 'correct horse battery', 'full_name', initcap(name), 'user_type', kind)
	|| CASE kind WHEN 'builder' THEN jsonb_build_object('company_name', initcap(name) || ' Homes',
		'license_number', 'PRM/KA/RERA/' || name) ELSE '{}' END)
FROM (VALUES ('aya', 'builder'), ('bo', 'builder'), ('chitra', 'customer'), ('dev', 'customer')) v (name, kind)
\g /dev/null
SELECT realty.create_admin('root@api.example', 'correct horse battery') \g /dev/null
SELECT realty.issue_token(1) AS aya, realty.issue_token(2) AS bo, realty.issue_token(3) AS chitra,
	realty.issue_token(4) AS dev, realty.issue_token(5) AS root \gset
\set QUIET off
\set ECHO all
