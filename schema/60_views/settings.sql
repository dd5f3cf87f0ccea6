CREATE VIEW api.system_settings WITH (security_invoker = true) AS
SELECT key, value, description, is_public, updated_by, extra, created_at, updated_at
FROM realty.system_settings;
COMMENT ON VIEW api.system_settings IS 'Settings that the site has set: the public ones; all of them for administrators.';

CREATE VIEW api.settings WITH (security_invoker = true) AS
SELECT coalesce(s.key, k.key) AS key, coalesce(s.value, k.value) AS value, k.value AS default_value,
       coalesce(k.kind, 'any') AS kind, coalesce(s.description, k.description) AS description,
       coalesce(s.is_public, true) AS is_public, s.updated_by, coalesce(s.extra, '{}') AS extra, s.created_at, s.updated_at
FROM realty.system_settings s FULL JOIN realty.known_settings() k ON k.key = s.key;
COMMENT ON VIEW api.settings IS 'Settings in force: what the site has set, and the defaults of the rest.';
COMMENT ON COLUMN api.settings.default_value IS 'The value when it is not set; null for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.kind IS 'text, time_zone, number or integer; any for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.updated_at IS 'Null for a default.';
