CREATE FUNCTION realty.change_requests_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_guard';
COMMENT ON FUNCTION realty.change_requests_guard() IS
'Trigger: copies unit and customer from the booking; how a change request may change. Errors PT409, PT422, PT403.';

CREATE FUNCTION realty.change_requests_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_change_requests_effects';
COMMENT ON FUNCTION realty.change_requests_effects() IS
'Trigger: an approval adds its cost to the booking and opens an instalment; the other party is notified.';
