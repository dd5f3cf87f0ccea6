CREATE FUNCTION realty.known_settings() RETURNS TABLE (key text, kind text, value jsonb, description text)
LANGUAGE C STABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'realty_known_settings';
COMMENT ON FUNCTION realty.known_settings() IS
'The settings that realty itself reads or a front end expects, each with its kind (text, time_zone, number, integer) and default.';

CREATE FUNCTION realty.setting_fault(key text, value jsonb) RETURNS text
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_setting_fault';
COMMENT ON FUNCTION realty.setting_fault(text, jsonb) IS
'Why this value does not fit the setting; null when it does, or when the setting is a site''s own.';

CREATE FUNCTION realty.setting(key text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN coalesce((SELECT s.value FROM realty.system_settings s
                 WHERE s.key = setting.key AND realty.setting_fault(s.key, s.value) IS NULL),
                (SELECT k.value FROM realty.known_settings() k WHERE k.key = setting.key));
COMMENT ON FUNCTION realty.setting(text) IS
'The value of a setting: the site''s, else the default; null for one that is neither set nor known.';

CREATE FUNCTION realty.time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN realty.setting('time_zone') #>> '{}';
COMMENT ON FUNCTION realty.time_zone() IS
'The site''s time zone: for builders that set none, and for lists and counts across builders.';

CREATE FUNCTION realty.caller_time_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce((SELECT b.time_zone FROM realty.builders b WHERE b.id = realty.builder_id()), realty.time_zone());
COMMENT ON FUNCTION realty.caller_time_zone() IS
'The caller''s time zone: a builder''s own, the site''s for all others.';

CREATE FUNCTION realty.today() RETURNS date
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN (statement_timestamp() AT TIME ZONE realty.caller_time_zone())::date;
COMMENT ON FUNCTION realty.today() IS 'The day it is at the caller''s: realty.caller_time_zone().';

CREATE FUNCTION realty.settings_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_settings_guard';
COMMENT ON FUNCTION realty.settings_guard() IS
'Trigger: a known setting has a value of its type, and is public; updated_by is the account that writes. Error PT422.';

CREATE FUNCTION realty.is_time_zone(name text) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_is_time_zone';
COMMENT ON FUNCTION realty.is_time_zone(text) IS 'Is this a name of the time zone database, with an area, such as Asia/Kolkata; or UTC?';

ALTER TABLE realty.builders ALTER COLUMN time_zone SET DEFAULT realty.time_zone();
ALTER TABLE realty.builders ADD CONSTRAINT builders_time_zone_exists CHECK (realty.is_time_zone(time_zone));
COMMENT ON CONSTRAINT builders_time_zone_exists ON realty.builders IS 'must be a time zone such as Asia/Kolkata';
