-- What texts may hold and when two of them are one. Pure functions, for the tables' CHECKs and generated columns.

CREATE FUNCTION realty.identity_key(what text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_identity_key';
COMMENT ON FUNCTION realty.identity_key(text) IS
'The text as names are compared: NFKC, without case and zero-width characters, dashes and quotes of all kinds as - and '' and ",
single blanks between words and none around.';

CREATE FUNCTION realty.unit_key(tower text, unit_number text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_unit_key';
COMMENT ON FUNCTION realty.unit_key(text, text) IS
'The identity_key of both with a line break between them: the same for every way to write one flat.';

CREATE FUNCTION realty.has_text(what text, most integer) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_has_text';
COMMENT ON FUNCTION realty.has_text(text, integer) IS 'Has it at most that many characters, and one among them that shows?';

CREATE FUNCTION realty.is_line(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_line';
COMMENT ON FUNCTION realty.is_line(text) IS
'Is it one line: without control, direction and zero-width characters, except joiners between letters and in emoji?';

CREATE FUNCTION realty.is_line_or_empty(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_line_or_empty';
COMMENT ON FUNCTION realty.is_line_or_empty(text) IS 'Is it empty, or a line that shows something?';

CREATE FUNCTION realty.is_prose(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_prose';
COMMENT ON FUNCTION realty.is_prose(text) IS 'As is_line, with line breaks and tabs.';

CREATE FUNCTION realty.has_known_characters(what text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_has_known_characters';
COMMENT ON FUNCTION realty.has_known_characters(text) IS
'Is each of its characters assigned by Unicode, and not for private use? Identifying columns accept no others.';

CREATE FUNCTION realty.is_mailbox(address text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_mailbox';
COMMENT ON FUNCTION realty.is_mailbox(text) IS
'Is it one mailbox (RFC 5321), with a dotted local part and a domain of at least two labels, in letters of any alphabet?';

CREATE FUNCTION realty.is_phone(phone text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_phone';
COMMENT ON FUNCTION realty.is_phone(text) IS
'Is it a number of 7 to 15 digits, a + before the first of them, and blanks, dots, hyphens and brackets in between?';

CREATE FUNCTION realty.phone_e164(phone text, country text) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_phone_e164';
COMMENT ON FUNCTION realty.phone_e164(text, text) IS
'The number in E.164 form (+919845012345), a number without a country code as one of that country (ISO 3166); null when it cannot be determined.';
