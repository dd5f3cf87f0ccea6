SELECT pg_extension_config_dump('realty.notification_templates', 'WHERE false');
SELECT pg_extension_config_dump('realty.notifications', '');
SELECT pg_extension_config_dump('realty.notifications_id_seq', '');
