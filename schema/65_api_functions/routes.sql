CREATE FUNCTION api.openapi() RETURNS json
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'realty_openapi';
COMMENT ON FUNCTION api.openapi() IS
'The description of the API in this database, OpenAPI 3.1: what /openapi.json answers.';
