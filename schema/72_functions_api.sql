-- Small answers that are no row of a view. They run with the caller's rights on the
-- views of api, so the policies decide what is counted.

-- One SELECT and not STRICT: the planner opens it in the statement that calls it, whose plan is kept.
CREATE FUNCTION api.project_counts(project_id bigint) RETURNS SETOF jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC
    WITH u AS (
        SELECT v.status, v.unit_type, v.price,
               v.status = 'available' AND (SELECT p.is_listed FROM api.projects p WHERE p.id = project_counts.project_id) AS is_free,
               pg_catalog.floor(v.price / 2500000) * 2500000 AS band
        FROM api.units v WHERE v.project_id = project_counts.project_id
    ), t AS (
        SELECT u.unit_type, pg_catalog.count(*) AS total, pg_catalog.count(*) FILTER (WHERE u.is_free) AS available,
               pg_catalog.min(u.price) FILTER (WHERE u.is_free) AS price_from
        FROM u GROUP BY u.unit_type ORDER BY total DESC, u.unit_type LIMIT 100
    ), b AS (
        SELECT u.band AS price_from, u.band + 2500000 AS price_below, pg_catalog.count(*) AS total,
               pg_catalog.count(*) FILTER (WHERE u.is_free) AS available
        FROM u GROUP BY u.band ORDER BY total DESC, u.band LIMIT 100
    )
    SELECT pg_catalog.jsonb_build_object(
        'project_id', project_id,
        'total', (SELECT pg_catalog.count(*) FROM u),
        'available', (SELECT pg_catalog.count(*) FROM u WHERE u.is_free),
        'by_status', coalesce((
            SELECT pg_catalog.jsonb_object_agg(s.status, s.units)
            FROM (SELECT u.status, pg_catalog.count(*) AS units FROM u GROUP BY u.status) s), '{}'),
        'by_type', coalesce((SELECT pg_catalog.jsonb_agg(t ORDER BY t.unit_type) FROM t), '[]'),
        'by_price', coalesce((SELECT pg_catalog.jsonb_agg(b ORDER BY b.price_from) FROM b), '[]'))
        || CASE WHEN (SELECT pg_catalog.count(*) FROM u)
                     > least((SELECT pg_catalog.sum(t.total) FROM t), (SELECT pg_catalog.sum(b.total) FROM b))
                THEN '{"cut": true}'::jsonb ELSE '{}' END
    WHERE EXISTS (SELECT FROM api.projects p WHERE p.id = project_counts.project_id);
END;
COMMENT ON FUNCTION api.project_counts(bigint) IS 'What project_availability gives, or no row.';

CREATE FUNCTION api.project_availability(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found((SELECT c FROM api.project_counts(project_id) c));
END;
COMMENT ON FUNCTION api.project_availability(bigint) IS
'Units of a project by status, type and price band (2,500,000 wide), of types and bands the 100 with most units;
cut when there are more. Error PT404.';

CREATE FUNCTION api.unread_notifications() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.count(*) FROM api.notifications n WHERE n.read_at IS NULL;
END;
COMMENT ON FUNCTION api.unread_notifications() IS 'How many of your notifications are unread.';

CREATE FUNCTION api.read_all_notifications() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH done AS (
        UPDATE api.notifications n SET read_at = pg_catalog.statement_timestamp()
        WHERE n.read_at IS NULL RETURNING n.id
    )
    SELECT pg_catalog.count(*) FROM done;
END;
COMMENT ON FUNCTION api.read_all_notifications() IS
'Marks all your notifications as read; how many those were.';

CREATE FUNCTION api.put_setting(key text, value jsonb, description text DEFAULT NULL,
    is_public boolean DEFAULT NULL, extra jsonb DEFAULT NULL) RETURNS SETOF api.settings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    INSERT INTO api.system_settings AS s (key, value, description, is_public, extra)
    VALUES (put_setting.key, put_setting.value, put_setting.description,
            coalesce(put_setting.is_public, false),
            coalesce(put_setting.extra, '{}'))
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value,
        description = coalesce(put_setting.description, s.description),
        is_public = coalesce(put_setting.is_public, s.is_public),
        extra = coalesce(put_setting.extra, s.extra);
    SELECT v.* FROM api.settings v WHERE v.key = put_setting.key;
END;
COMMENT ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb) IS
'An administrator sets a setting, known or new; null leaves the others as they are.
Error PT422: a value that does not fit a known setting.';

CREATE FUNCTION api.reset_setting(key text) RETURNS jsonb
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    WITH gone AS (DELETE FROM api.system_settings s WHERE s.key = reset_setting.key RETURNING s.key)
    SELECT realty.found((SELECT gone.key FROM gone));
    SELECT pg_catalog.jsonb_build_object('key', reset_setting.key, 'value', realty.setting(reset_setting.key));
END;
COMMENT ON FUNCTION api.reset_setting(text) IS
'An administrator takes back what was set: the default counts again, and a setting of the site''s own is gone (value null). Error PT404.';

CREATE FUNCTION api.openapi() RETURNS json
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_openapi';
COMMENT ON FUNCTION api.openapi() IS
'The description of the API in this database, OpenAPI 3.1: what /openapi.json answers.';
