-- Streams: every client may follow a project, a user its own notifications. The functions
-- below them reveal nothing by themselves, except the one that is the gateway's alone.

GRANT SELECT ON realty.unit_changes TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.project_stream(bigint), realty.stream_since(), realty.stream_until(),
    realty.stream_floor(text), realty.stream_part(text, text, bigint, bigint),
    realty.stream_cursor(text, text, integer, bigint, bigint), realty.stream_start(text, bigint), realty.stream_is_polled(),
    realty.stream_event(text, text, json), realty.stream_answer(text, text, boolean)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.notifications_stream() TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.stream_poll(bigint, integer) TO realty_gateway;
