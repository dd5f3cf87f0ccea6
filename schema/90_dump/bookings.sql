SELECT pg_extension_config_dump('realty.bookings', '');
SELECT pg_extension_config_dump('realty.bookings_id_seq', '');
SELECT pg_extension_config_dump('realty.booking_numbers', '');
