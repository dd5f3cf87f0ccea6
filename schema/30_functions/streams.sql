-- Streams: how far a reader has come, in the C of src/stream/stream. A cursor is a text that
-- stands for a snapshot; docs/decisions/0016 says why.

CREATE FUNCTION realty.stream_since() RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_stream_since';
COMMENT ON FUNCTION realty.stream_since() IS
'The cursor in the request''s Last-Event-ID; null without one that is good here and now.';

CREATE FUNCTION realty.stream_until() RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_stream_until';
COMMENT ON FUNCTION realty.stream_until() IS
'The upper bound of this request''s events: what its statement sees, or the gateway''s X-Realty-Until.';

CREATE FUNCTION realty.stream_floor(since text) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_floor';
COMMENT ON FUNCTION realty.stream_floor(text) IS
'Changes of all transactions below this number have been delivered: where an index scan may start.';

CREATE FUNCTION realty.stream_part(since text, until text, xact bigint, row_id bigint) RETURNS integer
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_part';
COMMENT ON FUNCTION realty.stream_part(text, text, bigint, bigint) IS
'0: the row was delivered, or is not to be delivered yet; 1: it is of the batch that the reader stopped within; 2: it is new.';

CREATE FUNCTION realty.stream_cursor(since text, until text, part integer, newest bigint, row_id bigint) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_cursor';
COMMENT ON FUNCTION realty.stream_cursor(text, text, integer, bigint, bigint) IS
'The cursor behind this row; newest is the greatest xact of all that is new.';

CREATE FUNCTION realty.stream_start(until text, newest bigint) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_stream_start';
COMMENT ON FUNCTION realty.stream_start(text, bigint) IS
'The cursor of a reader that starts now; newest is the greatest xact visible to it.';

CREATE FUNCTION realty.stream_event(cursor text, name text, data json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.format(E'id: %s\nevent: %s\ndata: %s\n\n', cursor, name,
                             pg_catalog.replace(data::text, E'\n', ' '));
END;
COMMENT ON FUNCTION realty.stream_event(text, text, json) IS 'A server-sent event.';

CREATE FUNCTION realty.stream_is_polled() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT coalesce(nullif(pg_catalog.current_setting('request.headers', true), '')::json ->> 'prefer' ~* '\mwait=0\M', false);
END;
COMMENT ON FUNCTION realty.stream_is_polled() IS
'Does the request say Prefer: wait=0 (RFC 7240)? Then it wants one batch, and the connection is not kept open.';

CREATE FUNCTION realty.stream_answer(topic text, events text, more boolean) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.set_config('response.headers', pg_catalog.json_build_array(
        pg_catalog.json_build_object('Cache-Control', 'no-store'),
        pg_catalog.json_build_object('X-Accel-Buffering', 'no'),
        CASE WHEN NOT realty.stream_is_polled() THEN pg_catalog.json_build_object('X-Realty-Stream', topic) END)::text, true);
    SELECT coalesce(events, '') || CASE WHEN more THEN E': more\n\n' ELSE '' END;
END;
COMMENT ON FUNCTION realty.stream_answer(text, text, boolean) IS
'A batch of events as the response to a request, with the headers that let the gateway keep it open: the topic that wakes it, and whether there is more already.';

CREATE FUNCTION realty.stream_poll(seen bigint, wait integer, OUT "position" bigint, OUT until text, OUT topics text[])
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_stream_poll';
COMMENT ON FUNCTION realty.stream_poll(bigint, integer) IS
'The gateway''s wait for events, for all of its streams: the topics concerned (null: any), and a cursor to read up to. Not the events themselves.';
