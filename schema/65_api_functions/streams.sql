-- The batches that streams are made of. They run with the caller's rights, and read the
-- tables only for what their views do not show: which transaction wrote a row.

CREATE FUNCTION api.notifications_stream() RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT realty.stream_since() AS since, realty.stream_until() AS until
    ), found AS MATERIALIZED (
        SELECT n.id, n.kind, n.title, n.body, n.data, n.read_at, n.created_at, p.part,
               coalesce(pg_catalog.max(n.xact) FILTER (WHERE p.part = 2) OVER (), 0) AS newest
        FROM realty.notifications n, asked a,
             LATERAL (SELECT realty.stream_part(a.since, a.until, n.xact, n.id) AS part) p
        WHERE n.user_id = (SELECT realty.user_id())
          AND n.xact >= (SELECT realty.stream_floor(b.since) FROM asked b) AND p.part > 0
        ORDER BY p.part, n.id LIMIT 101
    ), told AS (
        SELECT f.*, a.since, a.until FROM found f, asked a ORDER BY f.part, f.id LIMIT 100
    )
    SELECT realty.stream_answer('user:' || realty.user_id(),
        CASE WHEN (SELECT a.since IS NOT NULL FROM asked a) THEN (
            SELECT pg_catalog.string_agg(realty.stream_event(
                       realty.stream_cursor(t.since, t.until, t.part, t.newest, t.id), 'notification',
                       pg_catalog.json_build_object('id', t.id, 'kind', t.kind, 'title', t.title, 'body', t.body,
                           'data', t.data, 'read_at', t.read_at, 'created_at', t.created_at)),
                   '' ORDER BY t.part, t.id) FROM told t)
        ELSE (
            SELECT realty.stream_event(
                       realty.stream_start(a.until, coalesce((
                           SELECT pg_catalog.max(n.xact) FROM realty.notifications n
                           WHERE n.user_id = (SELECT realty.user_id())), 2)), 'sync',
                       pg_catalog.json_build_object('unread_count', (SELECT api.unread_notifications())))
            FROM asked a)
        END, (SELECT pg_catalog.count(*) > 100 FROM found));
END;
COMMENT ON FUNCTION api.notifications_stream() IS
'Your notifications since Last-Event-ID as server-sent events, at most 100 at a time; without a valid cursor one event sync: read the list, changes follow from here.';

CREATE FUNCTION api.project_stream(project_id bigint) RETURNS text
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT realty.found((SELECT p.id FROM api.projects p WHERE p.id = project_id));
    WITH asked AS MATERIALIZED (
        SELECT realty.stream_since() AS since, realty.stream_until() AS until
    ), changed AS MATERIALIZED (
        SELECT c.unit_id, c.xact FROM realty.unit_changes c, asked a
        WHERE c.project_id = $1
          AND c.xact >= (SELECT realty.stream_floor(b.since) FROM asked b)
          AND realty.stream_part(a.since, a.until, c.xact, 0) > 0
    ), units AS MATERIALIZED (
        SELECT DISTINCT c.unit_id FROM changed c
    ), board AS (
        SELECT (SELECT a.since IS NULL FROM asked a)
               OR EXISTS (SELECT FROM units u WHERE u.unit_id IS NULL)
               OR (SELECT pg_catalog.count(*) > 200 FROM units) AS anew
    )
    SELECT realty.stream_answer('project:' || project_id, (
        SELECT realty.stream_event(
                   CASE WHEN a.since IS NULL THEN
                       realty.stream_start(a.until, coalesce((
                           SELECT pg_catalog.max(c.xact) FROM realty.unit_changes c WHERE c.project_id = $1), 2))
                   ELSE realty.stream_cursor(a.since, a.until, 2, (SELECT pg_catalog.max(c.xact) FROM changed c), 0)
                   END,
                   CASE WHEN b.anew THEN 'sync' ELSE 'availability' END,
                   CASE WHEN b.anew THEN
                       pg_catalog.json_build_object('project_id', p.id, 'total_units', p.total_units,
                           'available_units', p.available_units)
                   ELSE
                       pg_catalog.json_build_object('project_id', p.id, 'total_units', p.total_units,
                           'available_units', p.available_units,
                           'units', coalesce((
                               SELECT pg_catalog.json_agg(pg_catalog.json_build_object('id', v.id, 'status', v.status,
                                          'held_until', v.held_until, 'price', v.price) ORDER BY v.id)
                               FROM api.units v WHERE v.id IN (SELECT u.unit_id FROM units u)), '[]'),
                           'gone', coalesce((
                               SELECT pg_catalog.json_agg(u.unit_id ORDER BY u.unit_id) FROM units u
                               WHERE NOT EXISTS (SELECT FROM api.units v WHERE v.id = u.unit_id)), '[]'))
                   END)
        FROM asked a, board b, api.projects p
        WHERE p.id = $1 AND (a.since IS NULL OR EXISTS (SELECT FROM units))), false);
END;
COMMENT ON FUNCTION api.project_stream(bigint) IS
'Changes of a project''s units since Last-Event-ID, as one server-sent event availability: the units as they are now, the ids of removed ones, and the counts. Event sync: read all of them, changes follow from here. Error PT404.';
