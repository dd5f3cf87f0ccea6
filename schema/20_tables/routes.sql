-- The API as data: what a request may name (resources) and where it goes (routes).
--
-- The dispatcher reads both tables and nothing else of the API's form is written in C.
-- What a role may read or write of a resource is not said here: the column GRANTs on
-- its view and the row policies below it say that.

CREATE TABLE realty.resources (
	name text PRIMARY KEY,
	view text NOT NULL,
	singular text NOT NULL,
	key_column text NOT NULL DEFAULT 'id',
	sort text[] NOT NULL DEFAULT '{created_at,id}',
	default_sort text NOT NULL DEFAULT '-created_at',
	embeds jsonb NOT NULL DEFAULT '{}',
	search text,
	lookups jsonb NOT NULL DEFAULT '{}',
	implied jsonb NOT NULL DEFAULT '{}',
	description text,
	builtin boolean NOT NULL DEFAULT false,
	CONSTRAINT resources_name_is_a_path_word CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
	CONSTRAINT resources_key_column_is_short CHECK (length(key_column) <= 63),
	CONSTRAINT resources_view_is_short CHECK (length(view) <= 200),
	CONSTRAINT resources_search_is_short CHECK (length(search) <= 300),
	CONSTRAINT resources_description_is_short CHECK (length(description) <= 2000),
	CONSTRAINT resources_sort_are_few CHECK (realty.are_short_texts(sort, 100, 63)),
	CONSTRAINT resources_view_is_qualified CHECK (view ~ '^[^.]+\.[^.]+$'),
	CONSTRAINT resources_singular_is_a_word CHECK (singular ~ '^[a-z][a-z0-9_]{0,62}$'),
	CONSTRAINT resources_default_sort_is_listed
		CHECK (ltrim(default_sort, '-') = ANY (sort)),
	CONSTRAINT resources_embeds_is_an_object CHECK (realty.is_bounded_object(embeds, 65536)),
	CONSTRAINT resources_lookups_is_an_object CHECK (realty.is_bounded_object(lookups, 65536)),
	CONSTRAINT resources_implied_is_an_object CHECK (realty.is_bounded_object(implied, 65536))
);
COMMENT ON TABLE realty.resources IS 'what /api/* serves: one row names a view and how it is listed';
COMMENT ON COLUMN realty.resources.name IS 'plural, as in the path; with _ for - it is the key of a list';
COMMENT ON COLUMN realty.resources.view IS 'schema.view that is read and written, under the caller''s role';
COMMENT ON COLUMN realty.resources.singular IS 'key of a single row in an answer';
COMMENT ON COLUMN realty.resources.key_column IS 'column that a path names a row by; it also breaks ties of every sort';
COMMENT ON COLUMN realty.resources.sort IS 'columns that sort= accepts';
COMMENT ON COLUMN realty.resources.default_sort IS 'the default order; a leading - means descending';
COMMENT ON COLUMN realty.resources.embeds IS
	'rows shown inside each row: {"builder": {"resource": "builders", "by": "builder_id", "columns": ["id", …]}}';
COMMENT ON COLUMN realty.resources.search IS
	'function (q text) → rows of id and rank, the best first, that serves q= on its lists; empty: there is no q=';
COMMENT ON COLUMN realty.resources.lookups IS
	'{"column": "function (pattern text) → text[]"}: for a text column with few values, those that are ILIKE the pattern, so that
a filter on it becomes an equality that an index serves; null: too many, each row is checked';
COMMENT ON COLUMN realty.resources.implied IS
	'{"column": {"value": "boolean column"}}: rows with that value have the boolean column true; a filter by the value adds
it, so that an index can serve it. The boolean column is not shown';
COMMENT ON COLUMN realty.resources.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT resources_name_is_a_path_word ON realty.resources IS
	'must be lower case letters, digits and hyphens';
COMMENT ON CONSTRAINT resources_key_column_is_short ON realty.resources IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT resources_view_is_short ON realty.resources IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT resources_search_is_short ON realty.resources IS 'must have at most 300 characters';
COMMENT ON CONSTRAINT resources_description_is_short ON realty.resources IS 'must have at most 2000 characters';
COMMENT ON CONSTRAINT resources_sort_are_few ON realty.resources IS 'must be at most 100 texts of 1 to 63 characters';
COMMENT ON CONSTRAINT resources_view_is_qualified ON realty.resources IS 'must be written schema.view';
COMMENT ON CONSTRAINT resources_singular_is_a_word ON realty.resources IS
	'must be lower case letters, digits and underscores';
COMMENT ON CONSTRAINT resources_default_sort_is_listed ON realty.resources IS
	'must be one of the sort columns';
COMMENT ON CONSTRAINT resources_embeds_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT resources_lookups_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT resources_implied_is_an_object ON realty.resources IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';

