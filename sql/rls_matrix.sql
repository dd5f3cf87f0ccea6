-- The whole matrix: role × table × verb × own or another's row, through the views
-- of api. The expectations stand in one table, written by hand from the security
-- page and never read from the catalog; what they do not cover fails as well.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\set ECHO none
\set VERBOSITY terse
-- Side A is Asha's and Chitra's, side B is Bala's and Dev's. Each side has a row in
-- every table, and drafts besides.
CREATE TEMP TABLE sides AS
SELECT * FROM (VALUES ('own', :asha, :chitra, :asha_b, :chitra_c, :palm, :quiet, :a101, :a102, :q1),
                      ('other', :bala, :dev, :bala_b, :dev_c, :park, NULL, :p7, NULL, NULL))
    AS s (side, builder_user, customer_user, builder, customer, project, draft, booked_unit, free_unit, draft_unit);
INSERT INTO realty.projects (builder_id, name, city) VALUES (:bala_b, 'Bala Draft', 'Kochi') RETURNING id AS b_draft \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:park, '8', 1) RETURNING id AS p8 \gset
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:b_draft, '1', 1) RETURNING id AS b_draft_unit \gset
INSERT INTO realty.units (project_id, unit_number, price, status) VALUES (:palm, 'own blocked', 1, 'blocked'), (:park, 'other blocked', 1, 'blocked');
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (:asha_b, 'own empty', 'Pune', 'launched'), (:bala_b, 'other empty', 'Kochi', 'launched');
UPDATE sides SET draft = :b_draft, free_unit = :p8, draft_unit = :b_draft_unit WHERE side = 'other';
INSERT INTO realty.bookings (unit_id, customer_id) SELECT booked_unit, customer FROM sides;
INSERT INTO realty.payments (booking_id, amount, milestone) SELECT b.id, 1000, s.side FROM sides s JOIN realty.bookings b ON b.unit_id = s.booked_unit;
INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title)
SELECT b.id, b.unit_id, b.customer_id, s.side FROM sides s JOIN realty.bookings b ON b.unit_id = s.booked_unit;
INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at, notes)
SELECT customer, builder, project, '2030-01-01 10:00Z', '2030-01-01 11:00Z', side FROM sides;
INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes) SELECT builder, 1, '09:00', '17:00' FROM sides;
INSERT INTO realty.project_progress (project_id, phase) SELECT project, side FROM sides UNION ALL SELECT draft, side || ' draft' FROM sides;
INSERT INTO realty.construction_updates (project_id, title, published_at) SELECT project, side, now() FROM sides;
INSERT INTO realty.construction_updates (project_id, title) SELECT project, side || ' unpublished' FROM sides;
INSERT INTO realty.models_3d (project_id, name, file_url, format, is_active)
SELECT project, side, 'https://cdn.example/m.glb', 'glb', true FROM sides UNION ALL
SELECT project, side || ' inactive', 'https://cdn.example/m.glb', 'glb', false FROM sides;
INSERT INTO realty.messages (sender_id, recipient_id, body) SELECT customer_user, builder_user, side FROM sides;
UPDATE realty.units SET price = 2 WHERE id IN (SELECT free_unit FROM sides);
INSERT INTO realty.notifications (user_id, kind, title) SELECT :esha, 'story', 'to the administrator';
INSERT INTO realty.system_settings (key, value, is_public) VALUES ('story.own', '1', true), ('story.other', '1', false);
INSERT INTO realty.sessions (user_id, expires_at) SELECT u, 'infinity' FROM unnest(ARRAY[:asha, :bala, :chitra, :dev, :esha]) u;

