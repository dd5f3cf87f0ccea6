-- The owner of a table may alter it, drop a NOT NULL, attach any trigger function to it, and write
-- into the tables that say what follows. None of it ends the server: the statement that meets
-- something odd fails, and only that one. Each kind here once took all sessions along.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set VERBOSITY terse
SELECT pg_postmaster_start_time() AS started \gset
CREATE SCHEMA site;

-- ## What rows name is looked at when they are written
UPDATE realty.transitions SET stamp = 'booking_number' WHERE entity = 'bookings' AND to_status = 'confirmed';
UPDATE realty.transitions SET stamp = 'unit_price' WHERE entity = 'bookings' AND to_status = 'cancelled';
UPDATE realty.transitions SET stamp = 'nothing' WHERE entity = 'refunds' AND to_status = 'paid';
UPDATE realty.transitions SET stamp = 'due_date' WHERE entity = 'refunds' AND to_status = 'paid';
BEGIN;
UPDATE realty.transitions SET stamp = 'updated_at' WHERE entity = 'refunds' AND to_status = 'paid';
INSERT INTO realty.transitions (entity, from_status, to_status, actors, stamp) VALUES ('site_things', 'new', 'old', '{}', 'aged_at');
ROLLBACK;

CREATE FUNCTION site.number(pattern text) RETURNS bigint LANGUAGE sql RETURN 42;
CREATE FUNCTION site.words(pattern text) RETURNS text LANGUAGE sql RETURN 'Pune';
CREATE FUNCTION site.many(pattern text) RETURNS SETOF text[] LANGUAGE sql AS 'SELECT ''{Pune}''::text[] WHERE false';
CREATE FUNCTION site.cities(pattern text) RETURNS text[] LANGUAGE sql RETURN '{Pune}'::text[];
CREATE FUNCTION site.cities(pattern int) RETURNS text[] LANGUAGE sql RETURN '{Pune}'::text[];
UPDATE realty.resources SET lookups = '{"city": "site.number", "state": "site.words"}' WHERE name = 'projects';
UPDATE realty.resources SET lookups = '{"city": "site.many", "state": "site.nothing", "locality": 3}' WHERE name = 'projects';
UPDATE realty.resources SET implied = '{"status": {"available": "price", "held": 1}, "facing": "x"}' WHERE name = 'units';
UPDATE realty.resources SET key_column = 'nothing' WHERE name = 'units';

-- What changes later is noticed when it is read.
CREATE TABLE site.shops (id bigint PRIMARY KEY, name text, city text);
INSERT INTO site.shops VALUES (1, 'Corner', 'Pune');
GRANT USAGE ON SCHEMA site TO realty_anon;
GRANT SELECT ON site.shops TO realty_anon;
INSERT INTO realty.resources (name, view, singular, sort, default_sort, lookups)
VALUES ('shops', 'site.shops', 'shop', '{id}', 'id', '{"city": "site.cities"}');
INSERT INTO realty.routes (method, path, handler, resource, roles) VALUES ('GET', '/site/shops', 'list', 'shops', '{public}');
SELECT * FROM answer('GET', '/site/shops?city=Pun');
DROP FUNCTION site.cities(text);
CREATE FUNCTION site.cities(pattern text) RETURNS bigint LANGUAGE sql RETURN 42;
SELECT status, code FROM refusal('GET', '/site/shops?city=Pun');
DROP FUNCTION site.cities(text);
CREATE FUNCTION site.cities(pattern text) RETURNS SETOF text[] LANGUAGE sql AS 'SELECT ''{Pune}''::text[] WHERE false';
SELECT * FROM answer('GET', '/site/shops?city=Pun');
DROP FUNCTION site.cities(text);
CREATE FUNCTION site.cities(pattern text) RETURNS text[] LANGUAGE sql RETURN '{Pune,NULL}'::text[];
SELECT status, code FROM refusal('GET', '/site/shops?city=Pun');
DELETE FROM realty.routes WHERE path = '/site/shops';
DELETE FROM realty.resources WHERE name = 'shops';

