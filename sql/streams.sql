-- Streams, batch by batch: what is delivered after a reader's cursor, and what is not. How
-- commits that overtake each other are delivered is in t/gateway_streams.pl.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- A story is one transaction, whose own rows are no news before it commits. So here the
-- rows of notifications and changes are moved to a transaction that is over.
CREATE FUNCTION pg_temp.over(back bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE realty.notifications SET xact = pg_current_xact_id()::text::bigint - back WHERE xact = pg_current_xact_id()::text::bigint;
    SET LOCAL realty.allow_drop = on;
    ALTER TABLE realty.unit_changes DISABLE TRIGGER USER;
    UPDATE realty.unit_changes SET xact = pg_current_xact_id()::text::bigint - back WHERE xact = pg_current_xact_id()::text::bigint;
    ALTER TABLE realty.unit_changes ENABLE TRIGGER USER;
    SET LOCAL realty.allow_drop = off; $$;
-- The events of an answer; cursors are shown by whether they are there.
CREATE FUNCTION pg_temp.ask(path text, who bigint, since text DEFAULT NULL, headers jsonb DEFAULT '{}',
    OUT status int, OUT kind text, OUT events text, OUT cursor text)
LANGUAGE sql AS $$
    SELECT r.status, r.headers ->> 'Content-Type', regexp_replace(r.body, '(id: )[0-9:,-]+', '\1…', 'g'),
           (SELECT m[1] FROM regexp_matches(r.body, 'id: (\S+)', 'g') WITH ORDINALITY x (m, n) ORDER BY n DESC LIMIT 1)
    FROM realty.request('GET', path, NULL, headers || jsonb_strip_nulls(jsonb_build_object('Last-Event-ID', since,
             'Authorization', 'Bearer ' || (CASE WHEN who IS NOT NULL THEN realty.issue_token(who) END)))) r $$;
DELETE FROM realty.notifications;
SELECT pg_temp.over(3);

-- First: where to start. Then what is new, in order, and to no other reader.
SELECT status, kind, events FROM pg_temp.ask('/api/notifications/stream', :chitra);
SELECT cursor AS start FROM pg_temp.ask('/api/notifications/stream', :chitra) \gset
SELECT status, events FROM pg_temp.ask('/api/notifications/stream', :chitra, :'start');
INSERT INTO realty.notifications (user_id, kind, title, body, created_at)
SELECT u, 'story', 'news ' || n, E'two\nlines', '2030-01-01' FROM unnest(ARRAY[:chitra, :dev]) u, generate_series(1, 3) n ORDER BY n;
SELECT status, events AS "not before the commit" FROM pg_temp.ask('/api/notifications/stream', :chitra, :'start');
SELECT pg_temp.over(2);
SELECT regexp_replace(events, '"id" : \d+', '"id" : …', 'g') AS events, cursor AS after FROM pg_temp.ask('/api/notifications/stream', :chitra, :'start') \gset
\echo :events
SELECT status, events AS "nothing twice" FROM pg_temp.ask('/api/notifications/stream', :chitra, :'after');
-- From within a batch: the rest of it, and then what is newer.
SELECT realty.stream_cursor(:'start', realty.stream_until(), 2, max(xact), min(id)) AS within FROM realty.notifications WHERE user_id = :chitra \gset
SELECT regexp_matches(events, 'news \d', 'g') FROM pg_temp.ask('/api/notifications/stream', :chitra, :'within');
INSERT INTO realty.notifications (user_id, kind, title) VALUES (:chitra, 'story', 'news 4');
SELECT pg_temp.over(1);
SELECT regexp_matches(events, 'news \d', 'g') FROM pg_temp.ask('/api/notifications/stream', :chitra, :'within');
SELECT regexp_matches(events, 'news \d', 'g') FROM pg_temp.ask('/api/notifications/stream', :chitra, :'after');
SELECT regexp_matches(events, 'news \d', 'g') AS of_dev FROM pg_temp.ask('/api/notifications/stream', :dev, :'start');
-- More than a batch holds: the rest is to be asked for.
INSERT INTO realty.notifications (user_id, kind, title) SELECT :esha, 'story', 'many ' || n FROM generate_series(1, 150) n;
SELECT pg_temp.over(1);
SELECT count(m) AS told, right(min(a.events), 8) AS mark, min(cursor) AS half FROM pg_temp.ask('/api/notifications/stream', :esha, :'start') a, regexp_matches(a.events, 'many \d+', 'g') m \gset
SELECT :told AS told, :'mark' AS mark;
SELECT count(m) AS told, right(min(a.events), 8) <> E': more\n\n' AS all FROM pg_temp.ask('/api/notifications/stream', :esha, :'half') a, regexp_matches(a.events, 'many \d+', 'g') m;

-- An invalid cursor, one from elsewhere, or from the future: start again.
SELECT since, regexp_replace(split_part(events, E'\n', 2), '^event: ', '') AS event
FROM unnest(ARRAY['', 'x', '0', '1-1:1:', :'start' || '-', regexp_replace(:'start', '^\d+', '7'), regexp_replace(:'start', '\d+:\d+:$', '9:9999999999999:')]) WITH ORDINALITY s (text, since),
    pg_temp.ask('/api/notifications/stream', :chitra, s.text) ORDER BY since;
-- The gateway says up to where; a client that does gets no more for it.
SELECT events FROM pg_temp.ask('/api/notifications/stream', :chitra, :'start', jsonb_build_object('X-Realty-Until', :'start'));
SELECT status, kind FROM pg_temp.ask('/api/notifications/stream', NULL);
SELECT status, kind FROM pg_temp.ask('/api/notifications/stream', :chitra, NULL, '{"Accept": "application/json"}');
SELECT headers ? 'X-Realty-Stream' AS stays, headers ->> 'Cache-Control' AS cache, headers ? 'ETag' AS tag FROM unnest(ARRAY['', 'respond-async, wait=0', 'wait=5']) prefer,
    realty.request('GET', '/api/projects/' || :palm || '/stream', NULL, jsonb_build_object('Prefer', prefer));

-- A project: the units that have changed, as they are now, for every client.
SELECT regexp_replace(events, '"project_id" : \d+', '"project_id" : …') AS events, cursor AS board FROM pg_temp.ask('/api/projects/' || :palm || '/stream', NULL) \gset
\echo :events
SELECT status, events FROM pg_temp.ask('/api/projects/' || :palm || '/stream', NULL, :'board');
SELECT status FROM pg_temp.ask('/api/projects/' || :quiet || '/stream', NULL);
SELECT status FROM pg_temp.ask('/api/projects/' || :quiet || '/stream', :asha);
SELECT status FROM pg_temp.ask('/api/projects/0/stream', NULL);
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c);
UPDATE realty.units SET price = price + 1 WHERE id = :a102;
UPDATE realty.units SET status = 'blocked' WHERE id = :a103;
UPDATE realty.units SET features = '["x"]' WHERE id = :p7;
INSERT INTO realty.units (project_id, unit_number, price, status) VALUES (:palm, 'hidden', 1, 'blocked') RETURNING id AS hidden \gset
UPDATE realty.units SET price = 2 WHERE id = :hidden;
UPDATE realty.units SET price = 2 WHERE id = :q1;
SELECT unit_id IN (:a101, :a102, :a103) AS expected, count(*) FROM realty.unit_changes WHERE xact = pg_current_xact_id()::text::bigint GROUP BY 1;
SELECT pg_temp.over(1);
SELECT u ->> 'id' = :'a101' AS is_a101, u ->> 'status' AS status, u ->> 'price' AS price FROM pg_temp.ask('/api/projects/' || :palm || '/stream', NULL, :'board') a,
    json_array_elements((regexp_match(a.events, 'data: (.*)'))[1]::json -> 'units') u;
