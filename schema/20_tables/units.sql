CREATE TABLE realty.units (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    builder_id bigint NOT NULL DEFAULT 0,
    is_listed boolean NOT NULL DEFAULT false,
    tower text NOT NULL DEFAULT ''
        CONSTRAINT units_tower_is_short CHECK (length(tower) <= 50),
    floor integer CONSTRAINT units_floor_is_in_a_building CHECK (floor BETWEEN -10 AND 300),
    unit_number text NOT NULL
        CONSTRAINT units_unit_number_has_text CHECK (realty.has_text(unit_number, 50)),
    unit_key text COLLATE "C" GENERATED ALWAYS AS (realty.unit_key(tower, unit_number)) STORED,
    unit_type text CONSTRAINT units_unit_type_is_short CHECK (length(unit_type) BETWEEN 1 AND 50),
    bedrooms numeric CONSTRAINT units_bedrooms_is_a_count CHECK (realty.is_room_count(bedrooms)),
    bathrooms numeric CONSTRAINT units_bathrooms_is_a_count CHECK (realty.is_room_count(bathrooms)),
    bedrooms_minor bigint GENERATED ALWAYS AS ((bedrooms * 100)::bigint) STORED,
    carpet_area numeric CONSTRAINT units_carpet_area_is_positive CHECK (carpet_area > 0.0)
        CONSTRAINT units_carpet_area_is_in_hundredths CHECK (realty.is_in_hundredths(carpet_area, 8)),
    built_up_area numeric CONSTRAINT units_built_up_area_is_positive CHECK (built_up_area > 0.0)
        CONSTRAINT units_built_up_area_is_in_hundredths CHECK (realty.is_in_hundredths(built_up_area, 8)),
    facing text CONSTRAINT units_facing_is_known
        CHECK (facing IN ('north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west')),
    price numeric NOT NULL CONSTRAINT units_price_is_positive CHECK (price > 0.0)
        CONSTRAINT units_price_is_in_cents CHECK (realty.is_in_hundredths(price, 12)),
    price_minor bigint GENERATED ALWAYS AS ((price * 100)::bigint) STORED,
    status text NOT NULL DEFAULT 'available'
        CONSTRAINT units_status_is_known CHECK (status IN ('available', 'held', 'booked', 'sold', 'blocked')),
    held_until timestamptz,
    unsold boolean GENERATED ALWAYS AS (status <> 'sold') STORED,
    shown boolean GENERATED ALWAYS AS (is_listed OR status IN ('held', 'booked', 'sold')) STORED,
    progress_percent numeric(5,2) NOT NULL DEFAULT 0
        CONSTRAINT units_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0),
    progress_weight numeric NOT NULL DEFAULT 0
        CONSTRAINT units_progress_weight_is_a_sum CHECK (progress_weight >= 0.0 AND realty.is_in_hundredths(progress_weight, 15)),
    progress_points numeric NOT NULL DEFAULT 0
        CONSTRAINT units_progress_points_is_a_sum CHECK (progress_points BETWEEN 0.0 AND 100000000000000000.0 AND min_scale(progress_points) <= 4),
    features jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT units_features_is_a_feature_list CHECK (realty.is_feature_list(features)),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT units_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT units_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- The first stands for the upsert of a price list, which names these columns; the second is the rule.
    CONSTRAINT units_unit_number_is_unique_in_tower UNIQUE (project_id, tower, unit_number),
    CONSTRAINT units_unit_key_is_unique_in_project UNIQUE (project_id, unit_key),
    CONSTRAINT units_held_until_goes_with_held CHECK ((status = 'held') = (held_until IS NOT NULL)),
    CONSTRAINT units_built_up_area_covers_carpet_area CHECK (built_up_area >= carpet_area),
    CONSTRAINT units_unit_number_is_one_line CHECK (realty.is_line(unit_number) AND realty.has_known_characters(unit_number)),
    CONSTRAINT units_tower_is_one_line CHECK (realty.is_line_or_empty(tower) AND realty.has_known_characters(tower)),
    CONSTRAINT units_unit_type_is_one_line CHECK (realty.is_line_or_empty(unit_type))
) WITH (fillfactor = 90); -- a booking changes no indexed column, so its new row can stay on the page
COMMENT ON TABLE realty.units IS 'Sellable units. status is stored state; api.units shows a lapsed hold as available.';
COMMENT ON COLUMN realty.units.project_id IS 'A unit stays in its project.';
COMMENT ON COLUMN realty.units.builder_id IS 'Copied from the project by trigger, for policies.';
COMMENT ON COLUMN realty.units.is_listed IS 'Its project is listed; copied by trigger, so that a policy need not visit projects.';
COMMENT ON COLUMN realty.units.unit_key IS 'Tower and unit_number as people compare them: one unit each in a project.';
COMMENT ON COLUMN realty.units.carpet_area IS 'Square feet.';
COMMENT ON COLUMN realty.units.built_up_area IS 'Square feet.';
COMMENT ON COLUMN realty.units.bedrooms IS 'A study or a store is half a bedroom: 2.5 BHK.';
COMMENT ON COLUMN realty.units.bathrooms IS 'One without a bath or shower is half a bathroom.';
COMMENT ON COLUMN realty.units.bedrooms_minor IS 'bedrooms in 1/100, as price_minor: leakproof to compare.';
COMMENT ON COLUMN realty.units.price_minor IS 'price in minor units (1/100): leakproof to compare, so filters can use an index under row security.';
COMMENT ON COLUMN realty.units.unsold IS 'What indexes may know of the status: a booking does not change it, only its completion, once.';
COMMENT ON COLUMN realty.units.shown IS 'Visible to others than its builder: publicly, or to its buyer. The common condition of policies and an index; a booking of a listed unit does not change it.';
COMMENT ON COLUMN realty.units.held_until IS 'Copied from the booking that holds the unit; from this instant readers see the unit as available.';
COMMENT ON COLUMN realty.units.progress_percent IS
'Of the unit''s own phases, sum(weight * percent) / sum(weight), rounded to two decimals; 0 without phases.';
COMMENT ON COLUMN realty.units.progress_weight IS 'sum(weight) of the unit''s phases.';
COMMENT ON COLUMN realty.units.progress_points IS 'sum(weight * percent) of the unit''s phases.';
COMMENT ON CONSTRAINT units_tower_is_short ON realty.units IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT units_floor_is_in_a_building ON realty.units IS 'must be between -10 and 300';
COMMENT ON CONSTRAINT units_unit_number_has_text ON realty.units IS 'must have 1 to 50 characters';
COMMENT ON CONSTRAINT units_unit_type_is_short ON realty.units IS 'must have 1 to 50 characters';
COMMENT ON CONSTRAINT units_bedrooms_is_a_count ON realty.units IS 'must be between 0 and 50, in steps of 0.5';
COMMENT ON CONSTRAINT units_bathrooms_is_a_count ON realty.units IS 'must be between 0 and 50, in steps of 0.5';
COMMENT ON CONSTRAINT units_carpet_area_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_built_up_area_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_carpet_area_is_in_hundredths ON realty.units IS 'must have at most 2 decimals and be below 100000000';
COMMENT ON CONSTRAINT units_built_up_area_is_in_hundredths ON realty.units IS 'must have at most 2 decimals and be below 100000000';
COMMENT ON CONSTRAINT units_facing_is_known ON realty.units IS 'must be one of north, north_east, east, south_east, south, south_west, west, north_west';
COMMENT ON CONSTRAINT units_price_is_positive ON realty.units IS 'must be greater than 0';
COMMENT ON CONSTRAINT units_price_is_in_cents ON realty.units IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT units_status_is_known ON realty.units IS 'must be one of available, held, booked, sold, blocked';
COMMENT ON CONSTRAINT units_progress_weight_is_a_sum ON realty.units IS 'must have at most 2 decimals, be below 1000000000000000 and not be negative';
COMMENT ON CONSTRAINT units_progress_points_is_a_sum ON realty.units IS 'must have at most 4 decimals, be at most 100000000000000000 and not be negative';
COMMENT ON CONSTRAINT units_progress_percent_is_a_percentage ON realty.units IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT units_features_is_a_feature_list ON realty.units IS 'must be a list of at most 100 texts or {name, value, unit, count}, or an object of texts, numbers and booleans, in 64 kB';
COMMENT ON CONSTRAINT units_extra_is_an_object ON realty.units IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.units.private IS 'What a site adds for the company and the administrators only; see api.private_units.';
COMMENT ON CONSTRAINT units_private_is_an_object ON realty.units IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT units_unit_number_is_unique_in_tower ON realty.units IS 'is already used in this tower';
COMMENT ON CONSTRAINT units_unit_key_is_unique_in_project ON realty.units IS 'is already used in this tower';
COMMENT ON CONSTRAINT units_held_until_goes_with_held ON realty.units IS 'must be set while the status is held, and only then';
COMMENT ON CONSTRAINT units_built_up_area_covers_carpet_area ON realty.units IS 'must not be below carpet_area';
COMMENT ON CONSTRAINT units_unit_number_is_one_line ON realty.units IS 'must be one line without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT units_tower_is_one_line ON realty.units IS 'must be empty, or one line that shows something, without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT units_unit_type_is_one_line ON realty.units IS 'must be one line that shows something, without control or invisible characters';
CREATE INDEX units_of_project ON realty.units (project_id, created_at DESC, id DESC);
CREATE INDEX units_of_builder ON realty.units (builder_id, created_at DESC, id DESC);
CREATE INDEX units_newest ON realty.units (created_at DESC, id DESC);