-- ## Every trigger function, on tables that are not what it was written for
-- All names of columns that realty has, each with the type that it has there, or all of one type:
-- numbers read as pointers are what crashes.
CREATE FUNCTION site.make_table(kind text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	DROP TABLE IF EXISTS site.odd, site.seed;
	EXECUTE format('CREATE TABLE site.odd (%s)', (SELECT string_agg(format('%I %s', name, CASE kind WHEN 'as ours' THEN type ELSE kind END), ', ')
		FROM (SELECT DISTINCT ON (a.attname) a.attname AS name, format_type(a.atttypid, NULL) AS type
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
			WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
				AND kind <> 'nothing'
			ORDER BY a.attname, a.attrelid) x));
	CREATE TABLE site.seed AS TABLE site.odd;
END $$;

-- A statement that may fail; what it leaves is taken back.
CREATE TABLE site.tried (function text, kind text, state text);
CREATE FUNCTION site.try(what text, kind text, statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE state text := 'done';
BEGIN
	BEGIN
		EXECUTE statement;
	EXCEPTION WHEN OTHERS THEN state := SQLSTATE;
	END;
	INSERT INTO site.tried VALUES (what, kind, state);
END $$;

CREATE FUNCTION site.hang(function regprocedure, timing text, event text, level text, arguments text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE format('CREATE TRIGGER %I %s %s ON site.odd %s FOR EACH %s EXECUTE FUNCTION %s(%s)', 't_' || event, timing, event,
		CASE WHEN timing <> 'AFTER' OR level <> 'STATEMENT' OR event = 'TRUNCATE' THEN ''
			WHEN event = 'INSERT' THEN 'REFERENCING NEW TABLE AS new_rows'
			WHEN event = 'DELETE' THEN 'REFERENCING OLD TABLE AS old_rows'
			ELSE 'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows' END,
		level, function::regproc, arguments);
END $$;

-- A row without values and one with a value wherever the type has one; from each to the other.
CREATE FUNCTION site.try_all(function regprocedure, kind text, timing text, level text, arguments text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	event text;
	sample text := CASE kind WHEN 'bigint' THEN '1' WHEN 'numeric' THEN '1' WHEN 'boolean' THEN 'true' WHEN 'jsonb' THEN '1' WHEN 'text[]' THEN '{x}' ELSE 'pending' END;
	filled text := (SELECT string_agg(format('%I = %L', attname, CASE kind WHEN 'as ours' THEN CASE format_type(atttypid, NULL)
			WHEN 'text' THEN 'pending' WHEN 'bigint' THEN '1' WHEN 'integer' THEN '1' WHEN 'numeric' THEN '1' WHEN 'boolean' THEN 'true'
			WHEN 'jsonb' THEN '{}' WHEN 'timestamp with time zone' THEN 'now' WHEN 'date' THEN 'today' ELSE NULL END ELSE sample END), ', ')
		FROM pg_attribute WHERE attrelid = 'site.odd'::regclass AND attnum > 0);
	emptied text := (SELECT string_agg(format('%I = NULL', attname), ', ') FROM pg_attribute WHERE attrelid = 'site.odd'::regclass AND attnum > 0);
	name text := function::regproc;
BEGIN
	DELETE FROM site.odd;
	DELETE FROM site.seed;
	INSERT INTO site.odd DEFAULT VALUES;
	IF filled IS NOT NULL THEN EXECUTE format('UPDATE site.odd SET %s', filled); END IF;
	INSERT INTO site.seed TABLE site.odd;
	INSERT INTO site.odd DEFAULT VALUES;
	FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] || CASE level WHEN 'STATEMENT' THEN '{TRUNCATE}'::text[] ELSE '{}' END LOOP
		PERFORM site.hang(function, timing, event, level, arguments);
	END LOOP;
	PERFORM site.try(name, kind, 'INSERT INTO site.odd SELECT * FROM site.seed');
	PERFORM site.try(name, kind, 'INSERT INTO site.odd DEFAULT VALUES');
	PERFORM site.try(name, kind, 'INSERT INTO site.odd SELECT * FROM site.seed WHERE false');
	IF filled IS NOT NULL THEN
		PERFORM site.try(name, kind, 'UPDATE site.odd SET ' || filled);
		PERFORM site.try(name, kind, 'UPDATE site.odd SET ' || emptied);
		IF kind IN ('as ours', 'text') THEN PERFORM site.try(name, kind, 'UPDATE site.odd SET status = ''cancelled'''); END IF;
	END IF;
	PERFORM site.try(name, kind, 'DELETE FROM site.odd WHERE ctid = (SELECT min(ctid) FROM site.odd)');
	PERFORM site.try(name, kind, 'DELETE FROM site.odd');
	IF level = 'STATEMENT' THEN PERFORM site.try(name, kind, 'TRUNCATE site.odd'); END IF;
	FOREACH event IN ARRAY '{INSERT,UPDATE,DELETE,TRUNCATE}'::text[] LOOP EXECUTE format('DROP TRIGGER IF EXISTS %I ON site.odd', 't_' || event); END LOOP;
END $$;

\set size normal
\getenv size SIZE
CREATE TABLE site.settings AS SELECT :'size' = 'full' AS everything;
SET client_min_messages = error;
DO $$ DECLARE
	kind text;
BEGIN
	FOREACH kind IN ARRAY CASE WHEN (SELECT everything FROM site.settings) THEN '{as ours,text,bigint,numeric,jsonb,boolean,text[],nothing}'::text[]
			ELSE '{as ours,bigint,nothing}' END LOOP
		PERFORM site.make_table(kind);
		PERFORM site.try_all(p.oid::regprocedure, kind, m.timing, m.level, a.arguments)
		FROM pg_proc p, (VALUES ('BEFORE', 'ROW'), ('AFTER', 'ROW'), ('AFTER', 'STATEMENT'), ('BEFORE', 'STATEMENT')) m (timing, level),
			-- without arguments, and with those of the longest list that it has on a table of ours
			LATERAL (SELECT '' UNION ALL (SELECT (SELECT string_agg(quote_literal(x), ', ') FROM unnest(string_to_array(rtrim(encode(t.tgargs, 'escape'), '\000'), '\000')) x)
				FROM pg_trigger t WHERE t.tgfoid = p.oid AND t.tgnargs > 0 ORDER BY t.tgnargs DESC, t.tgargs LIMIT 1)) a (arguments)
		WHERE p.pronamespace = 'realty'::regnamespace AND p.prorettype = 'trigger'::regtype
			-- numbers in every way; in the other kinds, but for the full size, as it hangs on a table of ours
			AND ((SELECT everything FROM site.settings) OR kind = 'bigint' OR NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)
				OR (m.timing = 'BEFORE', m.level = 'ROW') IN (SELECT t.tgtype & 2 = 2, t.tgtype & 1 = 1 FROM pg_trigger t WHERE t.tgfoid = p.oid)) ORDER BY p.proname, m;
	END LOOP;
END $$;
RESET client_min_messages;

-- None was left out, and none of them passes silently whatever it hangs on.
SELECT count(DISTINCT function) = (SELECT count(*) FROM pg_proc WHERE pronamespace = 'realty'::regnamespace AND prorettype = 'trigger'::regtype) AS all_functions,
	count(*) > 2000 AS often FROM site.tried;
SELECT function FROM site.tried GROUP BY function HAVING bool_and(state = 'done') ORDER BY 1;
SELECT pg_postmaster_start_time() = :'started' AS same_server;

-- ## Our own tables, without a NOT NULL or CHECK, and with NULL where there was none
\set sample :abs_srcdir '/sql/include/sample_rows.sql'
BEGIN;
\i :sample
\set QUIET on
-- What people do, in SQL and through the API; any of it may fail.
CREATE TABLE site.deeds (statement text);
INSERT INTO site.deeds VALUES
	('INSERT INTO realty.bookings (unit_id, customer_id) SELECT u.id, c.id FROM realty.units u, realty.customers c WHERE u.status IS DISTINCT FROM ''booked'' LIMIT 1'),
	('UPDATE realty.bookings SET status = ''confirmed'' WHERE id = (SELECT min(id) FROM realty.bookings WHERE status = ''pending'')'),
	('UPDATE realty.bookings SET status = ''cancelled'' WHERE id = (SELECT min(id) FROM realty.bookings WHERE status = ''confirmed'')'),
	('UPDATE realty.bookings SET discount = 1 WHERE id = (SELECT min(id) FROM realty.bookings)'),
	('UPDATE realty.bookings SET status = ''completed'''),
	('INSERT INTO realty.payments (booking_id, amount) SELECT max(id), 1 FROM realty.bookings WHERE status = ''confirmed'''),
	('INSERT INTO realty.payments (booking_id, kind, amount) SELECT max(id), ''refund'', 1 FROM realty.bookings'),
	('UPDATE realty.payments SET status = ''paid'' WHERE id IN (SELECT id FROM realty.payments WHERE status IN (''due'', ''submitted'') ORDER BY id LIMIT 2)'),
	('UPDATE realty.payments SET status = ''submitted'', method = ''upi'', transaction_reference = ''x'''),
	('DELETE FROM realty.payments WHERE id = (SELECT min(id) FROM realty.payments)'),
	('INSERT INTO realty.change_requests (booking_id, title, description, category) SELECT max(id), ''t'', ''d'', ''layout'' FROM realty.bookings WHERE status = ''confirmed'''),
	('UPDATE realty.change_requests SET status = ''under_review'', estimated_cost = 1'),
	('UPDATE realty.change_requests SET status = ''approved'', approved_cost = 1'),
	('INSERT INTO realty.appointments (project_id, customer_id, starts_at, ends_at) SELECT min(p.id), min(c.id), now() + interval ''30 days'', now() + interval ''30 days 1 hour'' FROM realty.projects p, realty.customers c'),
	('UPDATE realty.appointments SET starts_at = starts_at + interval ''1 hour'', ends_at = ends_at + interval ''1 hour'''),
	('UPDATE realty.appointments SET status = ''cancelled'''),
	('DELETE FROM realty.appointments'),
	('INSERT INTO realty.project_progress (project_id, phase, percent) SELECT min(id), ''Roof'', 50 FROM realty.projects'),
	('UPDATE realty.project_progress SET percent = 100'),
	('INSERT INTO realty.construction_updates (project_id, title, published_at) SELECT min(id), ''t'', now() FROM realty.projects'),
	('UPDATE realty.construction_updates SET published_at = now()'),
	('INSERT INTO realty.models_3d (project_id, name, format, file_url) SELECT min(id), ''m'', ''glb'', ''https://example.com/m'' FROM realty.projects'),
	('INSERT INTO realty.messages (sender_id, recipient_id, body) SELECT min(id), max(id), ''hello'' FROM realty.users'),
	('UPDATE realty.messages SET read_at = now()'),
	('INSERT INTO realty.units (project_id, unit_number, price, unit_type) SELECT min(id), ''new'', 1, ''apartment'' FROM realty.projects'),
	('UPDATE realty.units SET price = price + 1 WHERE id <= 20'),
	('UPDATE realty.units SET status = ''blocked'' WHERE id <= 20'),
	('UPDATE realty.projects SET status = ''on_hold'''),
	('DELETE FROM realty.units WHERE id <= 3'),
	('DELETE FROM realty.projects'),
	('DELETE FROM realty.users WHERE id = 1'),
	('INSERT INTO realty.system_settings (key, value) VALUES (''time_zone'', ''"UTC"'') ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
	('SELECT * FROM realty.sweep()'),
	('SELECT * FROM realty.check_invariants()'),
	('SELECT realty.issue_token(1)'),
	('SELECT api.project_cities(''%a%'')'),
	('SELECT api.forgot_password((SELECT min(email) FROM realty.users))'),
	('SELECT api.openapi()');
INSERT INTO site.deeds SELECT format('SELECT realty.request(''GET'', %L, NULL, bearer(%s))', path, token) FROM
	unnest('{/api/projects?city=a,/api/units?min_price=1&status=available,/api/bookings,/api/payments,/api/appointments,/api/notifications,/api/auth/me,/api/units?q=a}'::text[]) path,
	unnest('{NULL,realty.issue_token(1),realty.issue_token(156)}'::text[]) token;

CREATE TABLE site.needed AS SELECT c.oid AS t, array_agg(a.attname) FILTER (WHERE a.attnotnull) AS names FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r' GROUP BY c.oid;
SET realty.allow_drop = on;
DO $$ DECLARE r record; BEGIN
	FOR r IN SELECT c.oid::regclass AS t, 'DROP CONSTRAINT ' || quote_ident(k.conname) AS what FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
			WHERE c.relnamespace = 'realty'::regnamespace AND k.contype = 'c'
		UNION ALL SELECT a.attrelid::regclass, format('ALTER COLUMN %I DROP NOT NULL', a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
			WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND a.attidentity = ''
				AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) LOOP
		EXECUTE format('ALTER TABLE %s %s', r.t, r.what);
	END LOOP;
END $$;

CREATE FUNCTION site.without(t regclass, columns name[], about text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE d site.deeds;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE format('UPDATE %s SET %s', t, (SELECT string_agg(format('%I = NULL', c), ', ') FROM unnest(columns) c));
	SET LOCAL session_replication_role = origin;
	FOR d IN SELECT * FROM site.deeds WHERE statement ~ about LOOP
		PERFORM site.try(t::text, columns[1], d.statement);
	END LOOP;
	RAISE EXCEPTION 'back' USING ERRCODE = 'P9999';
EXCEPTION WHEN SQLSTATE 'P9999' OR unique_violation OR exclusion_violation THEN NULL;
END $$;

-- Everything at once, then each alone: the first that is NULL hides the others. Here only what was NOT NULL and is
-- read through a pointer, under what concerns it; in the full size all of it.
CREATE TABLE site.columns AS
	SELECT a.attrelid::regclass AS t, a.attname AS name, a.attnum, a.attname = ANY (n.names) AND NOT a.attbyval AND a.attname <> 'extra' AS was_needed FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		JOIN site.needed n ON n.t = c.oid
	WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull AND a.attgenerated = '' ;
DO $$ DECLARE
	everything boolean := (SELECT s.everything FROM site.settings s);
	concerns text;
	r record;
BEGIN
	FOR r IN SELECT t, array_agg(name ORDER BY attnum) AS columns, array_agg(name ORDER BY attnum) FILTER (WHERE was_needed) AS needed
			FROM site.columns GROUP BY t ORDER BY t LOOP
		concerns := CASE WHEN everything THEN '' WHEN r.t IN ('realty.users'::regclass, 'realty.routes'::regclass, 'realty.resources'::regclass) THEN '^SELECT' ELSE r.t::text END;
		PERFORM site.without(r.t, r.columns, concerns);
		PERFORM site.without(r.t, ARRAY[c], CASE WHEN everything THEN '' ELSE r.t::text END) FROM unnest(CASE WHEN everything THEN r.columns ELSE r.needed END) c;
	END LOOP;
END $$;
ROLLBACK;
\set QUIET off
SELECT pg_postmaster_start_time() = :'started' AS same_server;
\i :end
