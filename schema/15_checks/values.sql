-- The checks of sizes and shapes. Each reads only its own argument, at a cost proportional to its
-- size, and runs with the rights of the role that writes the row.

CREATE FUNCTION realty.jsonb_text_size_within(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_jsonb_text_size_within';
COMMENT ON FUNCTION realty.jsonb_text_size_within(jsonb, integer) IS
'Has the document at most that many bytes as text, and 32 levels? Computed without printing it, since 1e131071 is short only until then.';

CREATE FUNCTION realty.is_bounded_json(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_bounded_json';
COMMENT ON FUNCTION realty.is_bounded_json(jsonb, integer) IS
'Has the document at most that many bytes as text, 30 levels, and numbers of at most 40 digits and an exponent within 40?';

CREATE FUNCTION realty.is_bounded_object(document jsonb, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_bounded_object';
COMMENT ON FUNCTION realty.is_bounded_object(jsonb, integer) IS
'Is it a JSON object, and bounded as realty.is_bounded_json says?';

CREATE FUNCTION realty.is_in_hundredths(value numeric, digits integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_in_hundredths';
COMMENT ON FUNCTION realty.is_in_hundredths(numeric, integer) IS
'Has it at most 2 significant decimals, and at most that many digits before them, with either sign?';

CREATE FUNCTION realty.is_room_count(rooms numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_room_count';
COMMENT ON FUNCTION realty.is_room_count(numeric) IS
'Is it 0 to 50, in steps of a half?';

CREATE FUNCTION realty.is_web_address(address text, most integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_web_address';
COMMENT ON FUNCTION realty.is_web_address(text, integer) IS
'Is it an http or https address or a path of this site, of at most that many characters, without a user''s name, blanks, controls and backslashes?';

CREATE FUNCTION realty.are_short_texts(texts text[], most_texts integer, most_characters integer) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_are_short_texts';
COMMENT ON FUNCTION realty.are_short_texts(text[], integer, integer) IS
'Are there at most that many, each with 1 to that many characters, in one dimension and none of them null?';

CREATE FUNCTION realty.is_media_list(list jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_media_list';
COMMENT ON FUNCTION realty.is_media_list(jsonb) IS
'Is it a list of at most 100 web addresses, or objects with url and what is known of it (thumbnail_url, name, title, caption, alt,
kind, type, media_type, size_bytes, width, height, duration, position, is_cover), of at most 64 kB?';

CREATE FUNCTION realty.is_feature_list(list jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_feature_list';
COMMENT ON FUNCTION realty.is_feature_list(jsonb) IS
'Is it a list of at most 100 texts or objects {name, value, unit, count}, or an object of at most 100 texts, numbers, booleans and
nulls, of at most 64 kB?';
