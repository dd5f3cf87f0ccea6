CREATE FUNCTION api.block_unit(unit_id bigint) RETURNS SETOF api.units
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.expire_lapsed_hold(unit_id);
    WITH changed AS (
        UPDATE realty.units u SET status = 'blocked', held_until = NULL WHERE u.id = unit_id RETURNING u.id
    )
    SELECT realty.found((SELECT id FROM changed));
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.block_unit(bigint) IS
'The builder takes an available unit off sale. Errors PT404, PT409 (not available).';

CREATE FUNCTION api.release_unit(unit_id bigint) RETURNS SETOF api.units
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH changed AS (
        UPDATE realty.units u SET status = 'available', held_until = NULL WHERE u.id = unit_id RETURNING u.id
    )
    SELECT realty.found((SELECT id FROM changed));
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.release_unit(bigint) IS
'The builder puts a blocked unit on sale again. Errors PT404, PT409 (not blocked).';

CREATE FUNCTION api.amend_unit(unit_id bigint, changes jsonb, reason text) RETURNS SETOF api.units
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'tower=changes.tower floor=changes.floor unit_number=changes.unit_number unit_type=changes.unit_type carpet_area=changes.carpet_area built_up_area=changes.built_up_area'
BEGIN ATOMIC
    SELECT realty.refuse_field(NOT coalesce(realty.has_text(reason, 1000), false), 'reason', 'must have 1 to 1000 characters');
    SELECT realty.refuse_field(NOT realty.is_prose(reason), 'reason', 'must be without control and invisible characters, line breaks and tabs aside');
    SELECT realty.refuse_field(CASE WHEN pg_catalog.jsonb_typeof(changes) = 'object' THEN
            NOT realty.is_bounded_object(changes, 16384) OR changes = '{}' OR changes - '{tower,floor,unit_number,unit_type,carpet_area,built_up_area}'::text[] <> '{}' ELSE true END, 'changes',
        'must be an object of some of tower, floor, unit_number, unit_type, carpet_area, built_up_area');
    SELECT realty.refuse_faults((
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('field', 'changes.' || c.key, 'message', k.message)), '[]')
        FROM pg_catalog.jsonb_each(changes) c,
             LATERAL (SELECT CASE WHEN c.key = 'floor' THEN 'must be an integer' WHEN c.key IN ('carpet_area', 'built_up_area') THEN 'must be a number'
                                  ELSE 'must be a string' END AS message) k
        WHERE pg_catalog.jsonb_typeof(c.value) NOT IN ('null', CASE k.message WHEN 'must be a string' THEN 'string' ELSE 'number' END)
           OR k.message = 'must be an integer' AND pg_catalog.jsonb_typeof(c.value) = 'number'
              AND ((c.value #>> '{}')::numeric % 1 <> 0 OR (c.value #>> '{}')::numeric NOT BETWEEN -2147483648 AND 2147483647)));
    SELECT realty.found((SELECT u.id FROM api.private_units u WHERE u.id = unit_id));
    SELECT realty.begin_amendment(unit_id, reason);
    UPDATE api.units u
    SET tower = CASE WHEN changes ? 'tower' THEN changes ->> 'tower' ELSE u.tower END,
        floor = CASE WHEN changes ? 'floor' THEN (changes ->> 'floor')::numeric::integer ELSE u.floor END,
        unit_number = CASE WHEN changes ? 'unit_number' THEN changes ->> 'unit_number' ELSE u.unit_number END,
        unit_type = CASE WHEN changes ? 'unit_type' THEN changes ->> 'unit_type' ELSE u.unit_type END,
        carpet_area = CASE WHEN changes ? 'carpet_area' THEN (changes ->> 'carpet_area')::numeric ELSE u.carpet_area END,
        built_up_area = CASE WHEN changes ? 'built_up_area' THEN (changes ->> 'built_up_area')::numeric ELSE u.built_up_area END
    WHERE u.id = unit_id;
    SELECT v.* FROM api.units v WHERE v.id = unit_id;
END;
COMMENT ON FUNCTION api.amend_unit(bigint, jsonb, text) IS
'The builder corrects what identifies a unit although it is booked; the buyer and the audit log receive the reason. Errors PT404, PT422.';
