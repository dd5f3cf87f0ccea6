-- How much fits: no column or argument takes a text, a list or a document without end, nor one that is short until it is printed.
-- The columns and arguments are those of the catalog, so that a new one without a limit fails here. The limits themselves are in
-- constraints.sql; COPY, PostgREST and a dump afterwards in t/45_sizes.pl.
\getenv abs_srcdir PG_ABS_SRCDIR
\set size normal
\getenv size SIZE
\set sample_rows :abs_srcdir '/sql/include/sample_rows.sql'
SELECT :'size' = 'full' AS whole \gset
\if :whole
\set bytes 5000000
\set numbers 9000
\else
\set bytes 70000
\set numbers 900
\endif
-- The size of a document is the length of its text, to the byte.
CREATE TEMP TABLE documents (document jsonb);
INSERT INTO documents SELECT unnest(ARRAY['{}', '[]', '[[], {}]', 'null', 'true', '[false, null]', '"é\u0001\b\f\n\r\t\u000b\"\\/\u007f"',
	'{"a": 1, "b\"": [1, {"c": [[2]]}], "": "x"}', '0', '0.00', '-0.5', '1e40', '-1e131071', '1e-16383', '10000', '9999.0001', '-100000000.00010']::jsonb[]);
INSERT INTO documents SELECT to_jsonb(sign(n % 2 - 0.5) * trunc(n * n * 7919.7919, n % 9) * 10.0 ^ (n % 61 - 30)) FROM generate_series(1, 2000) n;
SELECT count(*) FILTER (WHERE realty.jsonb_text_size_within(document, octet_length(document::text))
	AND NOT realty.jsonb_text_size_within(document, octet_length(document::text) - 1)) = count(*) AS exact FROM documents;
-- A gigabyte of digits in 200 kB, and not printed; a tenth of it in the short size.
SELECT realty.jsonb_text_size_within(d, bytes) AS within, realty.jsonb_text_size_within(d, bytes - 1) AS beyond
FROM (SELECT jsonb_agg(1e131071) AS d, count(*)::int * 131074 AS bytes FROM generate_series(1, :numbers)) x;
-- A number is one of 40 digits and an exponent within 40, however it is written.
SELECT string_agg(n, ' ' ORDER BY n COLLATE "C") FILTER (WHERE realty.is_bounded_json(n::jsonb, 1000)) AS taken,
	string_agg(n, ' ' ORDER BY n COLLATE "C") FILTER (WHERE NOT realty.is_bounded_json(n::jsonb, 1000)) AS refused
FROM unnest(ARRAY['0', '0.00', '1e40', '1e41', '-1.5e40', '1e-40', '1e-41', '100000e36', '0.00001e45', '0.00001e46', '1e131071', '1e-16383',
	repeat('9', 40), repeat('9', 41), repeat('9', 40) || '0', repeat('9', 40) || '0.0']) n;

-- What is looked at before it is stored: opening hours, none of which would be printed or compared with all others.
SELECT realty.window_faults(jsonb_agg(jsonb_build_object('weekday', 1e131071, 'opens', '09:00', 'closes', '10:00'))) FROM generate_series(1, 900);
SELECT realty.window_faults(jsonb_agg(jsonb_build_object('weekday', 1, 'opens', '09:00', 'closes', '10:00'))) FROM generate_series(1, 50000);
SELECT realty.window_faults('[1e131071]');
-- What a template makes of long facts is cut, by characters.
SELECT length(text), right(text, 1) FROM realty.fill_template(repeat('{a}', 1000), jsonb_build_object('a', repeat('é', 5000))) text;
-- An audit image is cut where it is too large, the largest members first, and says so; no member makes it larger.
SELECT realty.audit_image('{"id": 1, "notes": "short", "_cut": null}');
SELECT length(i ->> 'a') AS a, length(i ->> 'b') AS b, i -> 'c' AS c, i -> 'd' AS d, i -> '_cut' AS cut
FROM realty.audit_image(jsonb_build_object('a', repeat('é', 30000), 'b', repeat('x', 8000), 'c', jsonb_build_array(repeat('y', 20000)), 'd', 1)) i;
SELECT octet_length(i::text) <= 65536 AS within, i -> '_cut' ->> 'c1' AS c1
FROM (SELECT realty.audit_image(jsonb_object_agg('c' || n, repeat(E'\u0001', 5000))) AS i FROM generate_series(1, 40) n) x;
SELECT octet_length(realty.audit_image(jsonb_build_object('n', 1e131071, 'id', 7))::text) < 100 AS number;

