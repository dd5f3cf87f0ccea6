SELECT pg_extension_config_dump('realty.messages', '');
SELECT pg_extension_config_dump('realty.messages_id_seq', '');
