GRANT EXECUTE ON FUNCTION realty.is_bounded_json(jsonb, integer), realty.is_bounded_object(jsonb, integer), realty.is_web_address(text, integer),
    realty.are_short_texts(text[], integer, integer), realty.is_media_list(jsonb), realty.is_feature_list(jsonb),
    realty.is_in_hundredths(numeric, integer), realty.is_room_count(numeric)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