-- The newest project is mostly one in planning: its units come before all public ones.
CREATE INDEX units_newest_shown ON realty.units (created_at DESC, id DESC) WHERE shown;
CREATE INDEX units_by_price ON realty.units (price_minor, id);

-- The cheapest flats are the smallest: those with three bedrooms stand behind a quarter of the market.
CREATE INDEX units_by_bedrooms_and_price ON realty.units (bedrooms_minor, price_minor, id);

-- Prices rise: in an old market the cheapest units were all sold years ago.
CREATE INDEX units_unsold_by_price ON realty.units (price_minor, id) WHERE unsold;
CREATE INDEX units_unsold_by_bedrooms_and_price ON realty.units (bedrooms_minor, price_minor, id) WHERE unsold;

-- What api.units shows as status is computed: without this the planner takes any of its values for one row in
-- two hundred, and reads and sorts all units for the cheapest ten. With unsold: it says nothing new of what is available.
CREATE STATISTICS realty.units_shown_status (mcv)
    ON unsold, (CASE WHEN status = 'held' AND held_until <= statement_timestamp() THEN 'available' ELSE status END) FROM realty.units;

CREATE TABLE realty.inventory (
    project_id bigint NOT NULL,
    total integer NOT NULL,
    available integer NOT NULL,
    blocked integer NOT NULL DEFAULT 0,
    available_from timestamptz
);

