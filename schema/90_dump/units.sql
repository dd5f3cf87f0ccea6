SELECT pg_extension_config_dump('realty.units', '');
SELECT pg_extension_config_dump('realty.inventory', '');
SELECT pg_extension_config_dump('realty.unit_changes', 'WHERE false');
SELECT pg_extension_config_dump('realty.unit_price_history', '');
SELECT pg_extension_config_dump('realty.units_id_seq', '');
SELECT pg_extension_config_dump('realty.unit_price_history_id_seq', '');
