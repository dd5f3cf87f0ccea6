# The three flows in the shape in which PostgREST 14 talks to a database: its login,
# one transaction a request (READ ONLY for GET and for calls of what is not
# volatile), one SELECT of set_config calls with the role among them, the pre-request
# function, then one statement with a CTE for reading, writing or calling. Where the
# program `postgrest` is on PATH the same flows run over HTTP besides.
use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP;
use MIME::Base64;
use Test::More;

use PostgreSQL::Test::Utils;

use lib 't/lib';
use Realty;

my $node = Realty->start;
my $json = JSON::PP->new->canonical;

sub quoted { my ($text) = @_; $text =~ s/'/''/g; return "'$text'"; }

# The claims as PostgREST has them after it verified the signature, plus the role.
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
	my ($method, $path, $token) = @_;
	my $claims = claims_of($token);
	my %headers = (host => 'localhost', 'x-request-id' => 'shape-1',
		defined $token ? (authorization => "Bearer $token") : ());
	my @list = ([ 'search_path', '"api", "public"' ], [ 'role', $claims->{role} ],
		[ 'request.jwt.claims', $json->encode($claims) ], [ 'request.method', $method ],
		[ 'request.path', $path ], [ 'request.headers', $json->encode(\%headers) ],
		[ 'request.cookies', '{}' ]);

	return 'select ' . join ', ',
	  map { "set_config('$_->[0]', " . quoted($_->[1]) . ', true)' } @list;
}

# One request. Returns { state => SQLSTATE or '', body => decoded, status => response.status }.
# PREPARE stands for the extended protocol, in which PostgREST sends its statements.
sub request
{
	my ($method, $path, $token, $statement, %option) = @_;
	my $access = $option{read_only} // $method eq 'GET' ? ' READ ONLY' : '';
	my $body = defined $option{body} ? '(' . quoted($json->encode($option{body})) . ')' : '';
	my $parameter = $body ? '(json)' : '';
	my $script = <<"END";
\\set VERBOSITY sqlstate
BEGIN ISOLATION LEVEL READ COMMITTED$access;
${\ settings($method, $path, $token)} \\g /dev/null
select "api"."pre_request"() \\g /dev/null
PREPARE main$parameter AS $statement;
EXECUTE main$body;
COMMIT;
END
	my ($code, $out, $err) = $node->psql('realty', $script, on_error_stop => 1,
		extra_params => [ '-U', 'realty_authenticator', '-Atq', '-F', "\t" ]);
	my ($state) = $err =~ /ERROR:\s+(\w{5})/;
	my ($count, $answer, $status) = $out =~ /\A(\d+)\t(.*)\t([^\t]*)\z/s;

	return { state => $state // ($code ? $err : ''), count => $count, status => $status,
		body => defined $answer && $answer ne '' ? $json->decode($answer) : undef };
}

my $answer_of = q{pg_catalog.count(_postgrest_t) AS page_total, }
  . q{coalesce(json_agg(_postgrest_t), '[]') AS body, }
  . q{nullif(current_setting('response.status', true), '') AS response_status};

sub get
{
	my ($path, $token, $select) = @_;
	return request('GET', $path, $token, "WITH pgrst_source AS ( $select ) "
		. "SELECT $answer_of FROM ( SELECT * FROM pgrst_source ) _postgrest_t");
}

# Columns of the body with their types, as PostgREST takes them from the catalog.
sub body_columns { my ($typed) = @_; return join ', ', map { (split / /)[0] } split /, /, $typed; }

sub post
{
	my ($view, $token, $body, $typed) = @_;
	my $columns = body_columns($typed);
	my $from = join ', ', map { "pgrst_body.$_" } split /, /, $columns;
	return request('POST', "/$view", $token,
		qq{WITH pgrst_source AS (INSERT INTO "api"."$view"($columns) SELECT $from }
		  . q{FROM (SELECT $1 AS json_data) pgrst_payload, }
		  . qq{LATERAL (SELECT $columns FROM json_to_record(pgrst_payload.json_data) AS _($typed)) pgrst_body }
		  . qq{RETURNING "api"."$view".*) }
		  . qq{SELECT $answer_of FROM (SELECT * FROM pgrst_source) _postgrest_t}, body => $body);
}

sub patch
{
	my ($view, $token, $body, $typed, $where) = @_;
	my $set = join ', ', map { "$_ = pgrst_body.$_" } split /, /, body_columns($typed);
	my $columns = body_columns($typed);
	return request('PATCH', "/$view", $token,
		qq{WITH pgrst_source AS (UPDATE "api"."$view" SET $set }
		  . q{FROM (SELECT $1 AS json_data) pgrst_payload, }
		  . qq{LATERAL (SELECT $columns FROM json_to_record(pgrst_payload.json_data) AS _($typed)) pgrst_body }
		  . qq{WHERE "api"."$view".$where RETURNING "api"."$view".*) }
		  . qq{SELECT $answer_of FROM (SELECT * FROM pgrst_source) _postgrest_t}, body => $body);
}

