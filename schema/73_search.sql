-- Who finds what. SECURITY DEFINER with a pinned search_path, called by everybody: each says itself which
-- rows the caller may know of, as the policies of its table do, and tells no more than ids and ranks.
-- At most 10,000 hits are given, the best ones first and of equals the newest, as the lists show them; of units, whose
-- document is made to be ranked, any 10,000. Without parallel workers, whose start takes longer than all of a search.

CREATE FUNCTION api.project_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0 ROWS 100
BEGIN ATOMIC
    SELECT realty.refuse_field(realty.search_query(q) IS NULL, 'q', 'holds no word');
    SELECT p.id, ts_rank(p.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.projects p
    WHERE p.found_by @@ (SELECT realty.search_query(q))
      AND (p.status <> 'planning' OR p.builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type()) = 'admin')
    ORDER BY 2 DESC, p.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION api.project_hits(text) IS
'Projects whose name, place, registration or description has all words of q, and how well. Error PT422.';

CREATE FUNCTION api.project_cities(pattern text) RETURNS text[]
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_project_cities';
COMMENT ON FUNCTION api.project_cities(text) IS
'Cities of the projects you may see that are ILIKE the pattern; null when there are 200 or more to look through.';

CREATE FUNCTION api.builder_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0 ROWS 100
BEGIN ATOMIC
    SELECT realty.refuse_field(realty.search_query(q) IS NULL, 'q', 'holds no word');
    SELECT d.id, ts_rank(d.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.builders d
    WHERE d.found_by @@ (SELECT realty.search_query(q))
    ORDER BY 2 DESC, d.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION api.builder_hits(text) IS
'Builders whose name, place or description has all words of q, and how well. Error PT422.';

-- Words may stand in part with the unit and in part with its project. Such pairs are looked for from the side that has
-- fewer hits: from the units when any word is in at most a thousand of them, else from the projects, a thousand at most.
-- The index of all units would be read anew for each of those, so OFFSET 0 keeps it out of there.
-- Not compiled: with millions of units its plan looks dear enough for that, which takes longer than most searches.
CREATE FUNCTION api.unit_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0 SET jit = off ROWS 100
BEGIN ATOMIC
    SELECT realty.refuse_field(realty.search_query(q) IS NULL, 'q', 'holds no word');
    WITH own AS (
        SELECT u.id, u.created_at, realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) AS document
        FROM realty.units u
        WHERE realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) @@ (SELECT realty.search_query(q))
          AND ((u.is_listed AND u.status <> 'blocked') OR u.builder_id = (SELECT realty.builder_id())
               OR (SELECT realty.user_type()) = 'admin')
        LIMIT 10000
    ), of_units AS MATERIALIZED (
        SELECT u.id FROM realty.units u
        WHERE realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) @@ (SELECT realty.search_query(q, true))
          AND (SELECT realty.search_query(q) <> realty.search_query(q, true))
        LIMIT 1001
    ), of_projects AS MATERIALIZED (
        SELECT p.id FROM realty.projects p
        WHERE p.found_by @@ (SELECT realty.search_query(q, true)) AND (SELECT count(*) FROM of_units) > 1000
        LIMIT 1000
    ), pairs AS (
        SELECT u.id, u.created_at, u.project_id, u.tower, u.unit_number, u.unit_type, u.facing, u.is_listed, u.status, u.builder_id
        FROM of_units f JOIN realty.units u ON u.id = f.id WHERE (SELECT count(*) FROM of_units) <= 1000
        UNION ALL
        SELECT u.id, u.created_at, u.project_id, u.tower, u.unit_number, u.unit_type, u.facing, u.is_listed, u.status, u.builder_id
        FROM of_projects f JOIN realty.units u ON u.project_id = f.id,
             LATERAL (SELECT realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) AS document OFFSET 0) d
        WHERE d.document @@ (SELECT realty.search_query(q, true))
    ), found AS (
        SELECT o.id, o.created_at, ts_rank(o.document, (SELECT realty.search_query(q))) AS rank FROM own o
        UNION ALL
        SELECT u.id, u.created_at, ts_rank(d.document, (SELECT realty.search_query(q)))
        FROM pairs u JOIN realty.projects p ON p.id = u.project_id,
             LATERAL (SELECT realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) || p.found_by AS document OFFSET 0) d
        WHERE p.found_by @@ (SELECT realty.search_query(q, true)) AND d.document @@ (SELECT realty.search_query(q))
          AND ((u.is_listed AND u.status <> 'blocked') OR u.builder_id = (SELECT realty.builder_id())
               OR (SELECT realty.user_type()) = 'admin')
    )
    SELECT f.id, max(f.rank) FROM found f GROUP BY f.id, f.created_at ORDER BY 2 DESC, f.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION api.unit_hits(text) IS