-- How a row of a side is named, written and changed. who = NULL: for every role.
CREATE TEMP TABLE subjects (resource text, who text, side text, key text, change text, creation text, trace text);
INSERT INTO subjects
SELECT 'users', w.who, s.side,
       'id = ' || CASE WHEN w.who = 'builder' THEN s.builder_user WHEN w.who = 'admin' AND s.side = 'own' THEN :esha ELSE s.customer_user END,
       'full_name = full_name', 'INSERT INTO api.users (email, user_type, full_name) VALUES (''n@cast.example'', ''admin'', ''N'')',
       'SELECT anonymised_at IS NOT NULL FROM realty.users WHERE '
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'builders', NULL, side, 'id = ' || builder, 'city = city', 'INSERT INTO api.builders (user_id, company_name) VALUES (0, ''x'')', NULL FROM sides
UNION ALL SELECT 'customers', NULL, side, 'id = ' || customer, 'city = city', 'INSERT INTO api.customers (user_id) VALUES (0)', NULL FROM sides
UNION ALL SELECT 'sessions', w.who, s.side,
       'user_id = ' || CASE WHEN w.who = 'builder' THEN s.builder_user WHEN w.who = 'admin' AND s.side = 'own' THEN :esha ELSE s.customer_user END,
       'revoked_at = now()', 'INSERT INTO api.sessions (user_id, expires_at) VALUES (0, now())', NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'projects', w.who, s.side, format('name = %L', s.side || ' empty'), 'description = ''x''',
       CASE WHEN w.who = 'builder' AND s.side = 'own' THEN 'INSERT INTO api.projects (name, city) VALUES (''new'', ''x'')'
            ELSE format('INSERT INTO api.projects (builder_id, name, city) VALUES (%s, ''new'', ''x'')', s.builder) END, NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'projects: draft', NULL, side, 'id = ' || draft, 'description = ''x''', NULL, NULL FROM sides
UNION ALL SELECT 'units', NULL, side, 'id = ' || free_unit, 'features = ''["x"]''::jsonb',
       format('INSERT INTO api.units (project_id, unit_number, price) VALUES (%s, ''new'', 1)', project), NULL FROM sides
UNION ALL SELECT 'units: blocked', NULL, side, format('unit_number = %L', side || ' blocked'), 'features = ''["x"]''::jsonb', NULL, NULL FROM sides
UNION ALL SELECT 'units: of a draft', NULL, side, 'id = ' || draft_unit, 'features = ''["x"]''::jsonb',
       format('INSERT INTO api.units (project_id, unit_number, price) VALUES (%s, ''new'', 1)', draft), NULL FROM sides
UNION ALL SELECT 'private_' || k, NULL, side, 'id = ' || id, 'private = ''{"x": 1}''::jsonb', format('INSERT INTO api.private_%s (private) VALUES (''{}'')', k), NULL
FROM sides, LATERAL (VALUES ('builders', builder::text), ('customers', customer::text), ('projects', project::text), ('units', booked_unit::text),
    ('bookings', '(SELECT id FROM story_bookings WHERE unit_id = ' || booked_unit || ')')) p (k, id)
UNION ALL SELECT 'unit_price_history', NULL, side, 'unit_id = ' || free_unit, 'new_price = 2',
       format('INSERT INTO api.unit_price_history (unit_id, builder_id, new_price) VALUES (%s, %s, 2)', free_unit, builder), NULL FROM sides
UNION ALL SELECT 'bookings', w.who, s.side, 'unit_id = ' || s.booked_unit,
       CASE WHEN w.who = 'customer' THEN 'cancellation_reason = ''x''' ELSE 'notes = ''x''' END,
       CASE WHEN w.who = 'customer' AND s.side = 'own' THEN format('INSERT INTO api.bookings (unit_id) VALUES (%s)', s.free_unit)
            ELSE format('INSERT INTO api.bookings (unit_id, customer_id) VALUES (%s, %s)', s.free_unit, s.customer) END, NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'payments', NULL, side, format('milestone = %L', side), 'due_date = ''2031-01-01''',
       format('INSERT INTO api.payments (booking_id, amount) SELECT id, 1 FROM api.bookings WHERE unit_id = %s', booked_unit), NULL FROM sides
UNION ALL SELECT 'appointments', w.who, s.side, format('notes = %L', s.side), 'location = ''x''',
       CASE WHEN w.who = 'customer' AND s.side = 'own' THEN format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, ''2031-01-06 05:00Z'', ''2031-01-06 06:00Z'')', s.project)
            ELSE format('INSERT INTO api.appointments (customer_id, project_id, starts_at, ends_at) VALUES (%s, %s, ''2031-01-06 05:00Z'', ''2031-01-06 06:00Z'')', s.customer, s.project) END, NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'builder_availability', NULL, side, 'builder_id = ' || builder, 'opens = ''08:00''',
       format('INSERT INTO api.builder_availability (builder_id, weekday, opens, closes) VALUES (%s, 2, ''09:00'', ''10:00'')', builder), NULL FROM sides