BEGIN;
\i :sample_rows
INSERT INTO realty.unit_price_history (unit_id, builder_id, old_price, new_price) SELECT id, builder_id, 1, 2 FROM realty.units LIMIT 1;
INSERT INTO realty.outbox (kind, recipient, data) VALUES ('letter', 'a@example.org', '{}');
INSERT INTO realty.idempotency_keys (user_id, key, request_hash, status, body) VALUES (1, 'k', '\x00', 200, '');
INSERT INTO realty.sessions (user_id, expires_at) VALUES (1, now()) RETURNING id AS session \gset
INSERT INTO realty.refresh_tokens (token_hash, session_id, expires_at) VALUES ('\x00', :session, now());
INSERT INTO realty.password_resets (token_hash, user_id, expires_at) VALUES ('\x00', 1, now());
INSERT INTO realty.messages (sender_id, recipient_id, body) SELECT id, (SELECT min(u.id) FROM realty.users u WHERE u.id <> a.id), 'x' FROM realty.users a WHERE user_type = 'admin' LIMIT 1;

-- A pattern is read once for each city.
SELECT api.project_cities('%') <> '{}' AS any_city, api.project_cities(repeat('%', 1001)) AS endless;

-- What is too much, by type.
CREATE TEMP TABLE bombs (type text, name text, value text);
INSERT INTO bombs VALUES ('text', 'long', repeat('x', :bytes)),
	('text', 'long, of blanks', 'x' || repeat(' ', :bytes)),
	('text', 'long, and longer when compared', repeat('ﷺ', :bytes / 3)),
	('text[]', 'long', ARRAY[repeat('x', :bytes)]),
	('text[]', 'many', array_fill(repeat('x', 20), ARRAY[:bytes / 20])),
	('jsonb', 'long', to_jsonb(repeat('x', :bytes))),
	('jsonb', 'long, in an object', jsonb_build_object('url', repeat('x', :bytes))),
	('jsonb', 'many', '[' || repeat('"xxxxxxxxxxxxxxxxx",', :bytes / 20) || '1]'),
	('jsonb', 'deep', repeat('[', 2000) || repeat(']', 2000)),
	('jsonb', 'deep, in an object', '{"a": ' || repeat('[', 2000) || repeat(']', 2000) || '}'),
	('jsonb', 'a number', '{"a": 1e131071}'),
	('jsonb', 'numbers', '["x"' || repeat(', 1e131071', 5) || ']'),
	('numeric', 'large', '1e131071'), ('numeric', 'large, below 0', '-1e131071'), ('numeric', 'of many decimals', '1e-16383'),
	('numeric', 'none', 'NaN'), ('numeric', 'endless', 'Infinity');
-- taken, the SQLSTATE, or that the field is named in the list of what is wrong
CREATE FUNCTION pg_temp.verdict(statement text, value text, field text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	told text;
BEGIN
	EXECUTE statement USING value;
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS told = PG_EXCEPTION_DETAIL;
	RETURN CASE WHEN told LIKE '%"field":"' || field || '"%' THEN 'named' ELSE SQLSTATE END;
END $$;

-- With the triggers off, the CHECKs alone: none of these gives a row. The answer that is kept for a retry has 4 MB. A number with a
-- precision of its own, or a twin in hundredths, has no room for the large; the former rounds what has many decimals.
CREATE TEMP VIEW stored AS
SELECT c.oid::regclass AS tab, a.attname, format_type(a.atttypid, NULL) AS type, a.atttypmod > 0 AS precise FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped AND a.attgenerated = ''
	AND (a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'json'::regtype, 'varchar'::regtype, 'bytea'::regtype, 'numeric'::regtype, 'float8'::regtype, 'float4'::regtype) OR format_type(a.atttypid, NULL) LIKE '%[]');
