SELECT pg_extension_config_dump('realty.audit_log', '');
SELECT pg_extension_config_dump('realty.audit_log_id_seq', '');
