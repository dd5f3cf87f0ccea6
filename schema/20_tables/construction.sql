CREATE TABLE realty.project_progress (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    phase text NOT NULL
        CONSTRAINT project_progress_phase_has_text CHECK (realty.has_text(phase, 200)),
    sequence integer NOT NULL DEFAULT 1
        CONSTRAINT project_progress_sequence_is_positive CHECK (sequence > 0),
    weight numeric NOT NULL DEFAULT 1.00
        CONSTRAINT project_progress_weight_is_positive CHECK (weight > 0.0)
        CONSTRAINT project_progress_weight_is_in_hundredths CHECK (realty.is_in_hundredths(weight, 6)),
    percent numeric NOT NULL DEFAULT 0.00
        CONSTRAINT project_progress_percent_is_a_percentage CHECK (percent BETWEEN 0.0 AND 100.0)
        CONSTRAINT project_progress_percent_is_in_hundredths CHECK (min_scale(percent) <= 2),
    planned_start date CONSTRAINT project_progress_planned_start_is_a_day CHECK (planned_start BETWEEN '1900-01-01' AND '2199-12-31'),
    planned_end date CONSTRAINT project_progress_planned_end_is_a_day CHECK (planned_end BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_start date CONSTRAINT project_progress_actual_start_is_a_day CHECK (actual_start BETWEEN '1900-01-01' AND '2199-12-31'),
    actual_end date CONSTRAINT project_progress_actual_end_is_a_day CHECK (actual_end BETWEEN '1900-01-01' AND '2199-12-31'),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT project_progress_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_progress_planned_end_is_after_start CHECK (planned_end >= planned_start),
    CONSTRAINT project_progress_actual_end_is_after_start CHECK (actual_end >= actual_start),
    CONSTRAINT project_progress_phase_is_one_line CHECK (realty.is_line(phase))
);
COMMENT ON TABLE realty.project_progress IS 'Phases of a project, or of one of its units.';
COMMENT ON COLUMN realty.project_progress.weight IS 'Share in the progress of the unit and of the project, relative to the other phases.';
COMMENT ON CONSTRAINT project_progress_planned_start_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_planned_end_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_actual_start_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_actual_end_is_a_day ON realty.project_progress IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT project_progress_phase_has_text ON realty.project_progress IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT project_progress_sequence_is_positive ON realty.project_progress IS 'must be greater than 0';
COMMENT ON CONSTRAINT project_progress_weight_is_positive ON realty.project_progress IS 'must be greater than 0';
COMMENT ON CONSTRAINT project_progress_percent_is_a_percentage ON realty.project_progress IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT project_progress_weight_is_in_hundredths ON realty.project_progress IS 'must have at most 2 decimals and be below 1000000';
COMMENT ON CONSTRAINT project_progress_percent_is_in_hundredths ON realty.project_progress IS 'must have at most 2 decimals';
COMMENT ON CONSTRAINT project_progress_extra_is_an_object ON realty.project_progress IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT project_progress_planned_end_is_after_start ON realty.project_progress IS 'must not be before planned_start';
COMMENT ON CONSTRAINT project_progress_actual_end_is_after_start ON realty.project_progress IS 'must not be before actual_start';
COMMENT ON CONSTRAINT project_progress_phase_is_one_line ON realty.project_progress IS 'must be one line without control or invisible characters';
CREATE INDEX project_progress_of_project ON realty.project_progress (project_id, sequence, id);
CREATE INDEX project_progress_of_unit ON realty.project_progress (unit_id);

CREATE TABLE realty.construction_updates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    title text NOT NULL
        CONSTRAINT construction_updates_title_has_text CHECK (realty.has_text(title, 200)),
    description text CONSTRAINT construction_updates_description_is_short CHECK (length(description) <= 20000),
    media jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT construction_updates_media_is_a_media_list CHECK (realty.is_media_list(media)),
    progress_percent numeric
        CONSTRAINT construction_updates_progress_percent_is_a_percentage CHECK (progress_percent BETWEEN 0.0 AND 100.0)
        CONSTRAINT construction_updates_progress_percent_is_in_hundredths CHECK (min_scale(progress_percent) <= 2),
    published_at timestamptz
        CONSTRAINT construction_updates_published_at_is_a_time CHECK (published_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    created_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT construction_updates_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT construction_updates_title_is_one_line CHECK (realty.is_line(title)),
    CONSTRAINT construction_updates_description_is_plain_text CHECK (realty.is_prose(description))
);
COMMENT ON TABLE realty.construction_updates IS 'Dated reports. published_at empty means a draft.';
COMMENT ON COLUMN realty.construction_updates.progress_percent IS 'Progress of the unit, or else of the project, when it was published.';
COMMENT ON CONSTRAINT construction_updates_title_has_text ON realty.construction_updates IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT construction_updates_description_is_short ON realty.construction_updates IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT construction_updates_media_is_a_media_list ON realty.construction_updates IS 'must be a list of at most 100 web addresses or objects with a url and what is known of it, in 64 kB';
COMMENT ON CONSTRAINT construction_updates_published_at_is_a_time ON realty.construction_updates IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT construction_updates_progress_percent_is_a_percentage ON realty.construction_updates IS 'must be between 0 and 100';
COMMENT ON CONSTRAINT construction_updates_progress_percent_is_in_hundredths ON realty.construction_updates IS 'must have at most 2 decimals';
COMMENT ON CONSTRAINT construction_updates_extra_is_an_object ON realty.construction_updates IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT construction_updates_title_is_one_line ON realty.construction_updates IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT construction_updates_description_is_plain_text ON realty.construction_updates IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX construction_updates_of_project ON realty.construction_updates (project_id, created_at DESC, id DESC);
CREATE INDEX construction_updates_of_unit ON realty.construction_updates (unit_id);

CREATE TABLE realty.models_3d (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES realty.projects ON DELETE RESTRICT,
    unit_id bigint REFERENCES realty.units ON DELETE RESTRICT,
    name text NOT NULL CONSTRAINT models_3d_name_has_text CHECK (realty.has_text(name, 200)),
    file_url text NOT NULL
        CONSTRAINT models_3d_file_url_is_a_url CHECK (realty.is_web_address(file_url, 1000)),
    format text NOT NULL
        CONSTRAINT models_3d_format_is_known CHECK (format IN ('glb', 'gltf', 'obj', 'fbx', 'usdz')),
    size_bytes bigint CONSTRAINT models_3d_size_bytes_is_positive CHECK (size_bytes > 0),
    thumbnail_url text
        CONSTRAINT models_3d_thumbnail_url_is_a_url CHECK (realty.is_web_address(thumbnail_url, 1000)),
    version integer NOT NULL DEFAULT 1 CONSTRAINT models_3d_version_is_positive CHECK (version > 0),
    name_key text COLLATE "C" GENERATED ALWAYS AS (realty.identity_key(name)) STORED,
    is_active boolean NOT NULL DEFAULT true,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT models_3d_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT models_3d_name_is_one_line CHECK (realty.is_line(name))
);
COMMENT ON TABLE realty.models_3d IS '3D assets of projects and units; the files live elsewhere.';
COMMENT ON COLUMN realty.models_3d.name_key IS 'The name as people compare it: what has one is a model in its versions.';
COMMENT ON COLUMN realty.models_3d.version IS 'Counts the uploads under one name of the project or unit; a new one retires the earlier.';
COMMENT ON CONSTRAINT models_3d_name_has_text ON realty.models_3d IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT models_3d_file_url_is_a_url ON realty.models_3d IS 'must be an http or https address, or a path of this site that begins with one slash';
COMMENT ON CONSTRAINT models_3d_format_is_known ON realty.models_3d IS 'must be one of glb, gltf, obj, fbx, usdz';
COMMENT ON CONSTRAINT models_3d_size_bytes_is_positive ON realty.models_3d IS 'must be greater than 0';
COMMENT ON CONSTRAINT models_3d_thumbnail_url_is_a_url ON realty.models_3d IS 'must be an http or https address, or a path of this site that begins with one slash';
COMMENT ON CONSTRAINT models_3d_version_is_positive ON realty.models_3d IS 'must be greater than 0';
COMMENT ON CONSTRAINT models_3d_extra_is_an_object ON realty.models_3d IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT models_3d_name_is_one_line ON realty.models_3d IS 'must be one line without control or invisible characters';

-- Also the guard's way to the versions of a name
CREATE UNIQUE INDEX models_3d_version_is_unique ON realty.models_3d (project_id, coalesce(unit_id, 0), name_key, version);
CREATE INDEX models_3d_of_project ON realty.models_3d (project_id, created_at DESC, id DESC);
CREATE INDEX models_3d_of_unit ON realty.models_3d (unit_id);