UNION ALL SELECT 'project_progress', NULL, side, format('phase = %L', side), 'percent = 1',
       format('INSERT INTO api.project_progress (project_id, phase) VALUES (%s, ''new'')', project), NULL FROM sides
UNION ALL SELECT 'project_progress: of a draft', NULL, side, format('phase = %L', side || ' draft'), 'percent = 1', NULL, NULL FROM sides
UNION ALL SELECT 'construction_updates', NULL, side, format('title = %L', side), 'description = ''x''',
       format('INSERT INTO api.construction_updates (project_id, title) VALUES (%s, ''new'')', project), NULL FROM sides
UNION ALL SELECT 'construction_updates: unpublished', NULL, side, format('title = %L', side || ' unpublished'), 'description = ''x''', NULL, NULL FROM sides
UNION ALL SELECT 'models_3d', NULL, side, format('name = %L', side), 'size_bytes = 2',
       format('INSERT INTO api.models_3d (project_id, name, file_url, format) VALUES (%s, ''new'', ''https://x.example'', ''glb'')', project), NULL FROM sides
UNION ALL SELECT 'models_3d: inactive', NULL, side, format('name = %L', side || ' inactive'), 'size_bytes = 2', NULL, NULL FROM sides
UNION ALL SELECT 'messages', w.who, s.side, format('body = %L', s.side), 'read_at = now()',
       format('INSERT INTO api.messages (recipient_id, body) VALUES (%s, ''new'')', CASE w.who WHEN 'builder' THEN s.customer_user ELSE s.builder_user END), NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'change_requests', NULL, side, format('title = %L', side), 'description = ''x''',
       format('INSERT INTO api.change_requests (booking_id, title) SELECT id, ''new'' FROM api.bookings WHERE unit_id = %s', booked_unit), NULL FROM sides
UNION ALL SELECT 'notifications', w.who, s.side,
       'user_id = ' || CASE WHEN w.who = 'builder' THEN s.builder_user WHEN w.who = 'admin' AND s.side = 'own' THEN :esha ELSE s.customer_user END,
       'read_at = now()', 'INSERT INTO api.notifications (user_id, kind, title) VALUES (0, ''x'', ''x'')', NULL
FROM sides s, (VALUES ('anon'), ('customer'), ('builder'), ('admin')) w (who)
UNION ALL SELECT 'system_settings', NULL, side, format('key = %L', 'story.' || side), 'value = ''2''',
       format('INSERT INTO api.system_settings (key, value, is_public) VALUES (%L, ''1'', %L)', 'story.new.' || side, side = 'own'), NULL FROM sides
UNION ALL SELECT 'audit_log', NULL, side, 'booking_id = (SELECT id FROM story_bookings WHERE unit_id = ' || booked_unit || ')', 'action = action',
       'INSERT INTO api.audit_log (table_name, action) VALUES (''x'', ''insert'')', NULL FROM sides
UNION ALL SELECT 'audit_log: of accounts', NULL, side, format('table_name = ''users'' AND row_id = ''%s''', customer_user), 'action = action', NULL, NULL FROM sides;
CREATE TEMP TABLE story_bookings AS SELECT id, unit_id FROM realty.bookings;
GRANT SELECT ON story_bookings TO PUBLIC;