'Units that have all words of q in number, tower, type and facing, or some there and the others in their project. Error PT422.';

-- Of each kind as many as the page can hold: sorted before the joins, no more of them are judged.
CREATE FUNCTION api.search(q text, kind text DEFAULT NULL, page integer DEFAULT 1, "limit" integer DEFAULT 10)
RETURNS TABLE (kind text, id bigint, title text, subtitle text, city text, project_id bigint, builder_id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
BEGIN ATOMIC
    SELECT realty.refuse_faults(pg_catalog.jsonb_path_query_array(pg_catalog.jsonb_build_array(
        CASE WHEN kind NOT IN ('project', 'builder', 'unit') THEN '{"field": "kind", "message": "must be one of project, builder, unit"}'::jsonb END,
        CASE WHEN page NOT BETWEEN 1 AND 1000 THEN '{"field": "page", "message": "must be from 1 to 1000"}'::jsonb END,
        CASE WHEN "limit" NOT BETWEEN 1 AND 100 THEN '{"field": "limit", "message": "must be from 1 to 100"}'::jsonb END,
        CASE WHEN q IS NULL THEN '{"field": "q", "message": "is required"}'::jsonb
             WHEN realty.search_query(q) IS NULL THEN '{"field": "q", "message": "holds no word"}'::jsonb END), '$[*] ? (@ != null)'));
    SELECT f.* FROM (
        (SELECT 'project' AS kind, p.id, p.name AS title, d.company_name AS subtitle, p.city, p.id AS project_id, p.builder_id, h.rank
         FROM (SELECT * FROM api.project_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.projects p ON p.id = h.id JOIN api.builders d ON d.id = p.builder_id
         WHERE coalesce(search.kind, 'project') = 'project'
         ORDER BY h.rank DESC, h.id DESC LIMIT page * "limit")
        UNION ALL
        (SELECT 'builder', d.id, d.company_name, d.description, d.city, NULL, d.id, h.rank
         FROM (SELECT * FROM api.builder_hits(q) ORDER BY rank DESC, id DESC) h JOIN api.builders d ON d.id = h.id
         WHERE coalesce(search.kind, 'builder') = 'builder'
         ORDER BY h.rank DESC, h.id DESC LIMIT page * "limit")
        UNION ALL
        (SELECT 'unit', u.id, pg_catalog.concat_ws(' ', nullif(u.tower, ''), u.unit_number), p.name, p.city, p.id, u.builder_id, h.rank
         FROM (SELECT * FROM api.unit_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.units u ON u.id = h.id JOIN api.projects p ON p.id = u.project_id
         WHERE coalesce(search.kind, 'unit') = 'unit'
         ORDER BY h.rank DESC, h.id DESC LIMIT page * "limit")) f
    ORDER BY f.rank DESC, f.kind DESC, f.id DESC
    LIMIT "limit" OFFSET (page - 1) * "limit";
END;
COMMENT ON FUNCTION api.search(text, text, integer, integer) IS
'Projects, builders and units in one list, the best first. Error PT422.';
