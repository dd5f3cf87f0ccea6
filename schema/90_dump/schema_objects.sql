SELECT pg_extension_config_dump('realty.schema_objects', 'WHERE false');
