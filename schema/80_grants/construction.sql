GRANT SELECT ON realty.project_progress, api.project_progress, realty.construction_updates, api.construction_updates,
    realty.models_3d, api.models_3d TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT UPDATE (phase, sequence, weight, percent, planned_start, planned_end, actual_start, actual_end, extra)
    ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT DELETE ON realty.project_progress, api.project_progress TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT UPDATE (title, description, media, published_at, extra)
    ON realty.construction_updates, api.construction_updates TO realty_builder, realty_admin;
GRANT INSERT (project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT UPDATE (name, file_url, format, size_bytes, thumbnail_url, is_active, extra)
    ON realty.models_3d, api.models_3d TO realty_builder, realty_admin;
GRANT DELETE ON realty.construction_updates, api.construction_updates, realty.models_3d, api.models_3d
    TO realty_builder, realty_admin;