-- Three surfaces: plain SQL, a transaction as PostgREST makes it, and realty.request (below).
-- Becomes the role with the user's identity, or with none.
CREATE FUNCTION pg_temp.enter(door text, role text, user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    token text := CASE WHEN user_id IS NOT NULL THEN realty.issue_token(user_id) END;
BEGIN
    IF door = 'postgrest' THEN
        SET LOCAL SESSION AUTHORIZATION realty_authenticator;
        PERFORM set_config('search_path', '"api", "public"', true), set_config('role', 'realty_' || role, true),
                set_config('request.jwt.claims', CASE WHEN token IS NULL THEN json_build_object('role', 'realty_' || role)::text
                           ELSE convert_from(decode(rpad(translate(split_part(token, '.', 2), '-_', '+/'),
                                                         (length(split_part(token, '.', 2)) + 3) / 4 * 4, '='), 'base64'), 'UTF8') END, true),
                set_config('request.headers', CASE WHEN token IS NULL THEN '{}'
                           ELSE json_build_object('authorization', 'Bearer ' || token)::text END, true);
        PERFORM api.pre_request();
    ELSIF token IS NULL THEN
        EXECUTE 'SET LOCAL ROLE realty_' || role;
    ELSE
        PERFORM realty.authenticate(token);
    END IF;
END $$;
-- Does one thing and says whether it took effect, and undoes it. 42501 and PT401 to PT404 are
-- a no; PT409 is a yes, since it was what the row is that refused; any other error is ours.
CREATE FUNCTION pg_temp.may(door text, role text, user_id bigint, statement text, trace text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    done bigint;
    traced boolean;
    failing text;
BEGIN
    PERFORM pg_temp.enter(door, role, user_id);
    EXECUTE statement;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF trace IS NOT NULL THEN
        RESET SESSION AUTHORIZATION;
        RESET ROLE;
        EXECUTE trace INTO traced;
        done := traced::int;
    END IF;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'UNDO0', DETAIL = done;
EXCEPTION WHEN OTHERS THEN
    IF SQLSTATE = 'UNDO0' THEN
        GET STACKED DIAGNOSTICS failing = PG_EXCEPTION_DETAIL;
        RETURN failing::bigint > 0;
    END IF;
    IF SQLSTATE = 'PT409' THEN
        RETURN true;
    END IF;
    GET STACKED DIAGNOSTICS failing = PG_EXCEPTION_DETAIL;
    IF SQLSTATE IN ('42501', 'PT401', 'PT403', 'PT404') OR SQLSTATE = 'PT422' AND (user_id IS NULL OR failing ~ '"names no ') THEN
        RETURN false;
    END IF;
    RAISE EXCEPTION '% for % as % by %: %', SQLSTATE, statement, role, door, SQLERRM;
END $$;
-- One request, undone: 2xx and 409 are a yes; 401, 403 and 404 are a no, and so is 422 for a
-- column that is not hers to set, or a reference to what she does not see.
CREATE FUNCTION pg_temp.asks(user_id bigint, method text, path text, content jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    verdict text;
BEGIN
    SELECT * INTO answer FROM realty.request(method, path, content, CASE WHEN user_id IS NULL THEN '{}' ELSE
        jsonb_build_object('authorization', 'Bearer ' || realty.issue_token(user_id)) END);
    RAISE EXCEPTION 'undo' USING ERRCODE = 'UNDO0', DETAIL = CASE WHEN answer.status < 300 OR answer.status = 409 THEN 'yes'
        WHEN answer.status IN (401, 403, 404) OR answer.body ~ '"(names no |may not be )' THEN 'no' ELSE format('%s %s: %s', method, path, answer.body) END;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    GET STACKED DIAGNOSTICS verdict = PG_EXCEPTION_DETAIL;
    IF verdict NOT IN ('yes', 'no') THEN
        RAISE EXCEPTION '%', verdict;
    END IF;
    RETURN verdict = 'yes';
END $$;
-- What a statement of a subject would write, as a body.
CREATE FUNCTION pg_temp.content(query text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    made jsonb;
BEGIN
    EXECUTE query INTO made;
    RETURN made;
END $$;
-- The verbs that have a route; own = the letters that have one.
CREATE FUNCTION pg_temp.verbs_by_request(user_id bigint, s subjects, OUT verbs text, OUT routed text)
LANGUAGE plpgsql AS $$
DECLARE
    subject text := split_part(s.resource, ':', 1);
    route record;
    path text;
    key text;
    parts text[] := regexp_match(s.creation, '^INSERT INTO \S+ \(([^)]*)\) (.*)$');
BEGIN
    verbs := ''; routed := '';
    FOR route IN SELECT handler, method, r.path, c.key_column FROM realty.routes r JOIN realty.resources c ON c.name = r.resource
        WHERE c.view = 'api.' || subject AND handler IN ('create', 'get', 'update', 'delete') AND r.path ~ '^/api/[a-z-]+(/\{\w+\})?$'
        ORDER BY handler = 'create' DESC, handler = 'get' DESC, handler = 'update' DESC LOOP
        IF route.handler = 'create' THEN
            CONTINUE WHEN s.creation IS NULL;
            path := route.path;
        ELSE
            EXECUTE format('SELECT %I FROM realty.%I WHERE %s', route.key_column, subject, s.key) INTO key;
            path := regexp_replace(route.path, '\{\w+\}', key);
        END IF;
        routed := routed || translate(left(route.handler, 1), 'g', 'r');
        IF pg_temp.asks(user_id, route.method, path, CASE route.handler
            WHEN 'create' THEN pg_temp.content(format('SELECT to_jsonb(n) FROM (%s) n (%s)', replace(parts[2], 'api.', 'realty.'), parts[1]))
            WHEN 'update' THEN pg_temp.content(format('SELECT jsonb_build_object(%L, %s) FROM realty.%I WHERE %s',
                 split_part(s.change, ' = ', 1), split_part(s.change, ' = ', 2), subject, s.key)) END) THEN
            verbs := verbs || translate(left(route.handler, 1), 'g', 'r');
        END IF;
    END LOOP;
    verbs := coalesce(nullif(verbs, ''), '-');
END $$;
CREATE FUNCTION pg_temp.verbs(door text, role text, user_id bigint, view text, s subjects) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(nullif(concat(
        CASE WHEN s.creation IS NOT NULL AND pg_temp.may(door, role, user_id, s.creation, NULL) THEN 'c' END,
        CASE WHEN pg_temp.may(door, role, user_id, format('SELECT FROM api.%s WHERE %s', view, s.key), NULL) THEN 'r' END,
        CASE WHEN pg_temp.may(door, role, user_id, format('UPDATE api.%s SET %s WHERE %s', view, s.change, s.key), NULL) THEN 'u' END,
        CASE WHEN pg_temp.may(door, role, user_id, format('DELETE FROM api.%s WHERE %s', view, s.key), s.trace || s.key) THEN 'd' END), ''), '-')
$$;
\set ECHO all
-- c create, r read, u update, d delete: the table that docs/security.md shows.
\set page `sed -n 's/^| \([a-z_0-9]*\(: [a-z ]*\)*\) *| /\1| /p' "$PG_ABS_SRCDIR/docs/security.md" | grep -E '^[^|]+(\|[ crud–-]+){8}\|$'`
CREATE TEMP TABLE cells AS
SELECT btrim(cell[1]) AS resource, c.who, c.side, nullif(btrim(c.verbs), '–') AS verbs
FROM string_to_table(:'page', E'\n') line, string_to_array(line, '|') cell, LATERAL (VALUES
    ('anon', 'own', cell[2]), ('anon', 'other', cell[3]), ('customer', 'own', cell[4]), ('customer', 'other', cell[5]),
    ('builder', 'own', cell[6]), ('builder', 'other', cell[7]), ('admin', 'own', cell[8]), ('admin', 'other', cell[9])) c (who, side, verbs);
UPDATE cells SET verbs = coalesce(verbs, '-');

-- With an identity: every cell that is not as expected. There is none.
CREATE TEMP VIEW walk AS
SELECT c.resource, c.who, c.side, c.verbs, s FROM cells c
JOIN subjects s ON s.resource = c.resource AND s.side = c.side AND coalesce(s.who, c.who) = c.who;
CREATE TEMP TABLE people AS
SELECT * FROM (VALUES ('anon', NULL), ('customer', :chitra), ('builder', :asha), ('admin', :esha)) p (who, user_id);
SELECT d.door, w.resource, w.who, w.side, w.verbs AS expected, v.verbs AS actual
FROM walk w JOIN people p USING (who), (VALUES ('sql'), ('postgrest')) d (door),
     LATERAL pg_temp.verbs(d.door, w.who, p.user_id, split_part(w.resource, ':', 1), w.s) v (verbs)
WHERE v.verbs <> w.verbs ORDER BY 1, 2, 3, 4;

-- By realty.request, what has a route. The table holds there as well, but that one's own account is at
-- /api/auth/me and a booking's customer cancels by POST.
SELECT w.resource, w.who, w.side, v.routed, e.verbs AS expected, v.verbs AS actual
FROM walk w JOIN people p USING (who), LATERAL pg_temp.verbs_by_request(p.user_id, w.s) v,
     LATERAL (SELECT coalesce(nullif(regexp_replace(w.verbs, '[^' || v.routed || ']', '', 'g'), ''), '-')) e (verbs)
WHERE v.routed <> '' AND v.verbs <> e.verbs ORDER BY 1, 2, 3;

-- A role without an identity reads what is public and writes nothing: an administrator's not even that.
SELECT w.resource, w.who, w.side, x.verbs AS expected, v.verbs AS actual
FROM walk w JOIN cells a ON a.resource = w.resource AND a.side = w.side AND a.who = 'anon',
     LATERAL (SELECT CASE WHEN w.who = 'admin' THEN '-' ELSE a.verbs END) x (verbs),
     LATERAL pg_temp.verbs('sql', w.who, NULL, split_part(w.resource, ':', 1), w.s) v (verbs)
WHERE w.who <> 'anon' AND v.verbs <> x.verbs ORDER BY 1, 2, 3;

-- Nothing is left out: each view of api has its row above but the contacts (below) and the settings in
-- force, which show no private setting either; and each role both cells.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT key FROM api.settings WHERE key LIKE 'story.%' ORDER BY 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT key FROM api.settings WHERE key LIKE 'story.%' ORDER BY 1;
RESET ROLE;
SELECT v.viewname FROM pg_views v WHERE v.schemaname = 'api' AND v.viewname NOT IN ('contacts', 'settings', 'customers_at_limit')
    AND v.viewname NOT IN (SELECT split_part(resource, ':', 1) FROM cells) ORDER BY 1;
SELECT DISTINCT grantee FROM information_schema.role_column_grants
WHERE table_schema IN ('api', 'realty') AND grantee <> session_user AND grantee NOT IN (SELECT 'realty_' || who FROM cells);
SELECT c.resource, c.who, c.side FROM cells c
WHERE NOT EXISTS (SELECT FROM subjects s WHERE s.resource = c.resource AND s.side = c.side AND coalesce(s.who, c.who) = c.who);
SELECT count(*) AS cells, (SELECT count(*) FROM subjects WHERE key IS NULL OR change IS NULL) AS incomplete FROM cells;

-- Contacts: those one shares a booking, an appointment or a message with, by three columns.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind = 'customer' AND profile_id = :chitra_c AS hers, name, kind FROM api.contacts ORDER BY name;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT kind = 'builder' AND profile_id = :bala_b AS his, name, kind FROM api.contacts ORDER BY name;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT count(*) = (SELECT count(*) FROM api.users) AS everybody FROM api.contacts;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_customer;
SELECT count(*) FROM api.contacts;
RESET ROLE; SET LOCAL ROLE realty_anon;
SELECT count(*) FROM api.contacts;
RESET ROLE;

-- No role of a surface can so much as name a table of realty.
SELECT r.role FROM unnest(ARRAY['realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_authenticator', 'realty_analyst']) r (role)
WHERE has_schema_privilege(r.role, 'realty', 'USAGE') OR has_schema_privilege(r.role, 'realty', 'CREATE') OR has_schema_privilege(r.role, 'api', 'CREATE');
-- Credentials, tokens and the like have no view, no grant and no policy.
SELECT t.relname, count(DISTINCT p.polname) AS policies, count(DISTINCT g.grantee) AS grantees
FROM pg_class t LEFT JOIN pg_policy p ON p.polrelid = t.oid
     LEFT JOIN information_schema.role_column_grants g ON g.table_schema = 'realty' AND g.table_name = t.relname AND g.grantee <> session_user
WHERE t.oid IN ('realty.user_credentials'::regclass, 'realty.refresh_tokens'::regclass, 'realty.password_resets'::regclass,
                'realty.idempotency_keys'::regclass, 'realty.transitions'::regclass, 'realty.notification_templates'::regclass)
GROUP BY t.relname ORDER BY t.relname;
ROLLBACK;
