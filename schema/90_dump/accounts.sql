SELECT pg_extension_config_dump('realty.users', '');
SELECT pg_extension_config_dump('realty.user_credentials', '');
SELECT pg_extension_config_dump('realty.builders', '');
SELECT pg_extension_config_dump('realty.customers', '');
SELECT pg_extension_config_dump('realty.users_id_seq', '');
SELECT pg_extension_config_dump('realty.builders_id_seq', '');
SELECT pg_extension_config_dump('realty.customers_id_seq', '');
