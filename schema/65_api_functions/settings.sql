CREATE FUNCTION api.put_setting(key text, value jsonb, description text DEFAULT NULL,
    is_public boolean DEFAULT NULL, extra jsonb DEFAULT NULL) RETURNS SETOF api.settings
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    INSERT INTO api.system_settings AS s (key, value, description, is_public, extra)
    VALUES (put_setting.key, put_setting.value, put_setting.description,
            coalesce(put_setting.is_public, false),
            coalesce(put_setting.extra, '{}'))
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value,
        description = coalesce(put_setting.description, s.description),
        is_public = coalesce(put_setting.is_public, s.is_public),
        extra = coalesce(put_setting.extra, s.extra);
    SELECT v.* FROM api.settings v WHERE v.key = put_setting.key;
END;
COMMENT ON FUNCTION api.put_setting(text, jsonb, text, boolean, jsonb) IS
'An administrator sets a setting, known or new; null leaves the others as they are.
Error PT422: a value that does not fit a known setting.';

CREATE FUNCTION api.reset_setting(key text) RETURNS jsonb
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    WITH gone AS (DELETE FROM api.system_settings s WHERE s.key = reset_setting.key RETURNING s.key)
    SELECT realty.found((SELECT gone.key FROM gone));
    SELECT pg_catalog.jsonb_build_object('key', reset_setting.key, 'value', realty.setting(reset_setting.key));
END;
COMMENT ON FUNCTION api.reset_setting(text) IS
'An administrator resets a setting: the default is effective again, and a setting of the site''s own is removed (value null). Error PT404.';
