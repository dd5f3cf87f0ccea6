GRANT EXECUTE ON FUNCTION realty.found(anyelement) TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.refuse_faults(jsonb), realty.refuse_field(boolean, text, text)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
