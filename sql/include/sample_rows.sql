\set ECHO none
-- Rows in every table, for stories that change one of each: the sample data, which goes into an empty
-- database only. To be included after BEGIN; the story's ROLLBACK takes it away again.
SET LOCAL client_min_messages = warning;
SET LOCAL session_replication_role = replica;
TRUNCATE realty.users, realty.inventory, realty.payment_references, realty.receipt_counters, realty.audit_log, realty.system_settings CASCADE;
SET LOCAL session_replication_role = origin;
SELECT count(*) > 0 AS loaded FROM realty.load_sample_data(1) \gset
\set ECHO all
