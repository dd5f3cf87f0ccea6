SELECT pg_extension_config_dump('realty.system_settings', '');
