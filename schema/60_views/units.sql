CREATE VIEW api.units WITH (security_invoker = true) AS
SELECT id, project_id, builder_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area,
       built_up_area, facing, price, price_minor,
       CASE WHEN status = 'held' AND held_until <= statement_timestamp() THEN 'available' ELSE status END AS status,
       CASE WHEN held_until > statement_timestamp() THEN held_until END AS held_until,
       progress_percent, features, extra, created_at, updated_at, unsold, bedrooms_minor
FROM realty.units;
COMMENT ON VIEW api.units IS 'Units. Blocked ones are seen by their builder only.';
COMMENT ON COLUMN api.units.status IS 'available, held, booked, sold or blocked; a hold that has run out reads as available.';
COMMENT ON COLUMN api.units.unsold IS 'Its sale is not complete: beside status=available it lets an index lead past all that were sold.';

CREATE VIEW api.unit_price_history WITH (security_invoker = true) AS
SELECT id, unit_id, builder_id, old_price, new_price, changed_by, created_at
FROM realty.unit_price_history;
COMMENT ON VIEW api.unit_price_history IS 'How the prices of your units changed.';
