CREATE FUNCTION realty.sweep(batch integer DEFAULT 1000)
    RETURNS TABLE (what text, swept bigint, failed bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
    AS 'MODULE_PATHNAME', 'realty_sweep';
COMMENT ON FUNCTION realty.sweep(integer) IS
'Expires lapsed holds, deletes old rows and applies a changed realty.verified_builders_only, at most that many of each kind, and returns how many. Nothing depends on it.
As many as the batch: call it again. Failures are logged as warnings, and retried by the next call. For the owner, or by a GRANT.';

CREATE FUNCTION realty.statistics() RETURNS TABLE (name text, value double precision)
    LANGUAGE c VOLATILE PARALLEL RESTRICTED ROWS 20
    AS 'MODULE_PATHNAME', 'realty_statistics';
COMMENT ON FUNCTION realty.statistics() IS
'What happened in this database since the server started (names that end in _total), and its present state; null where nothing is known so far.
At most 1000 e-mails and holds are counted, so it costs a millisecond. For the owner, or by a GRANT.';

CREATE FUNCTION realty.metrics() RETURNS text
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'realty_metrics';
COMMENT ON FUNCTION realty.metrics() IS
    'the same in Prometheus'' text format, and every error by its code; the gateway adds it to its own';

CREATE FUNCTION realty.status() RETURNS TABLE (item text, value text)
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH s AS MATERIALIZED (SELECT x.name, x.value FROM realty.statistics() x),
    checked (at) AS (SELECT ', counted ' || to_char(to_timestamp(s.value), 'YYYY-MM-DD HH24:MI:SS TZ') FROM s WHERE s.name = 'check_timestamp_seconds'),
    lines (part, item, value) AS (
        SELECT 10, 'version', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'realty')
      UNION ALL SELECT 11, 'server', concat_ws(' ', current_setting('server_version'),
            CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END, 'since', to_char(pg_postmaster_start_time(), 'YYYY-MM-DD HH24:MI TZ'))
      UNION ALL SELECT 12, 'database', current_database()
            || CASE WHEN current_database() = current_setting('realty.database') THEN ', served by the gateway' ELSE '' END
      UNION ALL SELECT 20, 'supervisor', (SELECT CASE WHEN s.value = 1 THEN 'up' ELSE 'down' END FROM s WHERE s.name = 'supervisor_up')
      UNION ALL SELECT 21, 'gateway', CASE WHEN a.connections > 0 THEN 'up, ' || a.connections || CASE a.connections WHEN 1 THEN ' connection' ELSE ' connections' END ELSE 'down' END
            || CASE WHEN current_setting('realty.gateway')::boolean THEN '' ELSE ' (realty.gateway is off)' END
        FROM (SELECT count(*) AS connections FROM pg_stat_activity a WHERE a.usename = 'realty_gateway' AND a.datname = current_database()) a
      UNION ALL SELECT 22, 'swept', coalesce((SELECT to_char(to_timestamp(s.value), 'YYYY-MM-DD HH24:MI:SS TZ') FROM s WHERE s.name = 'sweep_timestamp_seconds'), 'not since the server started')
            || CASE WHEN current_setting('realty.sweep_interval') = '0' THEN ' (realty.sweep_interval is 0)' ELSE '' END
      UNION ALL SELECT 23, 'deviations', coalesce((SELECT s.value::text FROM s WHERE s.name = 'deviations'), 'not counted yet')
            || coalesce((SELECT c.at FROM checked c), '')
      UNION ALL SELECT 24, 'schema deviations', coalesce((SELECT s.value::text FROM s WHERE s.name = 'schema_deviations'), 'not counted yet')
            || coalesce((SELECT c.at FROM checked c), '')
      UNION ALL SELECT 30, replace(s.name, '_', ' '), coalesce(s.value, 0)::bigint::text FROM s
        WHERE s.name IN ('outbox_waiting', 'outbox_lag_seconds', 'holds_lapsed')
      UNION ALL SELECT 40, 'rows of ' || c.relname || ', about', greatest(c.reltuples, 0)::bigint::text FROM pg_class c
        WHERE c.relnamespace = 'realty'::regnamespace AND c.relname IN ('users', 'projects', 'units', 'bookings', 'payments', 'notifications', 'sessions')
      UNION ALL SELECT 50, replace(regexp_replace(s.name, '_total$', ''), '_', ' ') || ' since the start', s.value::bigint::text FROM s WHERE s.name LIKE '%\_total'
      UNION ALL SELECT 60, p.name, current_setting(p.name) FROM pg_settings p WHERE p.name LIKE 'realty.%' AND p.source <> 'default'
    )
    SELECT l.item, l.value FROM lines l ORDER BY l.part, l.item COLLATE "C";
END;
COMMENT ON FUNCTION realty.status() IS
'The state of this database and its workers, for an operator: SELECT * FROM realty.status(). It lists settings that differ from
their defaults, without secrets. Deviations are those of the last check: realty.check_schema() and realty.check_invariants()
count anew. For the owner, or by a GRANT.';