sub rpc
{
	my ($function, $token, $body, $typed, %option) = @_;
	my $columns = body_columns($typed);
	my $arguments = join ', ', map { "$_ := pgrst_body.$_" } split /, /, $columns;
	my $payload = q{FROM (SELECT $1 AS json_data) pgrst_payload, }
	  . "LATERAL (SELECT $columns FROM json_to_record(pgrst_payload.json_data) AS _($typed)) pgrst_body, LATERAL ";
	my $source = $option{scalar}
	  ? "SELECT pgrst_call.pgrst_scalar $payload (SELECT \"api\".\"$function\"($arguments) pgrst_scalar) pgrst_call"
	  : "SELECT pgrst_call.* $payload \"api\".\"$function\"($arguments) pgrst_call";
	return request('POST', "/rpc/$function", $token,
		"WITH pgrst_source AS ($source) SELECT $answer_of FROM (SELECT * FROM pgrst_source) _postgrest_t",
		body => $body, %option);
}

# Flow 1: register, log in.
my $register = 'email text, password text, user_type text, full_name text';
sub register
{
	my ($email, $type, $name, %more) = @_;
	my $columns = join ', ', $register, map { "$_ text" } sort keys %more;
	my $answer = rpc('register', undef, { email => $email, password => 'correct horse 1',
			user_type => $type, full_name => $name, %more }, $columns, scalar => 1);
	is($answer->{state}, '', "$name registers");
	return $answer->{body}[0]{pgrst_scalar};
}
my $asha = register('asha@shape.example', 'builder', 'Asha', company_name => 'Asha Homes');
my $bala = register('bala@shape.example', 'builder', 'Bala', company_name => 'Bala Builds');
my $chitra = register('chitra@shape.example', 'customer', 'Chitra');
my $dev = register('dev@shape.example', 'customer', 'Dev');
like($chitra->{token}, qr/^[^.]+\.[^.]+\.[^.]+$/, 'with a token');
is($chitra->{user}{user_type}, 'customer', 'as what she is');
is(rpc('register', undef, { email => 'no', password => 'x', user_type => 'admin', full_name => '' },
		$register, scalar => 1)->{state}, 'PT422', 'nobody registers as an administrator');
is(rpc('register', undef, { email => 'ASHA@shape.example', password => 'correct horse 1', user_type => 'customer',
			full_name => 'Again' }, $register, scalar => 1)->{state}, 'PT409', 'an address is taken once, in whatever case');
my $login = rpc('login', undef, { email => 'chitra@shape.example', password => 'correct horse 1' },
	'email text, password text', scalar => 1);
is($login->{state}, '', 'Chitra logs in');
$chitra->{token} = $login->{body}[0]{pgrst_scalar}{token};
my $wrong = rpc('login', undef, { email => 'chitra@shape.example', password => 'wrong' },
	'email text, password text', scalar => 1);
