-- A client of PostgREST sees views, and PostgreSQL keeps defaults and comments with tables.
SELECT realty.complete_views();

-- Last of all that makes or grants something. Each upgrade script does so as well.
SELECT realty.record_schema();

-- A PostgREST that listens (db-channel) reads the schema again once this is committed.
-- Every upgrade script ends with it as well.
NOTIFY pgrst, 'reload schema';
