CREATE VIEW api.projects WITH (security_invoker = true) AS
SELECT p.id, p.builder_id, p.name, p.description, p.project_type, p.status, p.address, p.city, p.state,
       p.postal_code, p.latitude, p.longitude, p.launch_date, p.expected_completion, p.actual_completion,
       p.price_min, p.price_max, p.amenities, p.images, p.rera_number,
       coalesce((SELECT sum(i.total) - CASE WHEN sum(i.blocked) = 0 OR realty.sees_blocked(p.builder_id) THEN 0 ELSE sum(i.blocked) END
                 FROM realty.inventory i WHERE i.project_id = p.id), 0)::integer AS total_units,
       CASE WHEN p.is_listed
            THEN coalesce((SELECT sum(i.available) FROM realty.inventory i
                           WHERE i.project_id = p.id AND (i.available_from IS NULL OR i.available_from <= statement_timestamp())), 0)::integer
            ELSE 0 END AS available_units,
       p.progress_percent, p.price_min_minor, p.price_max_minor, p.is_listed, p.extra, p.created_at, p.updated_at
FROM realty.projects p;
COMMENT ON VIEW api.projects IS 'Developments. Those that are not listed are seen by their builder and buyers only.';
COMMENT ON COLUMN api.projects.total_units IS 'Units of the project that the reader may see: blocked ones count for their builder only.';
COMMENT ON COLUMN api.projects.available_units IS 'Units that can be booked now; a hold that has run out counts at once. None while the project is not listed.';
