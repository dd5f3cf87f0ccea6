CREATE FUNCTION realty.analyses_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE WHEN realty.user_id() IS NULL THEN pg_catalog.pg_has_role('realty_analyst', 'USAGE')
            ELSE realty.user_type() = 'admin' END;
COMMENT ON FUNCTION realty.analyses_all() IS
'May the caller see the numbers of all builders: an administrator, or without identity a member of realty_analyst.';

-- The server's own unnest(), but for its estimate.
CREATE FUNCTION realty.unnest_few(bigint[]) RETURNS SETOF bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE ROWS 1 AS 'array_unnest';
COMMENT ON FUNCTION realty.unnest_few(bigint[]) IS
'The elements as rows. The planner expects one: for lists that are mostly that short, and whose rows are then fetched by an index.';