-- Ids below 10000 belong to the extension: a site's rows, which a dump carries, can then
-- never meet a row that a later version installs.
CREATE TABLE realty.routes (
	id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 10000) PRIMARY KEY,
	method text NOT NULL,
	path text NOT NULL,
	handler text NOT NULL,
	resource text CONSTRAINT routes_resource_exists REFERENCES realty.resources (name),
	function text,
	parent text CONSTRAINT routes_parent_exists REFERENCES realty.resources (name),
	fixed jsonb NOT NULL DEFAULT '{}',
	params jsonb NOT NULL DEFAULT '{}',
	roles text[] NOT NULL DEFAULT '{admin}',
	status int NOT NULL DEFAULT 200,
	envelope text NOT NULL DEFAULT 'seed',
	data_key text,
	rate_class text,
	media_type text,
	tag text NOT NULL DEFAULT 'site',
	summary text NOT NULL DEFAULT '',
	description text,
	answer jsonb,
	builtin boolean NOT NULL DEFAULT false,
	CONSTRAINT routes_are_unique UNIQUE (method, path, builtin),
	CONSTRAINT routes_path_is_short CHECK (length(path) <= 500),
	CONSTRAINT routes_resource_is_short CHECK (length(resource) <= 63),
	CONSTRAINT routes_function_is_short CHECK (length(function) <= 2000),
	CONSTRAINT routes_parent_is_short CHECK (length(parent) <= 63),
	CONSTRAINT routes_data_key_is_short CHECK (length(data_key) <= 63),
	CONSTRAINT routes_media_type_is_short CHECK (length(media_type) <= 100),
	CONSTRAINT routes_tag_is_short CHECK (length(tag) <= 100),
	CONSTRAINT routes_summary_is_short CHECK (length(summary) <= 500),
	CONSTRAINT routes_description_is_short CHECK (length(description) <= 5000),
	CONSTRAINT routes_roles_are_few CHECK (realty.are_short_texts(roles, 10, 20)),
	CONSTRAINT routes_method_is_known
		CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
	CONSTRAINT routes_path_is_absolute
		CHECK (path ~ '^(/([A-Za-z0-9._~-]+|\{[a-z_][a-z0-9_]*\}))+$'),
	CONSTRAINT routes_handler_is_known
		CHECK (handler IN ('list', 'get', 'create', 'create_many', 'update', 'delete', 'set', 'call')),
	CONSTRAINT routes_call_names_a_function CHECK ((handler = 'call') = (function IS NOT NULL)),
	CONSTRAINT routes_rows_need_a_resource CHECK (handler = 'call' OR resource IS NOT NULL),
	CONSTRAINT routes_set_has_values CHECK (handler <> 'set' OR fixed <> '{}'),
	CONSTRAINT routes_fixed_is_an_object CHECK (realty.is_bounded_object(fixed, 65536)),
	CONSTRAINT routes_params_is_an_object CHECK (realty.is_bounded_object(params, 65536)),
	CONSTRAINT routes_roles_are_known
		CHECK (roles <> '{}'
			AND roles <@ '{anonymous,public,user,builder,customer,admin}'::text[]),
	CONSTRAINT routes_status_is_success CHECK (status BETWEEN 200 AND 299),
	CONSTRAINT routes_envelope_is_known CHECK (envelope IN ('seed', 'bare')),
	CONSTRAINT routes_rate_class_is_known CHECK (rate_class IN ('auth', 'read', 'write')),
	CONSTRAINT routes_media_type_is_one
		CHECK (media_type IS NULL OR (media_type ~ '^[a-z]+/[a-z0-9][a-z0-9.+-]*$' AND handler = 'call')),
	CONSTRAINT routes_answer_is_an_object CHECK (realty.is_bounded_object(answer, 65536)),
	CONSTRAINT routes_id_tells_builtin CHECK (builtin = (id < 10000))
);
COMMENT ON TABLE realty.routes IS
	'one row answers one method of one path; a site adds its own by INSERT, and overrides a builtin one with the same method and path';
COMMENT ON COLUMN realty.routes.path IS 'as /api/projects/{id}; a name in braces takes one segment';
COMMENT ON COLUMN realty.routes.handler IS
	'list, get, create, update, delete: rows of the resource; set: update with fixed values; call: a function';
COMMENT ON COLUMN realty.routes.resource IS 'the resource whose rows it handles; with call, the format of the rows in the response';
COMMENT ON COLUMN realty.routes.function IS
	'schema.name or schema.name(types) of the function that call calls, with named arguments from path, query and body';
COMMENT ON COLUMN realty.routes.parent IS
	'resource named by the first path parameter of a list: an empty list below a missing parent is a 404';
COMMENT ON COLUMN realty.routes.fixed IS 'column values or arguments that the caller does not choose';
COMMENT ON COLUMN realty.routes.params IS
	'path parameter to column or argument where the names differ: {"id": "project_id"}';
