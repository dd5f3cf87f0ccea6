SELECT pg_extension_config_dump('realty.transitions', 'WHERE false');
