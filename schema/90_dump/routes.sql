SELECT pg_extension_config_dump('realty.resources', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.routes', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.idempotency_keys', '');
SELECT pg_extension_config_dump('realty.routes_id_seq', '');
