ALTER TABLE realty.database_identity ENABLE ROW LEVEL SECURITY;
