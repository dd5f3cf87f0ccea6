CREATE FUNCTION realty.audit_image(image jsonb) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_audit_image';
COMMENT ON FUNCTION realty.audit_image(jsonb) IS
'The row as the audit log stores it: of more than 64 kB the largest members are cut, and _cut has their sizes in bytes.';

CREATE FUNCTION realty.audit() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit';
COMMENT ON FUNCTION realty.audit() IS 'Trigger: one line in the audit log for each row.';

CREATE FUNCTION realty.audit_units_insert() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_insert';
COMMENT ON FUNCTION realty.audit_units_insert() IS 'Trigger: one line in the audit log for each statement that inserts units.';

CREATE FUNCTION realty.audit_units_delete() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_units_delete';
COMMENT ON FUNCTION realty.audit_units_delete() IS 'Trigger: one line in the audit log for each unit that a statement deletes.';

CREATE FUNCTION realty.audit_append_only() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_audit_append_only';
COMMENT ON FUNCTION realty.audit_append_only() IS 'Trigger: only a superuser can alter the audit log (PT403).';
