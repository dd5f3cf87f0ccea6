-- Search. The queries, each of which restricts the rows to those that the caller may see, like the policies of its table;
-- and the public functions that run them as the owner and return only ids and ranks. These keep the plan:
-- to make it takes ten times as long as to find a few hits. So a query is a function that the planner can open
-- (one SELECT, not STRICT, with no settings of its own).
-- At most 10,000 hits are given, the best ones first and of equals the newest, as the lists show them; of units, whose
-- document is made to be ranked, any 10,000.

CREATE FUNCTION realty.projects_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT p.id, ts_rank(p.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.projects p
    WHERE p.found_by @@ (SELECT realty.search_query(q))
      AND (p.is_listed OR p.builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type()) = 'admin')
    ORDER BY 2 DESC, p.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.projects_found(text) IS 'What api.project_hits gives.';

CREATE FUNCTION realty.builders_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT d.id, ts_rank(d.found_by, (SELECT realty.search_query(q))) AS rank
    FROM realty.builders d
    WHERE d.found_by @@ (SELECT realty.search_query(q))
    ORDER BY 2 DESC, d.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.builders_found(text) IS 'What api.builder_hits gives.';

-- The units of the projects that have a word of q, a thousand projects at most, which have one themselves. The index of all
-- units would be read again for each project, so OFFSET 0 keeps it out of there.
CREATE FUNCTION realty.units_beside(q text)
RETURNS TABLE (id bigint, created_at timestamptz, project_id bigint, builder_id bigint, is_listed boolean, status text, document tsvector)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 10000
BEGIN ATOMIC
    SELECT u.id, u.created_at, u.project_id, u.builder_id, u.is_listed, u.status, d.document
    FROM (SELECT p.id FROM realty.projects p WHERE p.found_by @@ (SELECT realty.search_query(q, true)) LIMIT 1000) p
         JOIN realty.units u ON u.project_id = p.id,
         LATERAL (SELECT realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing) AS document OFFSET 0) d
    WHERE d.document @@ (SELECT realty.search_query(q, true));
END;
COMMENT ON FUNCTION realty.units_beside(text) IS
'Units that have a word of q in number, tower, type or facing, of at most a thousand projects that have one, visible or not.';

-- Words may stand in part with the unit and in part with its project. Such pairs are looked for from the side that has
-- fewer hits: from the units when any word is in at most a thousand of them, else from the projects (units_beside, which
-- is STRICT, so that it is a plan of its own: most searches do not come to it).
CREATE FUNCTION realty.units_found(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
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
    ), pairs (id, created_at, project_id, builder_id, is_listed, status, document) AS (
        SELECT u.id, u.created_at, u.project_id, u.builder_id, u.is_listed, u.status,
               realty.unit_document(u.tower, u.unit_number, u.unit_type, u.facing)
        FROM of_units f JOIN realty.units u ON u.id = f.id WHERE (SELECT count(*) FROM of_units) <= 1000
        UNION ALL
        SELECT b.* FROM realty.units_beside(q) b WHERE (SELECT count(*) FROM of_units) > 1000
    ), found AS (
        SELECT o.id, o.created_at, ts_rank(o.document, (SELECT realty.search_query(q))) AS rank FROM own o
        UNION ALL
        SELECT u.id, u.created_at, ts_rank(d.document, (SELECT realty.search_query(q)))
        FROM pairs u JOIN realty.projects p ON p.id = u.project_id,
             LATERAL (SELECT u.document || p.found_by AS document OFFSET 0) d
        WHERE p.found_by @@ (SELECT realty.search_query(q, true)) AND d.document @@ (SELECT realty.search_query(q))
          AND ((u.is_listed AND u.status <> 'blocked') OR u.builder_id = (SELECT realty.builder_id())
               OR (SELECT realty.user_type()) = 'admin')
    )
    SELECT f.id, max(f.rank) FROM found f GROUP BY f.id, f.created_at ORDER BY 2 DESC, f.created_at DESC, 1 DESC LIMIT 10000;
END;
COMMENT ON FUNCTION realty.units_found(text) IS 'What api.unit_hits gives.';

