WITH city AS MATERIALIZED (SELECT (api.project_cities('%' || :city || '%'))[1] AS c)
SELECT (SELECT json_agg(row_to_json(x)) FROM (SELECT p.*, (SELECT row_to_json(e) FROM (SELECT r.id, r.company_name, r.is_verified FROM api.builders r WHERE r.id = p.builder_id) e) AS builder
  FROM (SELECT t.id, t.builder_id, t.name, t.description, t.project_type, t.status, t.address, t.city, t.state, t.postal_code, t.latitude, t.longitude, t.launch_date, t.expected_completion, t.actual_completion, t.price_min, t.price_max, t.amenities, t.images, t.rera_number, t.total_units, t.available_units, t.progress_percent, t.extra, t.created_at, t.updated_at
        FROM api.projects t WHERE t.status = :status AND t.city = (SELECT c FROM city) ORDER BY t.created_at DESC, t.id DESC LIMIT 10) p) x),
  (SELECT count(*) FROM (SELECT FROM api.projects t WHERE t.status = :status AND t.city = (SELECT c FROM city) LIMIT 1001) counted);
