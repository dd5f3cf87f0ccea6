SELECT pg_extension_config_dump('realty.change_requests', '');
SELECT pg_extension_config_dump('realty.change_requests_id_seq', '');
