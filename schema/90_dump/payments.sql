SELECT pg_extension_config_dump('realty.payments', '');
SELECT pg_extension_config_dump('realty.payment_references', '');
SELECT pg_extension_config_dump('realty.receipt_counters', '');
SELECT pg_extension_config_dump('realty.payments_id_seq', '');