SELECT (regexp_match(a.events, 'data: (.*)'))[1]::jsonb -> 'gone' = jsonb_build_array(:a103) AS gone, (regexp_match(a.events, 'data: (.*)'))[1]::jsonb -> 'available_units' AS available
FROM pg_temp.ask('/api/projects/' || :palm || '/stream', NULL, :'board') a;
-- Its builder sees what is blocked.
SELECT u ->> 'status' AS status FROM pg_temp.ask('/api/projects/' || :palm || '/stream', :asha, :'board') a, json_array_elements((regexp_match(a.events, 'data: (.*)'))[1]::json -> 'units') u ORDER BY 1;
-- Too many to name, and a project that opens: read all of it.
INSERT INTO realty.units (project_id, unit_number, price) SELECT :palm, 'n' || n, 1000000 FROM generate_series(1, 51) n;
SELECT count(*), count(unit_id) AS named FROM realty.unit_changes WHERE project_id = :palm AND xact = pg_current_xact_id()::text::bigint;
UPDATE realty.units SET price = 1000001 WHERE project_id = :palm AND unit_number LIKE 'n%';
SELECT count(*), count(unit_id) AS named FROM realty.unit_changes WHERE project_id = :palm AND xact = pg_current_xact_id()::text::bigint;
UPDATE realty.projects SET status = 'launched' WHERE id = :quiet;
SELECT count(*), count(unit_id) AS named FROM realty.unit_changes WHERE project_id = :quiet AND xact = pg_current_xact_id()::text::bigint;
DELETE FROM realty.units WHERE project_id = :palm AND unit_number LIKE 'n%';
SELECT count(*), count(unit_id) AS named FROM realty.unit_changes WHERE project_id = :palm AND xact = pg_current_xact_id()::text::bigint;

