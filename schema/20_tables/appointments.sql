-- Visits and calls, and when a builder receives them.

CREATE TABLE realty.appointments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES realty.customers ON DELETE RESTRICT,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    period tstzrange GENERATED ALWAYS AS
        (CASE WHEN starts_at < ends_at THEN tstzrange(starts_at, ends_at, '[)') END) STORED,
    location text CONSTRAINT appointments_location_is_short CHECK (length(location) <= 500),
    kind text NOT NULL DEFAULT 'site_visit'
        CONSTRAINT appointments_kind_is_known CHECK (kind IN ('site_visit', 'virtual_tour', 'office', 'call')),
    status text NOT NULL DEFAULT 'requested'
        CONSTRAINT appointments_status_is_known
        CHECK (status IN ('requested', 'confirmed', 'completed', 'cancelled', 'no_show')),
    cancellation_reason text CONSTRAINT appointments_cancellation_reason_is_short CHECK (length(cancellation_reason) <= 1000),
    notes text CONSTRAINT appointments_notes_is_short CHECK (length(notes) <= 5000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT appointments_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT appointments_starts_at_is_near
        CHECK (starts_at BETWEEN '2000-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    CONSTRAINT appointments_ends_at_is_after_start CHECK (starts_at < ends_at),
    -- as seconds, which neither overflow nor stumble over infinity
    CONSTRAINT appointments_ends_at_is_soon_after_start
        CHECK (starts_at >= ends_at OR extract(epoch FROM ends_at) - extract(epoch FROM starts_at) BETWEEN 900 AND 28800),
    CONSTRAINT appointments_of_builder_do_not_overlap
        EXCLUDE USING gist (int8range(builder_id, builder_id, '[]') WITH &&, period WITH &&)
        WHERE (status IN ('requested', 'confirmed')),
    CONSTRAINT appointments_of_customer_do_not_overlap
        EXCLUDE USING gist (int8range(customer_id, customer_id, '[]') WITH &&, period WITH &&)
        WHERE (status IN ('requested', 'confirmed')),
    CONSTRAINT appointments_location_is_plain_text CHECK (realty.is_prose(location)),
    CONSTRAINT appointments_cancellation_reason_is_plain_text CHECK (realty.is_prose(cancellation_reason)),
    CONSTRAINT appointments_notes_is_plain_text CHECK (realty.is_prose(notes))
);
COMMENT ON TABLE realty.appointments IS 'Visits and calls. Active ones of one builder, and of one customer, do not overlap.';
COMMENT ON CONSTRAINT appointments_location_is_short ON realty.appointments IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT appointments_kind_is_known ON realty.appointments IS 'must be one of site_visit, virtual_tour, office, call';
COMMENT ON CONSTRAINT appointments_status_is_known ON realty.appointments IS 'must be one of requested, confirmed, completed, cancelled, no_show';
COMMENT ON CONSTRAINT appointments_cancellation_reason_is_short ON realty.appointments IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT appointments_notes_is_short ON realty.appointments IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT appointments_extra_is_an_object ON realty.appointments IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT appointments_starts_at_is_near ON realty.appointments IS 'must be between the years 2000 and 2200';
COMMENT ON CONSTRAINT appointments_ends_at_is_after_start ON realty.appointments IS 'must be after starts_at';
COMMENT ON CONSTRAINT appointments_ends_at_is_soon_after_start ON realty.appointments IS 'must be 15 minutes to 8 hours after starts_at';
COMMENT ON CONSTRAINT appointments_of_builder_do_not_overlap ON realty.appointments IS 'overlaps another appointment of the builder';
COMMENT ON CONSTRAINT appointments_of_customer_do_not_overlap ON realty.appointments IS 'overlaps another appointment of the customer';
COMMENT ON CONSTRAINT appointments_location_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT appointments_cancellation_reason_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT appointments_notes_is_plain_text ON realty.appointments IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX appointments_of_customer ON realty.appointments (customer_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_builder ON realty.appointments (builder_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_project ON realty.appointments (project_id, created_at DESC, id DESC);
CREATE INDEX appointments_of_unit ON realty.appointments (unit_id);

CREATE TABLE realty.builder_availability (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    weekday integer CONSTRAINT builder_availability_weekday_is_iso CHECK (weekday BETWEEN 1 AND 7),
    exception_date date CONSTRAINT builder_availability_exception_date_is_a_day CHECK (exception_date BETWEEN '1900-01-01' AND '2199-12-31'),
    opens time,
    closes time,
    is_open boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT builder_availability_is_weekly_or_exception CHECK ((weekday IS NULL) <> (exception_date IS NULL)),
    CONSTRAINT builder_availability_window_is_open CHECK (is_open = (opens IS NOT NULL AND closes IS NOT NULL)),
    CONSTRAINT builder_availability_closes_after_opening CHECK (opens < closes)
);
COMMENT ON TABLE realty.builder_availability IS
'When a builder receives visitors, in builders.time_zone: weekly windows, and exceptions by date. The exceptions of a
date replace that day''s weekly windows. A builder without any weekly window receives Monday to Saturday from 10:00 to 18:00.';
COMMENT ON COLUMN realty.builder_availability.weekday IS 'ISO: 1 is Monday, 7 is Sunday.';
COMMENT ON CONSTRAINT builder_availability_exception_date_is_a_day ON realty.builder_availability IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT builder_availability_weekday_is_iso ON realty.builder_availability IS 'must be between 1 (Monday) and 7 (Sunday)';
COMMENT ON CONSTRAINT builder_availability_is_weekly_or_exception ON realty.builder_availability IS 'must have a weekday or an exception_date, and not both';
COMMENT ON CONSTRAINT builder_availability_window_is_open ON realty.builder_availability IS 'must have opens and closes, or be closed and have neither';
COMMENT ON CONSTRAINT builder_availability_closes_after_opening ON realty.builder_availability IS 'must be after opens';
CREATE INDEX builder_availability_of_builder ON realty.builder_availability (builder_id, weekday, exception_date);