-- Without a key a publication FOR ALL TABLES would prevent folding.
ALTER TABLE realty.inventory REPLICA IDENTITY FULL;
COMMENT ON TABLE realty.inventory IS
'The inventory ledger: every statement that changes units adds its difference as a row, so bookings of one project never
wait for each other. The sum per project is its stored count; a statement now and then folds unlocked rows.';
COMMENT ON COLUMN realty.inventory.total IS 'Difference in the number of units.';
COMMENT ON COLUMN realty.inventory.available IS 'Difference in the number of units that can be booked, from available_from on.';
COMMENT ON COLUMN realty.inventory.blocked IS 'Difference in the number of blocked units: only their builder counts them.';
COMMENT ON COLUMN realty.inventory.available_from IS 'When the hold of these units runs out; empty where nothing holds them.';
CREATE INDEX inventory_of_project ON realty.inventory (project_id) INCLUDE (total, available, blocked, available_from);

CREATE TABLE realty.unit_changes (
    project_id bigint NOT NULL,
    unit_id bigint,
    xact bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT statement_timestamp()
);

ALTER TABLE realty.unit_changes REPLICA IDENTITY FULL;
COMMENT ON TABLE realty.unit_changes IS
'Publicly visible changes of units, for the streams of their projects. Kept for an hour, and not included in dumps.';
COMMENT ON COLUMN realty.unit_changes.unit_id IS
'Empty for a change of too many units, or in place of older rows: a reader that has not received it reads all units.';
COMMENT ON COLUMN realty.unit_changes.xact IS 'The transaction that changed it.';
CREATE INDEX unit_changes_of_project ON realty.unit_changes (project_id, xact);

CREATE TABLE realty.unit_price_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id bigint NOT NULL REFERENCES realty.units ON DELETE CASCADE,
    builder_id bigint NOT NULL,
    old_price numeric(14,2) CONSTRAINT unit_price_history_old_price_is_positive CHECK (old_price > 0.0 AND old_price <> 'NaN'),
    new_price numeric(14,2) NOT NULL CONSTRAINT unit_price_history_new_price_is_positive CHECK (new_price > 0.0 AND new_price <> 'NaN'),
    changed_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON CONSTRAINT unit_price_history_old_price_is_positive ON realty.unit_price_history IS 'must be greater than 0';
COMMENT ON CONSTRAINT unit_price_history_new_price_is_positive ON realty.unit_price_history IS 'must be greater than 0';
COMMENT ON TABLE realty.unit_price_history IS 'Each change of a unit''s price.';
CREATE INDEX unit_price_history_of_unit ON realty.unit_price_history (unit_id, created_at DESC, id DESC);