SET LOCAL session_replication_role = replica;
SELECT s.tab, s.attname, s.type, b.name, v.verdict
FROM stored s LEFT JOIN bombs b ON b.type = CASE WHEN s.type = 'bytea' THEN 'text' WHEN s.type IN ('double precision', 'real') THEN 'numeric' ELSE s.type END,
	LATERAL pg_temp.verdict(format('UPDATE %s SET %I = $1::%s WHERE ctid = (SELECT min(ctid) FROM %1$s)', s.tab, s.attname, s.type), b.value) v (verdict)
WHERE v.verdict IS DISTINCT FROM '23514' AND (s.tab, s.attname) <> ('realty.idempotency_keys'::regclass, 'body')
	AND NOT (b.type = 'numeric' AND (v.verdict IN ('22003', '0A000') OR s.precise AND v.verdict = 'taken' AND b.name <> 'none')) ORDER BY 1, 2, 4;
SET LOCAL session_replication_role = origin;

-- (A status and its reason change by a transition only, which is asked first, and a sale that is over keeps its numbers. Coordinates are rounded. Of the private_ views the owner sees no row; their tables were tried above.)
-- Through each view of the API, in a column that somebody may write there: refused by the validator, with all else that is wrong, before
-- an audited change or a guard could print it.
UPDATE bombs SET value = '["x"' || repeat(', 1e131071', 9000) || ']' WHERE name = 'numbers';
CREATE TEMP VIEW writable AS
SELECT DISTINCT c.oid::regclass AS view, a.attname, format_type(a.atttypid, NULL) AS type, p.right, k.attname AS key
FROM pg_class c JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = 1 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0,
	unnest(ARRAY['realty_customer', 'realty_builder', 'realty_admin']) r (role), unnest(ARRAY['INSERT', 'UPDATE']) p ("right")
WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v' AND c.relname !~ '^private_' AND has_column_privilege(r.role, c.oid, a.attnum, p.right)
	AND format_type(a.atttypid, NULL) IN ('text', 'text[]', 'jsonb', 'numeric');
SELECT w.right, count(*) > 40 AS many FROM writable w GROUP BY 1 ORDER BY 1;
SELECT w.right, w.view, w.attname, b.name, v.verdict FROM writable w JOIN bombs b USING (type), LATERAL pg_temp.verdict(CASE w.right
		WHEN 'INSERT' THEN format('INSERT INTO %s (%I) VALUES ($1::%s)', w.view, w.attname, w.type)
		ELSE format('UPDATE %s SET %I = $1::%s WHERE %I = (SELECT min(%4$I) FROM %1$s)', w.view, w.attname, w.type, w.key) END, b.value, w.attname) v (verdict)
WHERE v.verdict <> CASE WHEN (w.attname IN ('status', 'cancellation_reason') OR w.type = 'numeric') AND v.verdict = 'PT409' THEN 'PT409' ELSE 'named' END
	AND NOT (w.attname IN ('latitude', 'longitude') AND b.name = 'of many decimals') ORDER BY 1, 2, 3, 4;

