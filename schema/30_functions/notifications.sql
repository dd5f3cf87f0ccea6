CREATE FUNCTION realty.fill_template(template text, facts jsonb) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_fill_template';
COMMENT ON FUNCTION realty.fill_template(text, jsonb) IS
'The template with each {name} replaced by the fact of that name; a name without a fact stays as it is, a null fact is empty. Cut at
20000 characters.';

CREATE FUNCTION realty.notifications_stamp() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_notifications_stamp';
COMMENT ON FUNCTION realty.notifications_stamp() IS
'Trigger: records the writing transaction, and wakes its user''s streams at the commit.';
