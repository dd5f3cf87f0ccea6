-- What the installed version has, so that what is gone or was opened can be named.

CREATE TABLE realty.schema_objects (
    kind text CONSTRAINT schema_objects_kind_is_short CHECK (length(kind) <= 63),
    object text CONSTRAINT schema_objects_object_is_short CHECK (length(object) <= 1000),
    definition text NOT NULL CONSTRAINT schema_objects_definition_is_short CHECK (length(definition) <= 5000),
    PRIMARY KEY (kind, object)
);
COMMENT ON TABLE realty.schema_objects IS
'What the install script made: each column, constraint, index, trigger, policy, view, function, role and right, as the catalog had it then.
CREATE EXTENSION fills it, and no dump carries it.';
COMMENT ON CONSTRAINT schema_objects_kind_is_short ON realty.schema_objects IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT schema_objects_object_is_short ON realty.schema_objects IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT schema_objects_definition_is_short ON realty.schema_objects IS 'must have at most 5000 characters';
