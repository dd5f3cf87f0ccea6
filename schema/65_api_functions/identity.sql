CREATE FUNCTION api.pre_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_pre_request';
COMMENT ON FUNCTION api.pre_request() IS
    'what PostgREST calls before each request (db-pre-request), as realty.pre_request; a client need not';
