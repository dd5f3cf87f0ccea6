-- The way in for requests. The C is in src/api; what it serves is data.
-- Every answer is a row: errors too, so nothing is raised that a client could cause.

CREATE FUNCTION realty.request(method text, path text, body jsonb DEFAULT NULL,
    headers jsonb DEFAULT '{}', OUT status int, OUT headers jsonb, OUT body text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_request';
COMMENT ON FUNCTION realty.request(text, text, jsonb, jsonb) IS
    'answers one request of the API as the user of its bearer token; path with query string';

CREATE FUNCTION realty.request_raw(method text, target text, headers text, body bytea,
    client inet, OUT status int, OUT headers text, OUT body bytea, OUT route text,
    OUT user_id bigint, OUT microseconds bigint, OUT query_id bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_request_raw';
COMMENT ON FUNCTION realty.request_raw(text, text, text, bytea, inet) IS
    'the same for bytes as a gateway received them; headers are "Name: value" lines, in and out. For its log: the route''s pattern, the caller, the time it took here, and the pg_stat_statements id of the request''s last own statement';

CREATE FUNCTION realty.ready() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'realty_ready';
COMMENT ON FUNCTION realty.ready() IS
    'would requests be served now? The error says what is missing';

CREATE FUNCTION realty.resources_guard() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_resources_guard';
COMMENT ON FUNCTION realty.resources_guard() IS
'Trigger: the functions and columns that a resource names are of the type they are used as. Error PT422.';

CREATE FUNCTION realty.routes_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'realty_routes_changed';
COMMENT ON FUNCTION realty.routes_changed() IS
    'Trigger: every backend reads the routes and resources anew';
