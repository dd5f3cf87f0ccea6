SELECT pg_extension_config_dump('realty.projects', '');
SELECT pg_extension_config_dump('realty.projects_id_seq', '');
