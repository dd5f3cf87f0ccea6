-- A PostgREST that listens (db-channel) reads the schema again once this is committed.
-- Every upgrade script ends with it as well.

NOTIFY pgrst, 'reload schema';
