SELECT pg_extension_config_dump('realty.sessions', '');
SELECT pg_extension_config_dump('realty.refresh_tokens', '');
SELECT pg_extension_config_dump('realty.password_resets', '');
SELECT pg_extension_config_dump('realty.common_passwords', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('realty.sessions_id_seq', '');
