-- CREATE EXTENSION makes one: what the dump brings replaces it.
SELECT pg_extension_config_dump('realty.database_identity', '');
