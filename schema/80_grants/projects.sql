GRANT SELECT ON realty.projects, api.projects TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder;
GRANT UPDATE (name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_builder, realty_admin;
GRANT INSERT (builder_id, name, description, project_type, status, address, city, state, postal_code, latitude, longitude, launch_date,
    expected_completion, actual_completion, price_min, price_max, amenities, images, rera_number, extra)
    ON realty.projects, api.projects TO realty_admin;
GRANT DELETE ON realty.projects, api.projects TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.project_availability(bigint), api.project_counts(bigint)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
