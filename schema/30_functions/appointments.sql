CREATE FUNCTION realty.appointments_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_appointments_guard';
COMMENT ON FUNCTION realty.appointments_guard() IS
'Trigger: when an appointment may be made and how it may change; copies the builder from the project.
Errors PT409 (time taken, over, transition), PT422, PT403.';

CREATE FUNCTION realty.appointments_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_appointments_effects';
COMMENT ON FUNCTION realty.appointments_effects() IS 'Trigger: notifies customer and builder, except the acting user.';

-- Run as the owner: so it says itself what the caller may know of.
CREATE FUNCTION realty.clock_of(resource text, row_id bigint, project_id bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT b.time_zone FROM realty.appointments a JOIN realty.builders b ON b.id = a.builder_id
         WHERE clock_of.resource = 'appointments' AND a.id = clock_of.row_id
           AND (a.customer_id = realty.customer_id() OR a.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.bookings k JOIN realty.builders b ON b.id = k.builder_id
         WHERE clock_of.resource = 'bookings' AND k.id = clock_of.row_id
           AND (k.customer_id = realty.customer_id() OR k.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.construction_updates u JOIN realty.projects p ON p.id = u.project_id
                                JOIN realty.builders b ON b.id = p.builder_id
         WHERE clock_of.resource = 'updates' AND u.id = clock_of.row_id
           AND (p.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        (SELECT b.time_zone FROM realty.projects p JOIN realty.builders b ON b.id = p.builder_id
         WHERE p.id = clock_of.project_id
           AND (p.status <> 'planning' OR p.builder_id = realty.builder_id() OR realty.user_type() = 'admin')),
        realty.caller_time_zone());
END;
COMMENT ON FUNCTION realty.clock_of(text, bigint, bigint) IS
'The time zone for a time without an offset: that of the appointment''s, booking''s or update''s builder, of
the project''s, else the caller''s. Owner only.';

-- The builder's clock shows no 02:30 on the day it is put forward: such a window
-- begins or ends an hour later, and one that is empty then is left out. A thousand rows of a
-- day are read, however many are stored: the caller is not the builder that stored them.
CREATE FUNCTION realty.open_hours(builder_id bigint, first_day date, last_day date) RETURNS tstzmultirange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(range_agg(CASE WHEN h.opens < h.closes THEN tstzrange(h.opens, h.closes) END), '{}')
    FROM (
        SELECT (d.day + w.opens) AT TIME ZONE b.time_zone AS opens, (d.day + w.closes) AT TIME ZONE b.time_zone AS closes
        FROM realty.builders b
             CROSS JOIN LATERAL (SELECT first_day + n AS day FROM generate_series(0, last_day - first_day) n) d
             CROSS JOIN LATERAL (
                SELECT EXISTS (SELECT FROM realty.builder_availability e
                               WHERE e.builder_id = b.id AND e.weekday IS NULL AND e.exception_date = d.day) AS is_exception,
                       EXISTS (SELECT FROM realty.builder_availability e
                               WHERE e.builder_id = b.id AND e.weekday IS NOT NULL) AS has_windows
             ) k
             CROSS JOIN LATERAL (
                (SELECT a.opens, a.closes, a.is_open FROM realty.builder_availability a
                 WHERE a.builder_id = b.id AND a.weekday IS NULL AND a.exception_date = d.day LIMIT 1000)
                UNION ALL
                (SELECT a.opens, a.closes, a.is_open FROM realty.builder_availability a
                 WHERE NOT k.is_exception AND a.builder_id = b.id AND a.weekday = extract(isodow FROM d.day)::integer LIMIT 1000)
                UNION ALL
                SELECT time '10:00', time '18:00', true
                WHERE NOT k.is_exception AND NOT k.has_windows AND extract(isodow FROM d.day) <= 6
             ) w
        WHERE b.id = open_hours.builder_id AND w.is_open
    ) h;
END;
COMMENT ON FUNCTION realty.open_hours(bigint, date, date) IS
'When the builder receives visitors on these days in the builder''s time zone: the exceptions of a day, else its weekly windows; without
any, Monday to Saturday from 10:00 to 18:00.';

CREATE FUNCTION realty.busy_hours(builder_id bigint, during tstzmultirange) RETURNS tstzmultirange
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'realty_busy_hours';
COMMENT ON FUNCTION realty.busy_hours(bigint, tstzmultirange) IS
'When the builder''s active appointments are; without the customers, so it is public.';

CREATE FUNCTION realty.window_faults(windows jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH given AS (
        SELECT n, 'windows[' || n - 1 || ']' AS place,
               CASE jsonb_typeof(e) WHEN 'object' THEN jsonb_strip_nulls(e) ELSE '{}' END AS w, jsonb_typeof(e) AS type
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(windows) <> 'array' THEN '[]' WHEN jsonb_array_length(windows) > 1000 THEN '[]'
                                       WHEN realty.is_bounded_json(windows, 262144) THEN windows ELSE '[]' END) WITH ORDINALITY x (e, n)
    ), valid AS (
        SELECT g.n, g.place, g.w, g.type,
               g.w -> 'weekday' IN ('1', '2', '3', '4', '5', '6', '7') AS weekday,
               CASE WHEN jsonb_typeof(g.w -> 'exception_date') = 'string'
                         AND g.w ->> 'exception_date' ~ '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
                    THEN right(g.w ->> 'exception_date', 2)::integer
                         <= extract(day FROM (left(g.w ->> 'exception_date', 8) || '01')::date + interval '1 month - 1 day')
                    WHEN g.w ? 'exception_date' THEN false END AS exception_date,
               jsonb_typeof(g.w -> 'opens') = 'string'
               AND g.w ->> 'opens' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' AS opens,
               jsonb_typeof(g.w -> 'closes') = 'string'
               AND g.w ->> 'closes' ~ '^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$' AS closes,
               coalesce(g.w -> 'is_open', 'true') = 'true' AS is_open
        FROM given g
    ), hours AS (
        SELECT v.n, v.place, coalesce(v.w ->> 'weekday', v.w ->> 'exception_date') AS day,
               (v.w ->> 'opens')::time AS opens, (v.w ->> 'closes')::time AS closes
        FROM valid v WHERE CASE WHEN v.opens AND v.closes THEN v.is_open END
    ), faults (n, field, message) AS (
        SELECT 0, 'windows', 'must be an array'
        WHERE jsonb_typeof(windows) IS DISTINCT FROM 'array'
      UNION ALL
        SELECT 0, 'windows', 'must be at most 1000, in 256 kB'
        WHERE jsonb_typeof(windows) = 'array'
              AND CASE WHEN jsonb_array_length(windows) > 1000 THEN true ELSE NOT realty.is_bounded_json(windows, 262144) END
      UNION ALL
        SELECT v.n, v.place, 'must be an object' FROM valid v WHERE v.type <> 'object'
      UNION ALL
        SELECT v.n, v.place || '.' || k, 'is not a known field'
        FROM valid v, jsonb_object_keys(v.w) k
        WHERE k NOT IN ('weekday', 'exception_date', 'opens', 'closes', 'is_open')
      UNION ALL
        SELECT v.n, v.place, 'must have a weekday or an exception_date, and not both'
        FROM valid v WHERE v.type = 'object' AND (v.w ? 'weekday') = (v.w ? 'exception_date')
      UNION ALL
        SELECT v.n, v.place || '.weekday', 'must be between 1 (Monday) and 7 (Sunday)' FROM valid v WHERE NOT v.weekday
      UNION ALL
        SELECT v.n, v.place || '.exception_date', 'must be a date' FROM valid v WHERE NOT v.exception_date
      UNION ALL
        SELECT v.n, v.place || '.is_open', 'must be true or false'
        FROM valid v WHERE jsonb_typeof(v.w -> 'is_open') <> 'boolean'
      UNION ALL
        SELECT v.n, v.place || '.opens', 'must be a time such as 09:30'
        FROM valid v WHERE v.type = 'object' AND v.is_open AND v.opens IS NOT TRUE
      UNION ALL
        SELECT v.n, v.place || '.closes', 'must be a time such as 17:30'
        FROM valid v WHERE v.type = 'object' AND v.is_open AND v.closes IS NOT TRUE
      UNION ALL
        SELECT v.n, v.place || '.' || k, 'goes with is_open only'
        FROM valid v, unnest(ARRAY['opens', 'closes']) k WHERE NOT v.is_open AND v.w ? k
      UNION ALL
        SELECT h.n, h.place || '.closes', 'must be after opens' FROM hours h WHERE h.opens >= h.closes
      UNION ALL
        SELECT h.n, h.place, 'overlaps ' || min(o.place)
        FROM hours h JOIN hours o ON o.n < h.n AND o.day = h.day AND o.opens < h.closes AND h.opens < o.closes
        GROUP BY h.n, h.place
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message) ORDER BY f.n, f.field, f.message), '[]')
    FROM faults f;
END;
COMMENT ON FUNCTION realty.window_faults(jsonb) IS
'All violations of opening hours as api.set_availability accepts them: a JSON array of {field, message}.';

ALTER TABLE realty.appointments ALTER COLUMN customer_id SET DEFAULT realty.customer_id();
ALTER TABLE realty.builder_availability ALTER COLUMN builder_id SET DEFAULT realty.builder_id();
