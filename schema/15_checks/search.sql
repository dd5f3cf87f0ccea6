-- Search: what a row is found by, and who finds it.
--
-- Under row security an index serves only leakproof operators, which @@ is not. So the
-- hits are found as the owner, by functions that say themselves which rows the caller may know of, and the
-- caller's own query joins them to a view, where the policies judge each row again.

CREATE FUNCTION realty.search_text(what text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_search_text';
COMMENT ON FUNCTION realty.search_text(text) IS
'Its words in lower case, without accents and punctuation.';

CREATE FUNCTION realty.search_query(q text, any_word boolean DEFAULT false) RETURNS tsquery
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_search_query';
COMMENT ON FUNCTION realty.search_query(text, boolean) IS
'All words of q, or any of them, matched as prefixes; null when there is none. Error PT422 for more than 200 bytes or 10 words.';

CREATE FUNCTION realty.search_words(what text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.setweight(pg_catalog.to_tsvector('pg_catalog.simple'::regconfig, coalesce(realty.search_text(what), '')), weight);
COMMENT ON FUNCTION realty.search_words(text, "char") IS 'A part of a document: its words with a weight, A to D.';

CREATE FUNCTION realty.project_document(name text, city text, state text, address text, rera_number text, description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(name, 'A') || realty.search_words(city || ' ' || coalesce(state, ''), 'B')
       || realty.search_words(coalesce(address, '') || ' ' || coalesce(rera_number, ''), 'C') || realty.search_words(description, 'D');
COMMENT ON FUNCTION realty.project_document(text, text, text, text, text, text) IS 'What a project is found by.';

CREATE FUNCTION realty.builder_document(company_name text, city text, state text, description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(company_name, 'A') || realty.search_words(coalesce(city, '') || ' ' || coalesce(state, ''), 'B')
       || realty.search_words(description, 'D');
COMMENT ON FUNCTION realty.builder_document(text, text, text, text) IS 'What a builder is found by.';

CREATE FUNCTION realty.unit_document(tower text, unit_number text, unit_type text, facing text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN realty.search_words(coalesce(tower, '') || ' ' || unit_number, 'B')
       || realty.search_words(coalesce(unit_type, '') || ' ' || coalesce(facing, ''), 'C');
COMMENT ON FUNCTION realty.unit_document(text, text, text, text) IS 'The document by which a unit is found, apart from its project''s.';
