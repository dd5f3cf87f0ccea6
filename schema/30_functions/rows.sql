CREATE FUNCTION realty.touch() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_touch';
COMMENT ON FUNCTION realty.touch() IS 'Trigger: sets updated_at.';

CREATE FUNCTION realty.keep_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_keep_decimals';
COMMENT ON FUNCTION realty.keep_decimals() IS
'Trigger: writes the columns of its arguments with the number of decimals before them (100 as 100.00), and never rounds.';

CREATE FUNCTION realty.round_decimals() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_round_decimals';
COMMENT ON FUNCTION realty.round_decimals() IS
'Trigger: rounds the columns of its arguments to the number of decimals before them.';

CREATE FUNCTION realty.validate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_validate';
COMMENT ON FUNCTION realty.validate() IS
'Trigger: rejects a row with all of its violations at once. Error PT422; DETAIL is a JSON array of {field, message}.';

CREATE FUNCTION realty.row_faults(relation regclass, record jsonb, skip text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_row_faults';
COMMENT ON FUNCTION realty.row_faults(regclass, jsonb, text[]) IS
'The violations of a row of this relation made from the record: a JSON array of {field, message}. Columns in skip are left out,
NULL in a column with a default is not a violation.';

CREATE FUNCTION realty.refer_visibly() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refer_visibly';
COMMENT ON FUNCTION realty.refer_visibly() IS
'Trigger, with arguments column, view of api and message by threes: a reference to a row that the writer cannot see is rejected like one
to an absent row. Error PT422.';

CREATE FUNCTION realty.guard_derived() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_derived';
COMMENT ON FUNCTION realty.guard_derived() IS
'Trigger: a column (its argument: PT422) or a table (PT409) that is added up changes by triggers only.';

CREATE FUNCTION realty.refuse_truncate() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_refuse_truncate';
COMMENT ON FUNCTION realty.refuse_truncate() IS 'Trigger: TRUNCATE is rejected (PT409).';

CREATE FUNCTION realty.found(what anyelement) RETURNS anyelement
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_found';
COMMENT ON FUNCTION realty.found(anyelement) IS 'Its argument; error PT404 when that is null.';

CREATE FUNCTION realty.guard_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_delete';
COMMENT ON FUNCTION realty.guard_delete() IS
'Trigger: a row that others refer to is not deleted; DETAIL counts them by table (PT409).';

CREATE FUNCTION realty.refuse_faults(faults jsonb) RETURNS void
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_refuse_faults';
COMMENT ON FUNCTION realty.refuse_faults(jsonb) IS
'Error PT422 with these violations, a JSON array of {field, message}; nothing when there are none.';

CREATE FUNCTION realty.refuse_field(is_faulty boolean, field text, message text) RETURNS void
LANGUAGE sql STABLE PARALLEL SAFE
RETURN realty.refuse_faults(CASE WHEN is_faulty
                                 THEN jsonb_build_array(jsonb_build_object('field', field, 'message', message))
                                 ELSE '[]' END);
COMMENT ON FUNCTION realty.refuse_field(boolean, text, text) IS 'Error PT422 that names one argument.';
