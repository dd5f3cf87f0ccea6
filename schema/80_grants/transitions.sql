GRANT EXECUTE ON FUNCTION realty.begin_transition(text, bigint, text) TO realty_customer, realty_builder, realty_admin;
