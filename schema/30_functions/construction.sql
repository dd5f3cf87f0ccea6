CREATE FUNCTION realty.progress_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_progress_guard';
COMMENT ON FUNCTION realty.progress_guard() IS
'Trigger: a phase stays where it is, and its actual dates follow its percentage. Errors PT422.';

CREATE FUNCTION realty.progress_rollup() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_progress_rollup';
COMMENT ON FUNCTION realty.progress_rollup() IS 'Trigger: adds the statement''s difference to the progress of units and projects.';

CREATE FUNCTION realty.updates_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_updates_guard';
COMMENT ON FUNCTION realty.updates_guard() IS
'Trigger: a report names its author, is published once, and records the progress of that time. Errors PT422.';

CREATE FUNCTION realty.updates_notify() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_updates_notify';
COMMENT ON FUNCTION realty.updates_notify() IS 'Trigger: notifies the project''s buyers of what the statement has published.';

CREATE FUNCTION realty.models_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_models_guard';
COMMENT ON FUNCTION realty.models_guard() IS 'Trigger: a model of a name that exists is its next version. Errors PT422.';

CREATE FUNCTION realty.models_retire() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_models_retire';
COMMENT ON FUNCTION realty.models_retire() IS 'Trigger: a new active version makes the earlier ones inactive.';