is($wrong->{status} // $wrong->{state}, '401', 'a wrong password is answered 401, and counted');
is(get('/users', undef, 'SELECT * FROM "api"."users"')->{state}, '42501', 'nobody reads accounts without a token');
my $me = get('/users', $chitra->{token}, 'SELECT "api"."users"."email" FROM "api"."users"');
is_deeply($me->{body}, [ { email => 'chitra@shape.example' } ], 'Chitra reads hers');

# Flow 2: a project with units.
my $project = post('projects', $asha->{token}, { name => 'Palm Court', city => 'Pune', amenities => ['pool'] },
	'"name" text, "city" text, "amenities" text[]');
is($project->{state}, '', 'Asha creates a project');
my $palm = $project->{body}[0]{id};
is($project->{body}[0]{status}, 'planning', 'it is a draft');
is(post('projects', $chitra->{token}, { name => 'Mine', city => 'Pune' }, '"name" text, "city" text')->{state},
	'42501', 'a customer creates none');
is(post('projects', $asha->{token}, { name => 'x', city => 'y', builder_id => $bala->{user}{profile_id} },
		'"name" text, "city" text, "builder_id" bigint')->{state}, '42501', 'nor does a builder for another');
is(post('units', $asha->{token}, { project_id => $palm, unit_number => $_, price => 5000000 },
		'"project_id" bigint, "unit_number" text, "price" numeric')->{state}, '', "unit $_") for 101 .. 102;
my $bad = post('units', $asha->{token}, { project_id => $palm, unit_number => '', price => -5 },
	'"project_id" bigint, "unit_number" text, "price" numeric');
is($bad->{state}, 'PT422', 'a bad unit is refused');
my $listed = 'SELECT "api"."projects".*, COALESCE( "projects_units_1"."projects_units_1", \'[]\') AS "units" FROM "api"."projects" '
  . 'LEFT JOIN LATERAL ( SELECT json_agg("projects_units_1") AS "projects_units_1" FROM (SELECT "units_1".* FROM "api"."units" AS "units_1" '
  . 'WHERE "units_1"."project_id" = "api"."projects"."id") AS "projects_units_1" ) AS "projects_units_1" ON TRUE';
is(get('/projects', undef, $listed)->{count}, 0, 'a draft is not public');
is(get('/projects', $bala->{token}, $listed)->{count}, 0, 'and none of another builder\'s');
is(patch('projects', $bala->{token}, { status => 'launched' }, '"status" text', "\"id\" = $palm")->{count}, 0,
	'who cannot launch it either');
is(patch('projects', $asha->{token}, { status => 'launched' }, '"status" text', "\"id\" = $palm")->{body}[0]{status},
	'launched', 'Asha can');
my $public = get('/projects', undef, $listed);
is(scalar @{ $public->{body}[0]{units} }, 2, 'now all see it, with its units embedded');
is("$public->{body}[0]{total_units} $public->{body}[0]{available_units}", '2 2', 'and counted');
my ($unit, $other) = map { $_->{id} } @{ $public->{body}[0]{units} };

# Computed relationships and fields, joined as PostgREST joins them.
sub embedded
{
	my ($view, $token, $function, $columns) = @_;
	return get("/$view", $token, qq{SELECT "api"."$view"."id", row_to_json("x_1".*) AS "x" FROM "api"."$view" }
		. qq{LEFT JOIN LATERAL ( SELECT $columns FROM "api"."$function"("$view") AS "x_2" ) AS "x_1" ON TRUE});
}
is(embedded('units', undef, 'builders', '"x_2"."company_name"')->{body}[0]{x}{company_name}, 'Asha Homes',
	'the builder of a unit');
is(get('/projects', undef, 'SELECT "api"."projects"."availability" AS a FROM "api"."projects"')->{body}[0]{a}{available},
	2, 'availability as a field');

# Flow 3: a booking.
is(post('bookings', undef, { unit_id => $unit }, '"unit_id" bigint')->{state}, '42501', 'nobody books without a token');
is(post('bookings', $chitra->{token}, { unit_id => $unit, total_amount => 1 },
		'"unit_id" bigint, "total_amount" numeric')->{state}, '42501', 'the price is not the client\'s to say');
my $booking = post('bookings', $chitra->{token}, { unit_id => $unit }, '"unit_id" bigint');
is($booking->{state}, '', 'Chitra books');
my $id = $booking->{body}[0]{id};
is($booking->{body}[0]{total_amount}, 5000000, 'at the unit\'s price');
is(post('bookings', $dev->{token}, { unit_id => $unit }, '"unit_id" bigint')->{state}, 'PT409', 'Dev comes too late');
is(get('/bookings', $dev->{token}, 'SELECT * FROM "api"."bookings"')->{count}, 0, 'and sees nothing of it');
is(embedded('bookings', $chitra->{token}, 'projects', '"x_2"."name"')->{body}[0]{x}{name}, 'Palm Court', 'the project of a booking');
is(embedded('bookings', $chitra->{token}, 'builders', '"x_2"."company_name"')->{body}[0]{x}{company_name}, 'Asha Homes', 'its builder');
is(embedded('bookings', $asha->{token}, 'customer', '"x_2"."name"')->{body}[0]{x}{name}, 'Chitra', 'and its customer, for the builder');
is(get('/bookings', $chitra->{token}, 'SELECT "api"."bookings"."balance" AS owed FROM "api"."bookings"')->{body}[0]{owed},
	5000000, 'what is owed as a field');
is(embedded('projects', $dev->{token}, 'bookings', '"x_2"."id"')->{body}[0]{x}{id}, undef, 'a neighbour walks to no booking');
is(get('/bookings', $bala->{token}, 'SELECT * FROM "api"."bookings"')->{count}, 0, 'nor does Bala');
is(rpc('confirm_booking', $chitra->{token}, { booking_id => $id }, 'booking_id bigint')->{state}, '42501', 'Chitra does not confirm it');
is(rpc('confirm_booking', $bala->{token}, { booking_id => $id }, 'booking_id bigint')->{state}, 'PT404', 'nor does Bala');
is(rpc('confirm_booking', $asha->{token}, { booking_id => $id }, 'booking_id bigint')->{body}[0]{status}, 'confirmed', 'Asha does');
is(get('/projects', undef, $listed)->{body}[0]{available_units}, 1, 'one unit is left');
is(get('/notifications', $asha->{token}, 'SELECT * FROM "api"."notifications"')->{count}, 2, 'Asha was told');
is(rpc('cancel_booking', $chitra->{token}, { booking_id => $id, reason => 'moved' }, 'booking_id bigint, reason text')->{body}[0]{status},
	'cancelled', 'Chitra cancels');
is(rpc('cancel_booking', $chitra->{token}, { booking_id => $id, reason => 'again' }, 'booking_id bigint, reason text')->{state},
	'PT409', 'once');
is(post('bookings', $dev->{token}, { unit_id => $unit }, '"unit_id" bigint')->{state}, '', 'Dev books it after that');
# An update of all rows, as PATCH without a filter: the policies are the filter.
is(patch('bookings', $dev->{token}, { status => 'cancelled' }, '"status" text', 'id IS NOT NULL')->{count}, 1,
	'a PATCH of everything reaches one\'s own');

# READ ONLY: a GET that would write fails, and the pre-request works in one.
is(rpc('cancel_booking', $dev->{token}, { booking_id => $id, reason => 'x' }, 'booking_id bigint, reason text', read_only => 1)->{state},
	'25006', 'a call in a READ ONLY transaction writes nothing');
# What was revoked is refused by the pre-request, whatever the signature says.
$node->sql("UPDATE realty.sessions SET revoked_at = now() WHERE user_id = $dev->{user}{id}");
is(get('/bookings', $dev->{token}, 'SELECT * FROM "api"."bookings"')->{state}, 'PT401', 'a revoked session ends at once');
is(get('/projects', "$chitra->{token}x", 'SELECT * FROM "api"."projects"')->{state}, 'PT401', 'a forged bearer is noticed');
$node->sql("UPDATE realty.users SET is_active = false WHERE id = $chitra->{user}{id}");
is(get('/bookings', $chitra->{token}, 'SELECT * FROM "api"."bookings"')->{state}, 'PT401', 'and an account made inactive');
is($node->sql("SELECT count(*) FROM realty.audit_log WHERE request_id = 'shape-1' AND table_name = 'bookings'"), '5',
	'the audit log has the request\'s id');
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'check_invariants() is empty');

