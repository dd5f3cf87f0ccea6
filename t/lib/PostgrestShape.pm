# Speaks to PostgreSQL as PostgREST 14 does, for a case of t/postgrest/cases.json.
#
# A request is one transaction at READ COMMITTED (READ ONLY for GET) of the login
# realty_authenticator: one SELECT of set_config calls in PostgREST's order, the pre-request,
# then one statement whose CTE is what the request reads, writes or calls. Relationships are
# found in the catalog, as PostgREST finds them: foreign keys of the tables below the views,
# and functions of one row.
#
# `statement` gives the text that PostgREST sends; where the program is there, the test
# compares the two, so that this file cannot drift from it.
package PostgrestShape;

use strict;
use warnings;

use Carp;
use Encode qw(decode encode);
use JSON::PP;
use MIME::Base64;

# Of docker/postgrest.conf: db-max-rows, db-extra-search-path, db-pre-request
use constant MAX_ROWS    => 1000;
use constant SEARCH_PATH => '"api", "api"';
use constant PRE_REQUEST => 'select "api"."pre_request"()';

my $json = JSON::PP->new->canonical->allow_nonref;
my $told = q{nullif(current_setting('response.headers', true), '') AS response_headers, }
  . q{nullif(current_setting('response.status', true), '') AS response_status, };
my $inserted_setting = q{(coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) };

# --- the catalog ---

