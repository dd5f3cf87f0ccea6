CREATE FUNCTION realty.projects_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_guard';
COMMENT ON FUNCTION realty.projects_guard() IS 'Trigger: a project stays with its builder (PT422).';

CREATE FUNCTION realty.projects_publish() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_publish';
COMMENT ON FUNCTION realty.projects_publish() IS
'Trigger: whether the project''s builder sells. Error PT409: a company that is not verified and has to be publishes nothing.';

CREATE FUNCTION realty.relist_projects() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH changed AS (
        UPDATE realty.projects p SET builder_sells = NOT p.builder_sells
        FROM realty.builders d JOIN realty.users a ON a.id = d.user_id
        WHERE p.builder_id = d.id
          AND p.builder_sells <> (a.is_active AND (d.is_verified OR NOT pg_catalog.current_setting('realty.verified_builders_only')::boolean))
        RETURNING p.id
    )
    SELECT pg_catalog.count(*) FROM changed;
END;
COMMENT ON FUNCTION realty.relist_projects() IS
'Applies a change of realty.verified_builders_only at once, as the sweeper does within realty.sweep_interval: how many projects left the market, or came back. Owner only.';

CREATE FUNCTION realty.projects_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_projects_effects';
COMMENT ON FUNCTION realty.projects_effects() IS 'Trigger: maintains builders.total_projects and the listing of units.';

-- Whose it is, when the client may not say.
ALTER TABLE realty.projects ALTER COLUMN builder_id SET DEFAULT realty.builder_id();
