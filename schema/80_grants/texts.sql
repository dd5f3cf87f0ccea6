-- What CHECKs and generated columns call
GRANT EXECUTE ON FUNCTION realty.identity_key(text), realty.unit_key(text, text), realty.has_text(text, integer),
    realty.is_line(text), realty.has_known_characters(text), realty.is_line_or_empty(text), realty.is_prose(text), realty.is_mailbox(text), realty.is_phone(text)
    TO realty_customer, realty_builder, realty_admin;
