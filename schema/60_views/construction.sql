CREATE VIEW api.project_progress WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start,
       actual_end, extra, created_at, updated_at
FROM realty.project_progress;
COMMENT ON VIEW api.project_progress IS 'Phases of projects and units.';

CREATE VIEW api.construction_updates WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, title, description, media, progress_percent, published_at, created_by, extra,
       created_at, updated_at
FROM realty.construction_updates;
COMMENT ON VIEW api.construction_updates IS 'Dated reports; drafts are seen by their builder only.';

CREATE VIEW api.models_3d WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, version, is_active, extra,
       created_at, updated_at
FROM realty.models_3d;
COMMENT ON VIEW api.models_3d IS '3D assets of projects and units.';