-- Through /api, by an administrator: the same columns, and each argument of a function that has a route.
SELECT realty.issue_token(id) AS admin FROM realty.users WHERE user_type = 'admin' LIMIT 1 \gset
CREATE FUNCTION pg_temp.answer(method text, path text, body jsonb, token text, field text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN r.status = 422 AND r.body::jsonb @@ format('$.error.details[*].field == "%s"', field)::jsonpath THEN 'named' ELSE r.status::text END
	FROM realty.request(method, path, body, jsonb_build_object('Authorization', 'Bearer ' || token)) r
$$;
CREATE TEMP TABLE bodies AS
SELECT b.type, b.name, CASE b.type WHEN 'text' THEN to_jsonb(b.value) WHEN 'text[]' THEN to_jsonb(b.value::text[]) ELSE b.value::jsonb END AS body FROM bombs b WHERE b.value NOT IN ('NaN', 'Infinity');
CREATE FUNCTION pg_temp.first_of(view regclass, key name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	first text;
BEGIN
	EXECUTE format('SELECT min(%I) FROM %s', key, view) INTO first;
	RETURN first;
END $$;
CREATE TEMP TABLE sent AS
SELECT r.method, r.path, replace(r.path, '{id}', pg_temp.first_of(c.view, c.key)) AS target, c.attname, c.type, c.view FROM realty.routes r JOIN realty.resources s ON s.name = r.resource
	JOIN writable c ON c.view = s.view::regclass AND c."right" = CASE r.handler WHEN 'create' THEN 'INSERT' ELSE 'UPDATE' END
WHERE r.handler IN ('create', 'update') AND has_column_privilege('realty_admin', c.view, c.attname, c."right");
SELECT method, count(*) > 20 AS many FROM sent GROUP BY 1 ORDER BY 1;
SELECT s.method, s.path, s.attname, b.name, v.answer
FROM sent s JOIN bodies b ON b.type = s.type AND (:'whole' OR b.name IN ('long', 'many', 'numbers', 'deep, in an object', 'large', 'of many decimals')),
	LATERAL pg_temp.answer(s.method, s.target, jsonb_build_object(s.attname, b.body), :'admin', s.attname) v (answer)
WHERE v.answer <> CASE WHEN s.attname IN ('status', 'cancellation_reason') AND v.answer = '409' THEN '409' ELSE 'named' END ORDER BY 1, 2, 3, 4;
-- A list of rows may hold more values than a row, and not any number.
SELECT b.value, b.most, r.status, convert_from(r.body, 'UTF8')::jsonb #>> '{error,details,0,message}' AS told
FROM (VALUES ('{}', 60000), ('{}', 100000), ('1', 60000), ('1', 500000)) b (value, most),
	realty.request_raw('POST', '/api/units/bulk', 'Authorization: Bearer ' || :'admin', convert_to('[{"features": [' || repeat(value || ',', most - 1) || value || ']}]', 'UTF8'), '192.0.2.1') r;
-- A body as bytes: the field is named, in a list of rows with its place, also of a number that PostgreSQL has no room for.
SELECT b.body, r.status, jsonb_path_query_array(convert_from(r.body, 'UTF8')::jsonb, '$.error.details[*].field') AS fields
FROM unnest(ARRAY['[{"price": 1}, {"price": 1e131071, "extra": {"a": [0, {"b": 1e-999999999999}]}}, 1e99]', '[[1e99]]', '[]']) b (body),
	realty.request_raw('POST', '/api/units/bulk', 'Authorization: Bearer ' || :'admin', convert_to(b.body, 'UTF8'), '192.0.2.1') r;
SELECT b.body, r.status, jsonb_path_query_array(convert_from(r.body, 'UTF8')::jsonb, '$.error.details[*].field') AS fields
FROM unnest(ARRAY['{"price": 1e-16384, "extra": {"a": 1e40}, "features": [[[1e41]]]}', '1e99', '{"extra": {"n": ' || repeat('9', 41) || '}}']) b (body),
	realty.request_raw('POST', '/api/units', 'Authorization: Bearer ' || :'admin', convert_to(b.body, 'UTF8'), '192.0.2.1') r;
ROLLBACK;
-- What reads a value of any length heeds a cancellation on its way: one that is sent before it begins ends it before it is through.
CREATE TEMP VIEW long_values AS SELECT repeat('é', 100000) AS letters, repeat(E'\u0301', 100000) AS marks, repeat('a', 1000000) AS ascii,
	ARRAY(SELECT 'ab'::text FROM generate_series(1, 100000)) AS list, (SELECT jsonb_agg(i) FROM generate_series(1, 100000) i) AS numbers OFFSET 0;
CREATE TEMP SEQUENCE began;
CREATE TEMP SEQUENCE went_through;
CREATE FUNCTION pg_temp.cancelled(reads text, OUT after_it_began boolean, OUT cut_short boolean) LANGUAGE plpgsql AS $$
DECLARE
	begun bigint := nextval('began');
	through bigint := nextval('went_through');
BEGIN
	EXECUTE format('SELECT pg_cancel_backend(pg_backend_pid()) AND nextval(''began'') > 0 AND realty.%s IS NOT NULL AND nextval(''went_through'') > 0 FROM long_values', reads);
EXCEPTION WHEN query_canceled THEN
	after_it_began := nextval('began') = begun + 2;
	cut_short := nextval('went_through') = through + 1;
END $$;
SELECT reads, c.* FROM unnest(ARRAY['is_prose(letters)', 'has_text(marks, 6000000)', 'is_line(ascii)', $$is_web_address('http://' || ascii, 100000000)$$,
	'are_short_texts(list, 1000000, 2)', 'is_bounded_json(numbers, 100000000)', 'search_text(letters)']) reads, pg_temp.cancelled(reads) c;
