-- Schemas and roles. Roles are cluster-wide: created when absent, never with a
-- password, never dropped. A role of that name that could climb is refused.

CREATE SCHEMA realty;
CREATE SCHEMA api;
CREATE SCHEMA analytics;

COMMENT ON SCHEMA realty IS 'Tables, rules and functions of realty. No API role has USAGE here.';
COMMENT ON SCHEMA api IS 'The surface: views and functions that PostgREST, /api and SQL clients use.';
COMMENT ON SCHEMA analytics IS 'Documented views for analysts; personal data is masked.';

CREATE FUNCTION realty.install() RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_install';
COMMENT ON FUNCTION realty.install() IS
'Used once by CREATE EXTENSION: refuses a database that is not UTF8, creates the seven roles.
Errors: 0A000 for another encoding, 42710 for an existing role with superuser or BYPASSRLS.';

SELECT realty.install();
