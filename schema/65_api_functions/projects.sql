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
