SELECT pg_extension_config_dump('realty.project_progress', '');
SELECT pg_extension_config_dump('realty.construction_updates', '');
SELECT pg_extension_config_dump('realty.models_3d', '');
SELECT pg_extension_config_dump('realty.project_progress_id_seq', '');
SELECT pg_extension_config_dump('realty.construction_updates_id_seq', '');
SELECT pg_extension_config_dump('realty.models_3d_id_seq', '');