SKIP:
{
	my ($program) = grep { -x } map { "$_/postgrest" } split /:/, $ENV{PATH};
	skip 'the program postgrest is not on PATH', 1 if !$program;
	over_http($program);
}

# The same over HTTP, with the configuration that comes with us.
sub over_http
{
	my ($program) = @_;
	my $port = PostgreSQL::Test::Cluster::get_free_port();
	my $conf = PostgreSQL::Test::Utils::tempdir() . '/postgrest.conf';
	my $http = HTTP::Tiny->new(timeout => 60);
	my $base = "http://127.0.0.1:$port";
	my $send = sub {
		my ($method, $path, $token, $body) = @_;
		my $answer = $http->request($method, "$base$path", {
			headers => { 'Content-Type' => 'application/json', Prefer => 'return=representation',
				$token ? (Authorization => "Bearer $token") : () },
			defined $body ? (content => $json->encode($body)) : () });
		$answer->{json} = eval { $json->decode($answer->{content}) };
		return $answer;
	};

	append_to_file($conf, <<"END");
db-uri = "host=${\ $node->host} port=${\ $node->port} dbname=realty user=realty_authenticator"
db-schemas = "api"
db-anon-role = "realty_anon"
db-pre-request = "api.pre_request"
jwt-secret = "${\ Realty::SECRET}"
server-host = "127.0.0.1"
server-port = $port
END
	my $server = IPC::Run::start([ $program, $conf ], '<', \undef, '>', \my $out, '2>', \my $err);
	for (1 .. 600)
	{
		last if $http->get("$base/")->{success};
		$server->pump_nb;
		select undef, undef, undef, 0.1;
	}
	my $user = $send->('POST', '/rpc/register', undef, { email => 'http@shape.example', password => 'correct horse 1',
			user_type => 'customer', full_name => 'Hema' });
	is($user->{status}, 200, 'registered by HTTP');
	my $token = $user->{json}{token};
	is($send->('GET', '/projects?select=*,units(*)&units.order=id', undef)->{json}[0]{units}[0]{id}, $unit, 'units embedded');
	is($send->('POST', '/bookings', $token, { unit_id => $unit })->{status}, 201, 'booked by HTTP');
	is($send->('POST', '/bookings', $token, { unit_id => $unit })->{status}, 409, 'and only once');
	is($send->('POST', '/projects', $token, { name => 'x', city => 'y' })->{status}, 403, 'a customer creates no project');
	is($send->('POST', '/bookings', $token, { unit_id => $other, notes => 'x' x 5001 })->{status}, 422, 'a fault is 422');
	$server->kill_kill;
	return;
}

done_testing();
