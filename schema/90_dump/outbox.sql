SELECT pg_extension_config_dump('realty.outbox', '');
SELECT pg_extension_config_dump('realty.outbox_id_seq', '');