my %catalog_query = (
	columns => <<'END',
SELECT json_object_agg(v.relname, v.columns) FROM (
	SELECT c.relname, json_object_agg(a.attname, json_build_object('type', format_type(a.atttypid, a.atttypmod),
		'default', pg_get_expr(d.adbin, d.adrelid))) AS columns
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
	WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v' GROUP BY 1) v
END
	keys => <<'END',
SELECT json_agg(json_build_object('name', k.conname, 'from', f.relname, 'column', a.attname, 'to', t.relname, 'key', b.attname,
	'single', EXISTS (SELECT FROM pg_constraint u WHERE u.conrelid = k.conrelid AND u.contype IN ('p', 'u') AND u.conkey = k.conkey)))
FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
	JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum = k.conkey[1]
	JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.connamespace = 'realty'::regnamespace
	AND to_regclass('api.' || f.relname) IS NOT NULL AND to_regclass('api.' || t.relname) IS NOT NULL
END
	computed => <<'END',
SELECT json_agg(json_build_object('name', p.proname, 'from', f.relname, 'to', t.relname, 'single', p.prorows = 1))
FROM pg_proc p JOIN pg_class f ON f.reltype = p.proargtypes[0] JOIN pg_class t ON t.reltype = p.prorettype
WHERE p.pronamespace = 'api'::regnamespace AND p.pronargs = 1 AND p.proretset
END
	functions => <<'END',
SELECT json_object_agg(p.proname, json_build_object('args', (
		SELECT json_object_agg(n, format_type(t, NULL)) FROM unnest(p.proargnames, p.proargtypes::oid[]) x (n, t) WHERE t IS NOT NULL),
	'order', array_to_json(p.proargnames), 'set', p.proretset, 'returns', p.prorettype::regtype::text, 'view', c.relname,
	'stable', p.provolatile <> 'v'))
FROM pg_proc p LEFT JOIN pg_class c ON c.reltype = p.prorettype
WHERE p.pronamespace = 'api'::regnamespace AND NOT EXISTS (SELECT FROM pg_class f WHERE f.reltype = p.proargtypes[0])
END
);

sub new
{
	my ($class, $node) = @_;
	my $self = bless { node => $node }, $class;

	for my $part (keys %catalog_query)
	{
		$self->{$part} = $json->decode($node->sql($catalog_query{$part}));
	}
	return $self;
}

# --- what a case asks for ---

sub method
{
	my ($case) = @_;
	return 'GET' if $case->{from} || $case->{get};
	return $case->{update} ? 'PATCH' : $case->{delete} ? 'DELETE' : 'POST';
}

sub target { my ($case) = @_; return (grep { defined } @$case{qw(from insert upsert update delete rpc)})[0]; }

sub path { my ($case) = @_; return ($case->{rpc} ? '/rpc/' : '/') . target($case); }

# Commas that stand in no brackets
sub split_list
{
	my ($text) = @_;
	my ($depth, @parts) = (0, '');

	for my $c (split //, $text)
	{
		$depth += $c eq '(' ? 1 : $c eq ')' ? -1 : 0;
		if ($c eq ',' && $depth == 0) { push @parts, '' }
		else { $parts[-1] .= $c }
	}
	return @parts;
}

# 'id,author:users!sender_id(name)' as a list of columns and embedded levels
sub parse_select
{
	my ($text) = @_;
	my @items;

	for my $part (split_list($text))
	{
		my ($alias, $name, $hints, undef, $inside) =
		  $part =~ /^(?:(\w+):)?(\w+|\*)((?:!\w+)*)(\((.*)\))?$/s or croak "select: $part";
		my @hints = grep { length } split /!/, $hints;
		my ($hint) = grep { $_ ne 'inner' } @hints;
		push @items, {
			name => $name, alias => $alias,
			inside => defined $inside ? [ parse_select($inside) ] : undef,
			inner => (grep { $_ eq 'inner' } @hints) > 0,
			hint => $hint,
		};
	}
	return @items;
}

# --- relationships ---

# { to, single, and either function or column (here) and key (there) }
sub relation
{
	my ($self, $from, $item) = @_;
	my ($name, $hint) = @$item{qw(name hint)};
	my @found;

	for my $f (@{ $self->{computed} })
	{
		return { %$f, function => $f->{name} } if $f->{name} eq $name && $f->{from} eq $from;
	}
	for my $k (@{ $self->{keys} })
	{
		next if defined $hint && $hint ne $k->{column} && $hint ne $k->{name};
		push @found, { to => $k->{to}, single => 1, column => $k->{column}, key => $k->{key} }
		  if $k->{from} eq $from && ($k->{column} eq $name || $k->{to} eq $name && $k->{to} ne $from);
		push @found, { to => $k->{from}, single => $k->{single}, column => $k->{key}, key => $k->{column} }
		  if $k->{to} eq $from && $k->{from} eq $name;
	}
	croak scalar @found, " relationships from $from to $name" if @found != 1;
	return $found[0];
}

# --- reading ---

my %operator = (eq => '=', neq => '<>', gt => '>', gte => '>=', lt => '<', lte => '<=',
	like => 'like', ilike => 'ilike', cs => '@>');

sub condition
{
	my ($plan, $of, $filter) = @_;
	my ($column, $op, $value) = @$filter;
	my $not = $op =~ s/^not\.// ? 'NOT ' : '';

	$column =~ s/^.*\.//;
	my $left = qq{$not$of."$column"};
	return "$left IS " . uc($value // 'null') if $op eq 'is';
	return "$left = ANY (" . $plan->{put}->('{' . join(',', @$value) . '}') . ')' if $op eq 'in';
	return "to_tsvector($left) @@ to_tsquery(" . $plan->{put}->($value) . ')' if $op eq 'fts';
	croak "filter $op" if !$operator{$op};
	return "$left $operator{$op} " . $plan->{put}->($value);
}

sub filters_of
{
	my ($case, $name) = @_;
	return grep { $name eq '' ? $_->[0] !~ /\./ : $_->[0] =~ /^\Q$name\E\./ } @{ $case->{where} // [] };
}

sub order_of
{
	my ($of, $order) = @_;
	return '' if !$order;
	# postgrest-js always says which way
	return ' ORDER BY ' . join ', ', map { my ($column, @words) = split /\./;
		unshift @words, 'asc' if !grep { $_ eq 'desc' } @words;
		join ' ', qq{$of."$column"}, map { { desc => 'DESC', asc => 'ASC', nullslast => 'NULLS LAST' }->{$_} } @words } split /,/, $order;
}

# A level: of => its qualifier, from => its FROM item, table, items, filters, joined (to
# the level above), order, depth, limit => undef where PostgREST sets none.
sub level
{
	my ($self, $plan, $level) = @_;
	my ($of, $depth) = @$level{qw(of depth)};
	my (@columns, @embedded, $joins);

	for my $item (@{ $level->{items} })
	{
		my $as = defined $item->{alias} ? qq{ AS "$item->{alias}"} : '';
		push @columns, $item->{name} eq '*' ? "$of.*" : qq{$of."$item->{name}"$as} if !$item->{inside};
		next if !$item->{inside};
		my ($column, $join) = $self->embed($plan, $level, $item);
		push @embedded, $column;
		$joins .= " $join";
	}
	my @where = ((map { condition($plan, $of, $_) } @{ $level->{filters} }), $level->{joined} // ());
	return 'SELECT ' . join(', ', @columns, @embedded) . " FROM $level->{from}" . ($joins // '')
	  . (@where ? ' WHERE ' . join ' AND ', @where : '') . order_of($of, $level->{order})
	  . (defined $level->{limit} ? ' LIMIT ' . $plan->{put}->($level->{limit}) . ' OFFSET ' . $plan->{put}->($level->{offset} // 0) : '');
}

# The column of an embedded level, and the join that makes it
sub embed
{
	my ($self, $plan, $above, $item) = @_;
	my $relation = $self->relation($above->{table}, $item);
	my $depth = $above->{depth} + 1;
	my $name = $item->{alias} // $item->{name};
	my $as = qq{"$above->{table}_${name}_$depth"};
	my $of = qq{"$relation->{to}_$depth"};
	my %level = (of => $of, table => $relation->{to}, depth => $depth, items => $item->{inside},
		filters => [ filters_of($plan->{case}, $name) ], limit => defined $above->{limit} ? MAX_ROWS : undef);

	if ($relation->{function})
	{
		my ($row) = $above->{of} =~ /("\w+")$/;
		$level{from} = qq{"api"."$relation->{function}"(${row}::"api"."$above->{table}") AS $of};
	}
	else
	{
		$level{from} = qq{"api"."$relation->{to}" AS $of};
		$level{joined} = qq{$of."$relation->{key}" = $above->{of}."$relation->{column}"};
	}
	my $inside = $self->level($plan, \%level);
	my $kind = $item->{inner} ? 'INNER' : 'LEFT';
	return (qq{row_to_json($as.*)::jsonb AS "$name"}, "$kind JOIN LATERAL ( $inside ) AS $as ON TRUE")
	  if $relation->{single};
	my $on = $item->{inner} ? "$as IS NOT NULL" : 'TRUE';
	return (qq{COALESCE( $as.$as, '[]') AS "$name"},
		"$kind JOIN LATERAL ( SELECT json_agg($as)::jsonb AS $as FROM ($inside ) AS $as ) AS $as ON $on");
}

sub items { my ($case) = @_; return [ parse_select($case->{select} // '*') ]; }

sub body_of
{
	my ($case) = @_;
	return $case->{single} ? q{coalesce(json_agg(_postgrest_t)->0, 'null') AS body, }
	  : q{coalesce(json_agg(_postgrest_t), '[]') AS body, };
}

sub read_statement
{
	my ($self, $plan) = @_;
	my $case = $plan->{case};
	my $of = qq{"api"."$case->{from}"};
	my $source = $self->level($plan, { of => $of, from => $of, table => $case->{from}, depth => 0, items => items($case),
			filters => [ filters_of($case, '') ], order => $case->{order}, limit => $case->{limit} // MAX_ROWS, offset => $case->{offset} });
	my ($count, $total) = ('', 'null::bigint');

	if ($case->{count})
	{
		my @where = map { condition($plan, $of, $_) } filters_of($case, '');
		$count = ", pgrst_source_count AS (SELECT 1 FROM $of" . (@where ? ' WHERE ' . join ' AND ', @where : '') . ')';
		$total = '(SELECT pg_catalog.count(*) FROM pgrst_source_count)';
	}
	return "WITH pgrst_source AS ( $source ) $count SELECT $total AS total_result_set, "
	  . 'pg_catalog.count(_postgrest_t) AS page_total, ' . body_of($case) . $told
	  . q{'' AS response_inserted FROM ( SELECT * FROM pgrst_source ) _postgrest_t};
}

# --- writing ---

sub quoted_names { return join ', ', map { qq{"$_"} } @_; }

sub keys_of_rows
{
	my ($values) = @_;
	my %seen = map { map { $_ => 1 } keys %$_ } ref $values eq 'ARRAY' ? @$values : $values;
	return sort keys %seen;
}

# The rows of the body as a table: columns, and the FROM item pgrst_body
sub payload
{
	my ($self, $plan, $values, $types, %option) = @_;
	my @columns = @{ $option{columns} // [ keys_of_rows($values) ] };
	my $many = ref $values eq 'ARRAY';
	my %default = map { $_ => $types->{$_}{default} } grep { defined $types->{$_}{default} } @columns;
	my $defaults = $plan->{case}{defaults} && %default;
	my ($kind, $from, $more) = ('json', 'pgrst_payload.json_data', '');

	if ($defaults)
	{
		my $object = join ', ', map { "'$_', $default{$_}" } sort keys %default;
		($kind, $from) = ('jsonb', 'pgrst_json_defs.val');
		$more = "LATERAL (SELECT jsonb_agg(jsonb_build_object($object) || elem) AS val "
		  . 'from jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, ';
	}
	push @{ $plan->{types} }, $kind;
	return 'FROM (SELECT ' . $plan->{put}->($json->encode($values)) . " AS json_data) pgrst_payload, $more"
	  . 'LATERAL (SELECT ' . quoted_names(@columns) . " FROM ${kind}_to_record" . ($many ? 'set' : '') . "($from) AS _("
	  . join(', ', map { qq{"$_" } . ($types->{$_}{type} // croak "no column $_") } @columns) . ')'
	  . ($option{one} ? ' LIMIT 1' : '') . ') pgrst_body ';
}

# What the outer SELECT needs of the row: the columns asked for, those it joins by, and of
# what was written its key
sub returning
{
	my ($self, $case, $of) = @_;
	my ($table) = $of =~ /"(\w+)"$/;
	my @columns = $case->{rpc} ? () : $table eq 'system_settings' ? 'key' : 'id';

	return ' RETURNING 1' if !defined $case->{select} && !$case->{returning};
	for my $item (@{ items($case) })
	{
		my $relation = $item->{inside} ? $self->relation($table, $item) : undef;
		return " RETURNING $of.*" if $item->{name} eq '*' || $relation && $relation->{function};
		push @columns, $relation ? $relation->{column} : $item->{name};
	}
	my %seen;
	return ' RETURNING ' . join ', ', map { qq{$of."$_"} } sort grep { !$seen{$_}++ } @columns;
}

sub insert_source
{
	my ($self, $plan, $table, $of) = @_;
	my $case = $plan->{case};
	my @columns = keys_of_rows($case->{values});
	my $conflict = '';
	my $body = $self->payload($plan, $case->{values}, $self->{columns}{$table});

	if ($case->{upsert} && $case->{ignore})
	{
		$conflict = 'ON CONFLICT(' . quoted_names(split /,/, $case->{on_conflict}) . ') DO NOTHING';
	}
	elsif ($case->{upsert})
	{
		$body .= "WHERE set_config('pgrst.inserted', $inserted_setting+ 1)::text, true) <> '0' ";
		$conflict = 'ON CONFLICT(' . quoted_names(split /,/, $case->{on_conflict}) . ') DO UPDATE SET '
		  . join(', ', map { qq{"$_" = EXCLUDED."$_"} } @columns)
		  . "WHERE set_config('pgrst.inserted', $inserted_setting- 1)::text, true) <> '-1'";
	}
	return "INSERT INTO $of(" . quoted_names(@columns) . ') SELECT ' . join(', ', map { qq{"pgrst_body"."$_"} } @columns) . " $body $conflict";
}

sub write_statement
{
	my ($self, $plan) = @_;
	my $case = $plan->{case};
	my $table = target($case);
	my $of = qq{"api"."$table"};
	my $source;

	if ($case->{insert} || $case->{upsert}) { $source = $self->insert_source($plan, $table, $of) }
	elsif ($case->{delete}) { $source = "DELETE FROM $of" }
	else
	{
		my $body = $self->payload($plan, $case->{values}, $self->{columns}{$table});
		$source = "UPDATE $of SET " . join(', ', map { qq{"$_" = "pgrst_body"."$_"} } keys_of_rows($case->{values})) . " $body";
	}
	my @where = map { condition($plan, $of, $_) } filters_of($case, '');
	$source .= ' WHERE ' . join ' AND ', @where if @where;
	$source .= $self->returning($case, $of);
	my $shown = defined $case->{select}
	  ? '(' . $self->level($plan, { of => qq{"$table"}, from => qq{"pgrst_source" AS "$table"}, table => $table, depth => 0,
			items => items($case), filters => [] }) . ')' : '(SELECT * FROM pgrst_source)';
	my $body = defined $case->{select} ? body_of($case) : q{''::text AS body, };
	my $inserted = $case->{upsert} && !$case->{ignore} ? q{nullif(current_setting('pgrst.inserted', true),'')::int} : q{''};
	return "WITH pgrst_source AS ($source) SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, "
	  . "array[]::text[] AS header, $body$told$inserted AS response_inserted FROM $shown _postgrest_t";
}

# --- calling ---

sub call_from
{
	my ($self, $plan, $function, $name) = @_;
	my $case = $plan->{case};
	my $args = $case->{args} // {};
	my %seen;    # a column of the answer may have an argument's name
	my @names = grep { exists $args->{$_} && !$seen{$_}++ } @{ $function->{order} // [] };

	return ('', qq{"api"."$name"()}) if !@names;
	return ('', qq{"api"."$name"(} . join(', ', map { qq{"$_" := } . $plan->{put}->($args->{$_}) . "::$function->{args}{$_}" } @names) . ')')
	  if $case->{get};
	my %types = map { $_ => { type => $function->{args}{$_} } } @names;
	return ($self->payload($plan, $args, \%types, one => 1, columns => \@names),
		qq{"api"."$name"(} . join(', ', map { qq{"$_" := pgrst_body."$_"} } @names) . ')');
}

sub call_statement
{
	my ($self, $plan) = @_;
	my $case = $plan->{case};
	my $name = $case->{rpc};
	my $function = $self->{functions}{$name} or croak "no function $name";
	my ($payload, $call) = $self->call_from($plan, $function, $name);
	my $shape = $function->{view} // ($function->{set} ? 'record' : $name);
	my $columns = 'pgrst_call.pgrst_scalar';

	$call = "(SELECT $call pgrst_scalar)" if !$function->{set};
	if ($function->{set})
	{
		($columns = $self->returning({ %$case, returning => 1 }, qq{"api"."$shape"})) =~ s/^ RETURNING //;
		$columns =~ s/"api"\."\w+"/"pgrst_call"/g;
	}
	my $from = $payload ? "$payload, LATERAL $call" : "FROM $call";
	my $shown = $self->level($plan, { of => qq{"$shape"}, from => qq{"pgrst_source" AS "$shape"}, table => $shape, depth => 0,
			items => items($case), filters => [], order => $case->{order}, limit => $case->{limit} // MAX_ROWS });
	my ($page, $body) = $function->{set} ? ('pg_catalog.count(_postgrest_t)', body_of($case))
	  : ('1', q{coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body, });
	return "WITH pgrst_source AS (SELECT $columns $from pgrst_call) SELECT null::bigint AS total_result_set, "
	  . "$page AS page_total, $body$told'' AS response_inserted FROM ($shown) _postgrest_t";
}

# { case, statement, values, types (of the first values; the others are the server's to find) }
sub plan
{
	my ($self, $case) = @_;
	my %plan = (case => $case, values => [], types => []);

	$plan{put} = sub { push @{ $plan{values} }, $_[0]; return '$' . @{ $plan{values} } };
	$plan{statement} = $case->{from} ? $self->read_statement(\%plan)
	  : $case->{rpc} ? $self->call_statement(\%plan) : $self->write_statement(\%plan);
	return \%plan;
}

# --- the transaction ---

sub quoted { my ($text) = @_; $text =~ s/'/''/g; return "'$text'"; }

# The claims as PostgREST has them after it verified the signature
sub claims_of
{
	my ($token) = @_;
	my $payload;

	return { role => 'realty_anon' } if !defined $token;
	($payload) = $token =~ /^[^.]+\.([^.]+)\./;
	$payload =~ tr{-_}{+/};
	return decode_json(decode_base64($payload));
}

sub settings
{
	my ($case, $token) = @_;
	my $claims = claims_of($token);
	my %headers = (host => 'localhost', 'x-request-id' => 'shape-1', defined $token ? (authorization => "Bearer $token") : ());
	my @list = ([ 'search_path', SEARCH_PATH ], [ 'role', $claims->{role} ],
		[ 'request.jwt.claims', $json->encode($claims) ], [ 'request.method', method($case) ],
		[ 'request.path', path($case) ], [ 'request.headers', $json->encode(\%headers) ], [ 'request.cookies', '{}' ]);

	return 'select ' . join ', ', map { "set_config('$_->[0]', " . quoted($_->[1]) . ', true)' } @list;
}

# A GET writes nothing, nor does a call of what is not volatile.
sub begin
{
	my ($self, $case) = @_;
	my $read_only = method($case) eq 'GET' || $case->{rpc} && $self->{functions}{ $case->{rpc} }{stable};
	return 'BEGIN ISOLATION LEVEL READ COMMITTED' . ($read_only ? ' READ ONLY' : ' READ WRITE');
}

# PREPARE stands for the extended protocol, in which PostgREST sends its statements.
sub script
{
	my ($self, $case, $token, $plan) = @_;
	my @types = map { $plan->{types}[$_] // 'unknown' } 0 .. $#{ $plan->{values} };
	my $types = @types ? '(' . join(', ', @types) . ')' : '';
	my $values = @types ? '(' . join(', ', map { quoted($_) } @{ $plan->{values} }) . ')' : '';

	return <<"END";
${\ $self->begin($case)};
${\ settings($case, $token)} \\g /dev/null
${\ PRE_REQUEST} \\g /dev/null
PREPARE main$types AS $plan->{statement};
EXECUTE main$values;
COMMIT;
END
}

# As PostgREST maps SQLSTATEs
sub status_of
{
	my ($state, $signed_in) = @_;
	my %status = (23503 => 409, 23505 => 409, 25006 => 405, 42883 => 404, '42P01' => 404);

	return $1 if $state =~ /^PT(\d\d\d)$/;
	return $signed_in ? 403 : 401 if $state eq '42501';
	return $status{$state} // ($state =~ /^(?:0A|22|42|P0)/ ? 400 : $state =~ /^23/ ? 400 : 500);
}

sub refusal
{
	my ($error, $signed_in) = @_;
	my ($state, $message) = $error =~ /(?:ERROR|FATAL):\s+(\w{5}): (.*?)(?=\n[A-Z ]+:|\nLINE |\z)/s or croak $error;
	my ($details) = $error =~ /^DETAIL:\s+(.*?)(?=\n[A-Z ]+:|\nLINE |\z)/ms;
	my ($hint) = $error =~ /^HINT:\s+(.*?)(?=\n[A-Z ]+:|\z)/ms;

	if ($state eq 'PGRST')
	{
		my ($body, $more) = map { $json->decode($_) } $message, $details;
		return { %$body, status => $more->{status}, headers => { map { lc $_ => $more->{headers}{$_} } keys %{ $more->{headers} } } };
	}
	return { status => status_of($state, $signed_in), code => $state, message => $message, details => $details, hint => $hint };
}

sub success
{
	my ($case, $out) = @_;
	my @fields = split /\x1f/, decode('UTF-8', $out), -1;
	my $writes = !$case->{from} && !$case->{rpc};
	splice @fields, 2, 1 if $writes;
	my ($total, $page, $body, $headers, $status, $inserted) = @fields;
	my %answer = (total => $total eq '' ? undef : $total, body => $body eq '' ? undef : $json->decode($body));

	return { status => 406, code => 'PGRST116' } if $case->{single} && $page != 1;
	$answer{status} = $status ne '' ? $status
	  : $case->{insert} || $case->{upsert} && ($case->{ignore} || $inserted > 0) ? 201
	  : $case->{count} && ($page < $total) ? 206
	  : $writes && !$case->{upsert} && !defined $case->{select} ? 204 : 200;
	if ($answer{status} >= 400) { @answer{qw(code message details hint)} = @{ $answer{body} }{qw(code message details hint)} }
	return \%answer;
}

# $rest->answer($case, $token): { status, code, message, details, hint } or { status, body, total }
sub answer
{
	my ($self, $case, $token) = @_;
	my $plan = $self->plan($case);
	my ($code, $out, $error) = $self->{node}->psql('realty', $self->script($case, $token, $plan), on_error_stop => 1,
		extra_params => [ '-U', 'realty_authenticator', '-Atq', '-F', "\x1f", '-v', 'VERBOSITY=verbose' ]);

	return $code ? refusal($error, defined $token) : success($case, $out);
}

1;
