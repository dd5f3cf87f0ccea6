GRANT EXECUTE ON FUNCTION api.project_hits(text), api.builder_hits(text), api.unit_hits(text), api.project_cities(text),
    api.search(text, text, integer, integer), realty.search_query(text, boolean), realty.search_text(text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;

-- Indexes call these for who writes a row.
GRANT EXECUTE ON FUNCTION realty.search_words(text, "char"), realty.project_document(text, text, text, text, text, text),
    realty.builder_document(text, text, text, text), realty.unit_document(text, text, text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
