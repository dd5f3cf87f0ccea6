-- What is over goes. The C is in src/supervisor; its worker calls this, and a cron may as well.

CREATE FUNCTION realty.sweep(batch integer DEFAULT 1000)
    RETURNS TABLE (what text, swept bigint, failed bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
    AS 'MODULE_PATHNAME', 'realty_sweep';
COMMENT ON FUNCTION realty.sweep(integer) IS
'Expires lapsed holds, deletes old rows and applies a changed realty.verified_builders_only, at most so many of each kind, and tells how many. Nothing depends on it.
As many as the batch: call it again. Failed ones are warned of, and tried again by the next call. Owner only, or who was granted it.';
