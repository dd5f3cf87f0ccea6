CREATE FUNCTION realty.units_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_guard';
COMMENT ON FUNCTION realty.units_guard() IS
'Trigger: copies builder and listing from the project; a unit''s status must agree with its active booking. Errors PT409, PT422.';

CREATE FUNCTION realty.units_amended() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_amended';
COMMENT ON FUNCTION realty.units_amended() IS 'Trigger: notifies the buyer and writes the audit log of an amendment and its reason.';

CREATE FUNCTION realty.begin_amendment(unit_id bigint, reason text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_amendment';
COMMENT ON FUNCTION realty.begin_amendment(bigint, text) IS
'Until the end of the transaction the columns that identify this unit for its buyer may change; the buyer is notified of the reason.';

CREATE FUNCTION realty.units_inventory() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_inventory';
COMMENT ON FUNCTION realty.units_inventory() IS 'Trigger: adds the statement''s difference to the inventory ledger, and what the public has seen change to unit_changes.';

CREATE FUNCTION realty.fold_inventory(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_fold_inventory';
COMMENT ON FUNCTION realty.fold_inventory(integer) IS
'Folds the ledger of at most that many projects with many rows, and returns them. For realty.sweep().';

CREATE FUNCTION realty.trim_unit_changes(projects integer) RETURNS SETOF bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_trim_unit_changes';
COMMENT ON FUNCTION realty.trim_unit_changes(integer) IS
'Removes the old changes of at most that many projects, and returns them. For realty.sweep().';

CREATE FUNCTION realty.sees_blocked(builder_id bigint) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_sees_blocked';
COMMENT ON FUNCTION realty.sees_blocked(bigint) IS
'Does the caller see blocked units of this builder: the builder, an administrator, or without identity the owner of the table.';

CREATE FUNCTION realty.units_price_history() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_units_price_history';
COMMENT ON FUNCTION realty.units_price_history() IS 'Trigger: writes down the prices that the statement has changed.';