COMMENT ON COLUMN realty.routes.roles IS
	'permitted callers: public (with or without a token), user (any token), builder, customer, admin (an administrator passes everywhere); anonymous: the token is ignored';
COMMENT ON COLUMN realty.routes.status IS 'status of a success';
COMMENT ON COLUMN realty.routes.envelope IS
	'seed: {"success": …, "data": …}; bare: the body is the value of data alone';
COMMENT ON COLUMN realty.routes.data_key IS
	'key of the result under data, instead of the resource''s name; empty: no key';
COMMENT ON COLUMN realty.routes.answer IS
	'JSON Schema of the result of a function that returns jsonb, for /openapi.json; other results describe themselves';
COMMENT ON COLUMN realty.routes.rate_class IS
	'which limits of realty.rate_limit_... count it: auth, read or write; empty: read for GET, else write';
COMMENT ON COLUMN realty.routes.media_type IS
	'what a call answers instead of JSON, as text/csv: the body is the function''s result as text';
COMMENT ON COLUMN realty.routes.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT routes_resource_exists ON realty.routes IS 'names no resource';
COMMENT ON CONSTRAINT routes_parent_exists ON realty.routes IS 'names no resource';
COMMENT ON CONSTRAINT routes_are_unique ON realty.routes IS 'this method and path have a route already';
COMMENT ON CONSTRAINT routes_path_is_short ON realty.routes IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT routes_resource_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_function_is_short ON realty.routes IS 'must have at most 2000 characters';
COMMENT ON CONSTRAINT routes_parent_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_data_key_is_short ON realty.routes IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT routes_media_type_is_short ON realty.routes IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT routes_tag_is_short ON realty.routes IS 'must have at most 100 characters';
COMMENT ON CONSTRAINT routes_summary_is_short ON realty.routes IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT routes_description_is_short ON realty.routes IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT routes_roles_are_few ON realty.routes IS 'must be at most 10 texts of 1 to 20 characters';
COMMENT ON CONSTRAINT routes_method_is_known ON realty.routes IS
	'must be GET, POST, PUT, PATCH or DELETE';
COMMENT ON CONSTRAINT routes_path_is_absolute ON realty.routes IS
	'must look like /api/things/{id}';
COMMENT ON CONSTRAINT routes_handler_is_known ON realty.routes IS
	'must be list, get, create, create_many, update, delete, set or call';
COMMENT ON CONSTRAINT routes_call_names_a_function ON realty.routes IS
	'a call names a function, the other handlers don''t';
COMMENT ON CONSTRAINT routes_rows_need_a_resource ON realty.routes IS 'this handler needs a resource';
COMMENT ON CONSTRAINT routes_media_type_is_one ON realty.routes IS 'must look like text/csv, with the handler call';
COMMENT ON CONSTRAINT routes_set_has_values ON realty.routes IS 'set needs fixed values';
COMMENT ON CONSTRAINT routes_fixed_is_an_object ON realty.routes IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_params_is_an_object ON realty.routes IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_roles_are_known ON realty.routes IS
	'must be some of anonymous, public, user, builder, customer, admin';
COMMENT ON CONSTRAINT routes_status_is_success ON realty.routes IS 'must be from 200 to 299';
COMMENT ON CONSTRAINT routes_envelope_is_known ON realty.routes IS 'must be seed or bare';
COMMENT ON CONSTRAINT routes_rate_class_is_known ON realty.routes IS
	'must be auth, read or write';
COMMENT ON CONSTRAINT routes_answer_is_an_object ON realty.routes IS
	'must be a JSON object, a schema of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT routes_id_tells_builtin ON realty.routes IS
	'ids below 10000 belong to the extension';

CREATE TABLE realty.idempotency_keys (
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    key text NOT NULL
        CONSTRAINT idempotency_keys_key_has_text CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL CONSTRAINT idempotency_keys_request_hash_is_short CHECK (length(request_hash) <= 64),
    status integer NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT idempotency_keys_headers_is_an_object CHECK (realty.is_bounded_object(headers, 65536)),
    body text NOT NULL CONSTRAINT idempotency_keys_body_is_short CHECK (octet_length(body) <= 4194304),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
COMMENT ON TABLE realty.idempotency_keys IS 'First responses to requests with an Idempotency-Key, kept for 24 hours.';
COMMENT ON CONSTRAINT idempotency_keys_key_has_text ON realty.idempotency_keys IS 'must have 1 to 255 characters';
COMMENT ON CONSTRAINT idempotency_keys_request_hash_is_short ON realty.idempotency_keys IS 'must have at most 64 bytes';
COMMENT ON CONSTRAINT idempotency_keys_headers_is_an_object ON realty.idempotency_keys IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT idempotency_keys_body_is_short ON realty.idempotency_keys IS 'must have at most 4 MB';
CREATE INDEX idempotency_keys_oldest ON realty.idempotency_keys (created_at);