CREATE FUNCTION api.project_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_project_hits';
COMMENT ON FUNCTION api.project_hits(text) IS
'Projects with all words of q in name, location, registration or description, and their ranks. Error PT422.';

CREATE FUNCTION api.builder_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_builder_hits';
COMMENT ON FUNCTION api.builder_hits(text) IS
'Builders with all words of q in name, location or description, and their ranks. Error PT422.';

CREATE FUNCTION api.unit_hits(q text) RETURNS TABLE (id bigint, rank real)
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off ROWS 100
AS 'MODULE_PATHNAME', 'realty_unit_hits';
COMMENT ON FUNCTION api.unit_hits(text) IS
'Units with all words of q in number, tower, type and facing, or some there and the others in their project, and their ranks. Error PT422.';

CREATE FUNCTION api.project_cities(pattern text) RETURNS text[]
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_project_cities';
COMMENT ON FUNCTION api.project_cities(text) IS
'Cities of the projects you may see that are ILIKE the pattern; null when there are 200 or more to check.';

-- Of each kind as many as the page can hold: sorted before the joins, no more of them are judged. One SELECT, which the
-- planner inlines, so the plan is the calling statement's. OFFSET is evaluated first: so it reports the violations.
CREATE FUNCTION api.search(q text, kind text DEFAULT NULL, page integer DEFAULT 1, "limit" integer DEFAULT 10)
RETURNS TABLE (kind text, id bigint, title text, subtitle text, city text, project_id bigint, builder_id bigint, rank real)
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
BEGIN ATOMIC
    SELECT f.* FROM (
        (SELECT 'project' AS kind, p.id, p.name AS title, d.company_name AS subtitle, p.city, p.id AS project_id, p.builder_id, h.rank
         FROM (SELECT * FROM api.project_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.projects p ON p.id = h.id JOIN api.builders d ON d.id = p.builder_id
         WHERE coalesce(search.kind, 'project') = 'project'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")
        UNION ALL
        (SELECT 'builder', d.id, d.company_name, d.description, d.city, NULL, d.id, h.rank
         FROM (SELECT * FROM api.builder_hits(q) ORDER BY rank DESC, id DESC) h JOIN api.builders d ON d.id = h.id
         WHERE coalesce(search.kind, 'builder') = 'builder'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")
        UNION ALL
        (SELECT 'unit', u.id, pg_catalog.concat_ws(' ', nullif(u.tower, ''), u.unit_number), p.name, p.city, p.id, u.builder_id, h.rank
         FROM (SELECT * FROM api.unit_hits(q) ORDER BY rank DESC, id DESC) h
              JOIN api.units u ON u.id = h.id JOIN api.projects p ON p.id = u.project_id
         WHERE coalesce(search.kind, 'unit') = 'unit'
         ORDER BY h.rank DESC, h.id DESC LIMIT page::bigint * "limit")) f
    ORDER BY f.rank DESC, f.kind DESC, f.id DESC
    LIMIT "limit" OFFSET CASE WHEN (SELECT realty.refuse_faults(pg_catalog.jsonb_path_query_array(pg_catalog.jsonb_build_array(
        CASE WHEN search.kind NOT IN ('project', 'builder', 'unit') THEN '{"field": "kind", "message": "must be one of project, builder, unit"}'::jsonb END,
        CASE WHEN page NOT BETWEEN 1 AND 1000 THEN '{"field": "page", "message": "must be from 1 to 1000"}'::jsonb END,
        CASE WHEN "limit" NOT BETWEEN 1 AND 100 THEN '{"field": "limit", "message": "must be from 1 to 100"}'::jsonb END,
        CASE WHEN q IS NULL THEN '{"field": "q", "message": "is required"}'::jsonb
             WHEN realty.search_query(q) IS NULL THEN '{"field": "q", "message": "holds no word"}'::jsonb END), '$[*] ? (@ != null)'))) IS NOT NULL THEN (page::bigint - 1) * "limit" END;
END;
COMMENT ON FUNCTION api.search(text, text, integer, integer) IS
'Projects, builders and units in one list, the best first. Error PT422.';