-- One in 64 statements that change what is available makes one row of those older than an hour, and looks at a thousand at most, however many are young.
SET LOCAL realty.allow_drop = on;
ALTER TABLE realty.unit_changes DISABLE TRIGGER USER;
INSERT INTO realty.unit_changes (project_id, xact, changed_at)
SELECT :quiet, n, statement_timestamp() - CASE WHEN n <= 10 THEN interval '2 hours' ELSE '1 minute' END FROM generate_series(1, 5000) n;
ALTER TABLE realty.unit_changes ENABLE TRIGGER USER;
ANALYZE realty.unit_changes;
SELECT idx_tup_fetch AS fetched FROM pg_stat_xact_user_tables WHERE relid = 'realty.unit_changes'::regclass \gset
\set ECHO none
SELECT format('DO $$ BEGIN FOR i IN 1..64 LOOP UPDATE realty.units SET status = CASE i %% 2 WHEN 1 THEN ''blocked'' ELSE ''available'' END
    WHERE id = %s; END LOOP; END $$', :q1) \gexec
\set ECHO all
SELECT idx_tup_fetch - :fetched <= 1100 AS bounded FROM pg_stat_xact_user_tables WHERE relid = 'realty.unit_changes'::regclass;
SELECT count(*), min(xact) FROM realty.unit_changes WHERE project_id = :quiet AND changed_at < statement_timestamp() - interval '1 hour';

-- No role writes them by hand, and only the gateway may wait for all.
INSERT INTO realty.unit_changes (project_id, xact) VALUES (:palm, 1);
TRUNCATE realty.unit_changes;
SELECT r.rolname, has_function_privilege(r.rolname, 'realty.stream_poll(bigint, integer)', 'EXECUTE') AS may_wait FROM pg_roles r WHERE r.rolname LIKE 'realty\_%' ORDER BY 1;
INSERT INTO realty.notifications (user_id, kind, title, xact) VALUES (:chitra, 'story', 'forged', 7) RETURNING xact > 7 AS stamped;
ROLLBACK;
SELECT position > 0 AS told, until ~ '^\d+-\d+:\d+:[\d,]*$' AS until, topics FROM realty.stream_poll(0, 0);
