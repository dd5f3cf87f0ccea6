SELECT pg_extension_config_dump('realty.appointments', '');
SELECT pg_extension_config_dump('realty.builder_availability', '');
SELECT pg_extension_config_dump('realty.appointments_id_seq', '');
SELECT pg_extension_config_dump('realty.builder_availability_id_seq', '');
