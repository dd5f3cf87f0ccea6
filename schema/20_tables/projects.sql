-- A column copied by trigger (units.builder_id, bookings.project_id …) has no
-- foreign key of its own: the key it was copied through holds already, and a
-- second one would make every booking of a project lock the same two rows.

CREATE TABLE realty.projects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    name text NOT NULL
        CONSTRAINT projects_name_has_text CHECK (realty.has_text(name, 200)),
    description text CONSTRAINT projects_description_is_short CHECK (length(description) <= 20000),
    project_type text NOT NULL DEFAULT 'residential'
        CONSTRAINT projects_project_type_is_known
        CHECK (project_type IN ('residential', 'commercial', 'mixed', 'plotted')),
    status text NOT NULL DEFAULT 'planning'
        CONSTRAINT projects_status_is_known
        CHECK (status IN ('planning', 'launched', 'construction', 'completed', 'on_hold', 'cancelled')),
    address text CONSTRAINT projects_address_is_short CHECK (length(address) <= 500),
    city text NOT NULL CONSTRAINT projects_city_has_text CHECK (realty.has_text(city, 100)),
    state text CONSTRAINT projects_state_is_short CHECK (length(state) <= 100),
    postal_code text CONSTRAINT projects_postal_code_is_short CHECK (length(postal_code) <= 20),
    latitude numeric CONSTRAINT projects_latitude_is_on_earth CHECK (latitude BETWEEN -90 AND 90 AND min_scale(latitude) <= 6),
    longitude numeric CONSTRAINT projects_longitude_is_on_earth CHECK (longitude BETWEEN -180 AND 180 AND min_scale(longitude) <= 6),
    launch_date date CONSTRAINT projects_launch_date_is_a_day CHECK (launch_date BETWEEN '1900-01-01' AND '2199-12-31'),
    expected_completion date CONSTRAINT projects_expected_completion_is_a_day CHECK (expected_completion BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_completion date CONSTRAINT projects_actual_completion_is_a_day CHECK (actual_completion BETWEEN '1900-01-01' AND '2199-12-31'),
    price_min numeric CONSTRAINT projects_price_min_is_not_negative CHECK (price_min >= 0.0)
        CONSTRAINT projects_price_min_is_in_cents CHECK (realty.is_in_hundredths(price_min, 12)),
    price_max numeric CONSTRAINT projects_price_max_is_not_negative CHECK (price_max >= 0.0)
        CONSTRAINT projects_price_max_is_in_cents CHECK (realty.is_in_hundredths(price_max, 12)),
    amenities text[] NOT NULL DEFAULT '{}'
        CONSTRAINT projects_amenities_are_few CHECK (realty.are_short_texts(amenities, 100, 100)),
    images jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT projects_images_is_a_media_list CHECK (realty.is_media_list(images)),
    rera_number text CONSTRAINT projects_rera_number_is_short CHECK (length(rera_number) <= 100),
    builder_sells boolean NOT NULL DEFAULT true,
    is_listed boolean GENERATED ALWAYS AS (builder_sells AND status IN ('launched', 'construction', 'completed')) STORED,
    progress_percent numeric(5,2) NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0),
    progress_weight numeric NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_weight_is_a_sum CHECK (progress_weight >= 0.0 AND realty.is_in_hundredths(progress_weight, 15)),
    progress_points numeric NOT NULL DEFAULT 0
        CONSTRAINT projects_progress_points_is_a_sum CHECK (progress_points BETWEEN 0.0 AND 100000000000000000.0 AND min_scale(progress_points) <= 4),
    price_min_minor bigint GENERATED ALWAYS AS ((price_min * 100)::bigint) STORED,
    price_max_minor bigint GENERATED ALWAYS AS ((price_max * 100)::bigint) STORED,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT projects_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT projects_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT projects_latitude_goes_with_longitude CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT projects_price_is_a_range CHECK (price_max >= price_min),
    CONSTRAINT projects_expected_completion_is_after_launch CHECK (expected_completion >= launch_date),
    CONSTRAINT projects_actual_completion_is_after_launch CHECK (actual_completion >= launch_date),
    CONSTRAINT projects_name_is_one_line CHECK (realty.is_line(name)),
    CONSTRAINT projects_city_is_one_line CHECK (realty.is_line(city)),
    CONSTRAINT projects_state_is_one_line CHECK (realty.is_line_or_empty(state)),
    CONSTRAINT projects_postal_code_is_one_line CHECK (realty.is_line_or_empty(postal_code)),
    CONSTRAINT projects_rera_number_is_one_line CHECK (realty.is_line_or_empty(rera_number)),
    CONSTRAINT projects_description_is_plain_text CHECK (realty.is_prose(description)),
    CONSTRAINT projects_address_is_plain_text CHECK (realty.is_prose(address))
);
COMMENT ON TABLE realty.projects IS 'Developments. total_units and available_units are computed in api.projects from the inventory ledger.';
COMMENT ON COLUMN realty.projects.latitude IS 'Degrees, rounded to six decimals (0.1 m).';
COMMENT ON COLUMN realty.projects.longitude IS 'Degrees, rounded to six decimals.';
COMMENT ON COLUMN realty.projects.price_min IS 'Lowest list price, in the currency of the site.';
COMMENT ON COLUMN realty.projects.price_min_minor IS 'price_min in minor units (1/100): leakproof to compare, so filters can use an index under row security.';
COMMENT ON COLUMN realty.projects.price_max_minor IS 'price_max in minor units (1/100).';
COMMENT ON COLUMN realty.projects.builder_sells IS
'The builder''s account is active, and the company verified where the site asks for that; copied by trigger.';
COMMENT ON COLUMN realty.projects.is_listed IS 'Publicly visible and open for booking: the project is on sale, and its builder sells.';
COMMENT ON COLUMN realty.projects.progress_percent IS
'The weighted mean of its project-level phases and its units'' progress, where a unit weighs as much as its phases together: so, of
all its phases, sum(weight * percent) / sum(weight), rounded to two decimals, and 0 without phases.';
COMMENT ON COLUMN realty.projects.progress_weight IS 'sum(weight) of all phases of the project and its units.';
COMMENT ON COLUMN realty.projects.progress_points IS 'sum(weight * percent) of all phases of the project and its units.';
COMMENT ON CONSTRAINT projects_launch_date_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_expected_completion_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_actual_completion_is_a_day ON realty.projects IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT projects_name_has_text ON realty.projects IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT projects_description_is_short ON realty.projects IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT projects_project_type_is_known ON realty.projects IS 'must be one of residential, commercial, mixed, plotted';
COMMENT ON CONSTRAINT projects_status_is_known ON realty.projects IS 'must be one of planning, launched, construction, completed, on_hold, cancelled';
COMMENT ON CONSTRAINT projects_address_is_short ON realty.projects IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT projects_city_has_text ON realty.projects IS 'must have 1 to 100 characters';
COMMENT ON CONSTRAINT projects_state_is_short ON realty.projects IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT projects_postal_code_is_short ON realty.projects IS 'must have at most 20 characters';
COMMENT ON CONSTRAINT projects_latitude_is_on_earth ON realty.projects IS 'must be between -90 and 90';
COMMENT ON CONSTRAINT projects_longitude_is_on_earth ON realty.projects IS 'must be between -180 and 180';
COMMENT ON CONSTRAINT projects_latitude_goes_with_longitude ON realty.projects IS 'must be given together with longitude';
COMMENT ON CONSTRAINT projects_price_min_is_not_negative ON realty.projects IS 'must not be negative';
COMMENT ON CONSTRAINT projects_price_max_is_not_negative ON realty.projects IS 'must not be negative';
COMMENT ON CONSTRAINT projects_price_min_is_in_cents ON realty.projects IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT projects_price_max_is_in_cents ON realty.projects IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT projects_amenities_are_few ON realty.projects IS 'must be at most 100 texts of 1 to 100 characters';
COMMENT ON CONSTRAINT projects_images_is_a_media_list ON realty.projects IS 'must be a list of at most 100 web addresses or objects with a url and what is known of it, in 64 kB';
COMMENT ON CONSTRAINT projects_rera_number_is_short ON realty.projects IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT projects_progress_weight_is_a_sum ON realty.projects IS 'must have at most 2 decimals, be below 1000000000000000 and not be negative';
COMMENT ON CONSTRAINT projects_progress_points_is_a_sum ON realty.projects IS 'must have at most 4 decimals, be at most 100000000000000000 and not be negative';
COMMENT ON CONSTRAINT projects_progress_percent_is_a_percentage ON realty.projects IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT projects_extra_is_an_object ON realty.projects IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.projects.private IS 'What a site adds for the company and the administrators only; see api.private_projects.';
COMMENT ON CONSTRAINT projects_private_is_an_object ON realty.projects IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT projects_price_is_a_range ON realty.projects IS 'must not be below price_min';
COMMENT ON CONSTRAINT projects_expected_completion_is_after_launch ON realty.projects IS 'must not be before launch_date';
COMMENT ON CONSTRAINT projects_actual_completion_is_after_launch ON realty.projects IS 'must not be before launch_date';
COMMENT ON CONSTRAINT projects_name_is_one_line ON realty.projects IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT projects_city_is_one_line ON realty.projects IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT projects_state_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_postal_code_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_rera_number_is_one_line ON realty.projects IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT projects_description_is_plain_text ON realty.projects IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT projects_address_is_plain_text ON realty.projects IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX projects_of_builder ON realty.projects (builder_id, created_at DESC, id DESC);
CREATE INDEX projects_newest ON realty.projects (created_at DESC, id DESC);

-- Few, among which the sweeper looks for those that may come back.
CREATE INDEX projects_withdrawn ON realty.projects (builder_id) WHERE NOT builder_sells;
CREATE INDEX projects_newest_by_status ON realty.projects (status, created_at DESC, id DESC);
CREATE INDEX projects_of_city ON realty.projects (city, created_at DESC, id DESC) INCLUDE (status, builder_id);

-- With a status, too; and from city to city (domain/project/city.c), where drafts come after what is public.
CREATE INDEX projects_of_city_by_status ON realty.projects (city, status, created_at DESC, id DESC);
