-- Schemas and roles. Roles are cluster-wide: created when absent, never with a
-- password, never dropped. A role of that name that could climb is refused.

CREATE SCHEMA realty;

CREATE SCHEMA api;

CREATE SCHEMA analytics;

COMMENT ON SCHEMA realty IS 'Tables, rules and functions of realty. No API role has USAGE here.';

-- PostgREST makes the first line the title of its OpenAPI document
COMMENT ON SCHEMA api IS 'realty: projects, units and their bookings
The surface: views and functions that PostgREST, /api and SQL clients use.';

COMMENT ON SCHEMA analytics IS 'Documented views for analysts; personal data is masked.';

CREATE FUNCTION realty.install() RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_install';

COMMENT ON FUNCTION realty.install() IS
'Used once by CREATE EXTENSION: rejects a database that is not UTF8, creates the seven roles.
Errors: 0A000 for another encoding, 42710 for an existing role with superuser or BYPASSRLS.';

CREATE FUNCTION realty.complete_views() RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'realty_complete_views';

COMMENT ON FUNCTION realty.complete_views() IS
'Used by the install and upgrade scripts: gives the views of api the defaults and the comments of their tables'' columns. A view''s own stay.';

SELECT realty.install();
