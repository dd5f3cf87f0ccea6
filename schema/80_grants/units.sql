GRANT EXECUTE ON FUNCTION realty.sees_blocked(bigint) TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.units, api.units TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.inventory TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT SELECT ON realty.unit_price_history TO realty_builder, realty_admin;
GRANT INSERT (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;

-- project_id for the upsert of a price list, which sets its keys to what they are
GRANT UPDATE (project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, built_up_area, facing, price, features, extra)
    ON realty.units, api.units TO realty_builder, realty_admin;
GRANT UPDATE (status, held_until) ON realty.units TO realty_builder, realty_admin;
GRANT DELETE ON realty.units, api.units TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.begin_amendment(bigint, text), api.amend_unit(bigint, jsonb, text) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.block_unit(bigint), api.release_unit(bigint) TO realty_builder, realty_admin;
GRANT SELECT ON api.unit_price_history TO realty_builder, realty_admin;
