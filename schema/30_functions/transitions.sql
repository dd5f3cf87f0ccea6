CREATE FUNCTION realty.guard_transition() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_guard_transition';
COMMENT ON FUNCTION realty.guard_transition() IS
'Trigger: a status changes only as realty.transitions says. Errors PT409 (no such transition), PT403 (not yours to make).';

CREATE FUNCTION realty.transitions_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_transitions_guard';
COMMENT ON FUNCTION realty.transitions_guard() IS 'Trigger: the column that gets the time can hold one (PT422).';

CREATE FUNCTION realty.begin_transition(entity text, id bigint, to_status text) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_begin_transition';
COMMENT ON FUNCTION realty.begin_transition(text, bigint, text) IS
'Takes the locks for a change of status of a payment or a change request, in their order, and rejects an illegal one (PT409) or
one that the caller may not make (PT403). The caller has already shown that the row is visible.';
