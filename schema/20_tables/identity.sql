-- In every token; see src/auth/database_identity.c for how it is replaced and kept.
CREATE TABLE realty.database_identity (
    is_current boolean PRIMARY KEY DEFAULT true
        CONSTRAINT database_identity_is_current_is_true CHECK (is_current),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE realty.database_identity IS 'Which database this is: one row. Tokens name it and are believed nowhere else. An insert replaces it.';
COMMENT ON COLUMN realty.database_identity.id IS 'Made by CREATE EXTENSION, preserved by dump and restore, replaced by realty.renew_identity().';
COMMENT ON CONSTRAINT database_identity_is_current_is_true ON realty.database_identity IS 'must be true';

INSERT INTO realty.database_identity DEFAULT VALUES;
