\echo Use "ALTER EXTENSION realty UPDATE TO '1.1'" to load this file. \quit

-- Every relation is locked before anything is changed, so that requests and sessions under way wait for the commit instead
-- of meeting it half way, which would end in a deadlock and a 503. They take their locks in another order than this script, so
-- it never waits for one of theirs longer than it takes PostgreSQL to look for a deadlock: then it lets go of all it
-- has, and tries again. What it waits for are statements that run long and transactions that are left open.
DO $$
DECLARE
    -- well below deadlock_timeout, for a session that began to wait for us looks for a deadlock after that
    patience interval := current_setting('deadlock_timeout')::interval * 0.4;
    give_up timestamptz := clock_timestamp() + interval '5 minutes';
    attempt timestamptz;
    lock_timeout text := current_setting('lock_timeout');
    relation regclass;
BEGIN
    LOOP
        BEGIN
            attempt := clock_timestamp();
            -- views first, as requests do
            FOR relation IN
                SELECT c.oid FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
                JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
                WHERE e.extname = 'realty' AND c.relkind IN ('r', 'v') ORDER BY c.relkind DESC, c.oid
            LOOP
                PERFORM set_config('lock_timeout',
                    greatest(1, extract(milliseconds FROM attempt + patience - clock_timestamp())::integer)::text, true);
                EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation);
            END LOOP;
            PERFORM set_config('lock_timeout', lock_timeout, true);
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > give_up THEN
                RAISE EXCEPTION 'the tables of realty were in use for five minutes'
                    USING ERRCODE = '55P03', HINT = 'End what has been in a transaction for long (pg_stat_activity), then update again.';
            END IF;
        END;
        PERFORM pg_sleep(0.1 + random() * 0.2);
    END LOOP;
END $$;

-- What is new goes here: tools/compare-catalogs prints what is missing.

-- The end of each upgrade script, as of the install script.
SELECT realty.complete_views();
SELECT realty.record_schema();
NOTIFY pgrst, 'reload schema';
