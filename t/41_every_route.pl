# Each row of realty.routes over HTTP, as each kind of caller, with what it must answer; a route
# without a case here fails. Every answer is held against /openapi.json.
use strict;
use warnings;

use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Realty;
use World;

use PostgreSQL::Test::Utils qw(slurp_file);

# Dev's password is tried with every hostile value: an account that locks would be a case of its own.
my $node = Realty->start(gateway => 1, conf => 'realty.login_failures_allowed = 0');
my $world = World->new($node);
my $json = JSON::PP->new->canonical;
my $none = 999_999_999;

$node->sql("UPDATE realty.users SET is_active = false WHERE id = ${\ $world->id('ina')}");
$world->{people}{late} = { token => expired($world->token('chitra')) };
$world->{people}{forger} = { token => $world->token('chitra') =~ s/.{4}$/aaaa/r };

# A token of yesterday's, well signed.
sub expired
{
	my ($token) = @_;
	my $secret = Realty::SECRET;

	return $node->sql(<<"END");
SELECT realty.sign((c || jsonb_build_object('iat', (c ->> 'iat')::bigint - 172800, 'exp', (c ->> 'exp')::bigint - 172800))::json, '$secret')
FROM realty.jwt_verify('$token') c
END
}

# -- The cases -----------------------------------------------------------------------------
#
# method and path => [the status without a token, for Chitra, Dev, Aya, Bo, Root; %how]
#   key    what stands for the path's parameter: a maker, called again for each that succeeds
#   query  the query string
#   body   a function that makes the body; it gets the caller
#   token  a session of their own for each call
# Chitra and Aya are the row's parties, Dev and Bo their neighbours.

my @PUBLIC = (200) x 6;
my @USER = (401, (200) x 5);
my @BUILDER = (401, 403, 403, 200, 200, 200);      # own rows only, shown as such
my @OWNER = (401, 403, 403, 200, 403, 200);        # of what is public
my @PARTY = (401, 200, 404, 200, 404, 200);        # of what only the two see
my @PARTY_BUILDER = (401, 403, 403, 200, 404, 200);
my @PARTY_CUSTOMER = (401, 200, 404, 403, 403, 200);

sub created { return map { $_ == 200 ? 201 : $_ } @_; }
sub made_of { my ($what, @with) = @_; return sub { $world->$what(@with) }; }
sub the { my ($value) = @_; return sub { $value }; }

sub with { my (%field) = @_; return the(\%field); }

my %CASES = (
	'GET /openapi.json' => [@PUBLIC],

	# Accounts
	'POST /api/auth/register' => [ (201) x 6, body => sub {
			{ email => 'new' . $world->another . '@world.example', password => World::PASSWORD,
				user_type => 'customer', full_name => 'New', budget_min => 1, preferences => { floor => 'high' } } } ],
	'POST /api/auth/login' => [ @PUBLIC, body => with(email => 'dev@world.example', password => World::PASSWORD) ],
	'POST /api/auth/refresh' => [ @PUBLIC, body => sub { { refresh_token => $world->session('dev')->{refresh_token} } } ],
	'POST /api/auth/logout' => [ @USER, token => 1 ],
	'POST /api/auth/logout-all' => [ 401, 200, 200, 200, 200, 200, as => made_of('stranger') ],
	'GET /api/auth/me' => [@USER],
	'PATCH /api/auth/me' => [ @USER, body => with(phone => '+91 98450 12345') ],
	'POST /api/auth/change-password' => [ 401, 200, 200, 200, 200, 200, as => made_of('stranger'),
		body => with(current_password => World::PASSWORD, new_password => 'another horse battery') ],
	'GET /api/auth/me/export' => [@USER],
	'DELETE /api/auth/me' => [ 401, 200, 200, 200, 200, 200, as => made_of('stranger'), body => with(password => World::PASSWORD) ],
	'POST /api/auth/forgot-password' => [ (202) x 6, body => sub { { email => $world->stranger->{email} } } ],
	'POST /api/auth/reset-password' => [ @PUBLIC, body => sub { { token => reset_token(), new_password => 'another horse battery' } } ],
	'GET /api/auth/sessions' => [@USER],
	'DELETE /api/auth/sessions/{id}' => [ 401, 200, 404, 404, 404, 404, key => sub { $world->session('chitra')->{id} } ],
	'GET /api/users' => [ 401, 403, 403, 403, 403, 200 ],
	'GET /api/users/{id}' => [ 401, 403, 403, 403, 403, 200, key => sub { $world->id('chitra') } ],
	'PATCH /api/users/{id}' => [ 401, 403, 403, 403, 403, 200, key => sub { $world->stranger->{id} },
		body => with(is_verified => JSON::PP::true) ],
	'DELETE /api/users/{id}' => [ 401, 403, 403, 403, 403, 200, key => sub { $world->stranger->{id} } ],

	# Profiles
	'GET /api/builders' => [@PUBLIC],
	'GET /api/builders/{id}' => [ @PUBLIC, key => sub { $world->profile('aya') } ],
	'PATCH /api/builders/{id}' => [ @OWNER, key => sub { $world->profile('aya') }, body => with(city => 'Pune') ],
	'GET /api/builders/{id}/projects' => [ @PUBLIC, key => sub { $world->profile('aya') } ],
	'GET /api/builders/{id}/availability' => [ @PUBLIC, key => sub { $world->profile('aya') } ],
	'GET /api/builders/me/dashboard' => [ 401, 403, 403, 200, 200, 200 ],
	'GET /api/customers' => [ 401, 403, 403, 200, 200, 200 ],
	'GET /api/customers/{id}' => [ @PARTY, key => sub { $world->message; $world->profile('chitra') } ],
	'PATCH /api/customers/{id}' => [ 401, 200, 404, 403, 403, 200, key => sub { $world->profile('chitra') },
		body => with(budget_max => 9000000) ],
	'GET /api/customers/me/dashboard' => [ 401, 200, 200, 403, 403, 200 ],

	# Property
	'GET /api/projects' => [@PUBLIC],
	'POST /api/projects' => [ 401, 403, 403, 201, 201, 201, body => sub {
			{ name => 'New ' . $world->another, project_type => 'mixed', city => 'Pune', state => 'MH', address => '1 MG Road',
				amenities => ['pool'], latitude => 18.5, longitude => 73.8, $_[0] eq 'root' ? (builder_id => $world->profile('aya')) : () } } ],
	'GET /api/projects/{id}' => [ @PUBLIC, key => sub { $world->{project} } ],
	'PATCH /api/projects/{id}' => [ @OWNER, key => sub { $world->{project} }, body => with(description => 'By the river.') ],
	'DELETE /api/projects/{id}' => [ @OWNER, key => made_of('project') ],
	(map { ("GET /api/projects/{id}/$_" => [ @PUBLIC, key => sub { $world->{project} } ]) } qw(units availability progress updates models stream)),
	'GET /api/projects/{id}/stats' => [ @PARTY_BUILDER, key => sub { $world->{project} } ],
	(map { my ($path, $key) = @$_; (
		"GET /api/$path/{id}/private" => [ @PARTY_BUILDER, key => $key ],
		"PATCH /api/$path/{id}/private" => [ @PARTY_BUILDER, key => $key, body => with(private => { margin => 0.2 }) ]) }
		[ builders => sub { $world->profile('aya') } ], [ projects => sub { $world->{project} } ], [ units => made_of('unit') ],
		[ bookings => made_of('booking', 'pending') ]),
	'GET /api/customers/at-limit' => [@BUILDER],
	'GET /api/customers/{id}/private' => [ 401, 403, 403, 403, 403, 200, key => sub { $world->profile('chitra') } ],
	'PATCH /api/customers/{id}/private' => [ 401, 403, 403, 403, 403, 200, key => sub { $world->profile('chitra') }, body => with(private => { risk => 'low' }) ],
	'GET /api/units' => [@PUBLIC],
	'POST /api/units' => [ created(@OWNER), body => sub {
			{ project_id => $world->{project}, unit_number => 'N' . $world->another, unit_type => '3bhk', price => 1, floor => -1,
				facing => 'north_east', features => ['balcony'] } } ],
	'POST /api/units/bulk' => [ 401, 403, 403, 201, 422, 201, body => sub {
			[ map { { project_id => $world->{project}, unit_number => 'B' . $world->another, unit_type => '3bhk', price => $_ } } 1 .. 3 ] } ],
	'GET /api/units/{id}' => [ @PUBLIC, key => made_of('unit') ],
	'PATCH /api/units/{id}' => [ @OWNER, key => made_of('unit'), body => with(price => 123.45) ],
	'DELETE /api/units/{id}' => [ @OWNER, key => made_of('unit') ],
	'GET /api/units/{id}/price-history' => [ @BUILDER, key => made_of('unit') ],
	'POST /api/units/{id}/amend' => [ @PARTY_BUILDER, key => made_of('unit'), body => with(changes => { floor => 3 }, reason => 'The plan was wrong') ],
	'POST /api/units/{id}/block' => [ @PARTY_BUILDER, key => made_of('unit') ],
	'POST /api/units/{id}/release' => [ @PARTY_BUILDER, key => sub {
			my $id = $world->unit; $world->made('POST', "/api/units/$id/block", 'aya'); $id } ],

	# Sales
	'GET /api/bookings' => [@USER],
	'POST /api/bookings' => [ 401, 201, 201, 403, 403, 201, body => sub {
			{ unit_id => $world->unit, booking_amount => 100, notes => 'Corner', $_[0] eq 'root' ? (customer_id => $world->profile('chitra')) : () } } ],
	'GET /api/bookings/{id}' => [ @PARTY, key => made_of('booking', 'pending') ],
	'PATCH /api/bookings/{id}' => [ @PARTY_BUILDER, key => made_of('booking', 'pending'), body => with(discount => 10.5) ],
	'POST /api/bookings/{id}/confirm' => [ @PARTY_BUILDER, key => made_of('booking', 'pending') ],
	'POST /api/bookings/{id}/cancel' => [ @PARTY, key => made_of('booking', 'confirmed'), body => with(reason => 'Changed my mind') ],
	'POST /api/bookings/{id}/extend' => [ @PARTY_BUILDER, key => made_of('hold'), body => sub { +{ until => $world->tomorrow, reason => 'The bank is slow' } } ],
	'POST /api/bookings/{id}/complete' => [ @PARTY_BUILDER, key => made_of('booking', 'completed'), body => with(override_reason => 'The keys are needed') ],
	'POST /api/bookings/{id}/reopen' => [ @PARTY_BUILDER, key => made_of('sold'), body => with(reason => 'A tap drips') ],
	'GET /api/bookings/{id}/payments' => [ @PARTY, key => made_of('booking', 'completed') ],
	'GET /api/bookings/{id}/statement' => [ @PARTY, key => made_of('booking', 'completed') ],
	'GET /api/payments' => [@USER],
	'POST /api/payments' => [ 401, 403, 403, 201, 422, 201, body => sub {
			{ booking_id => $world->booking('confirmed'), kind => 'instalment', milestone => 'Roof', amount => 10.01, due_date => '2030-02-28' } } ],
	'GET /api/payments/{id}' => [ @PARTY, key => made_of('payment', 'due') ],
	'PATCH /api/payments/{id}' => [ @PARTY_BUILDER, key => made_of('payment', 'due'), body => with(milestone => 'Keys') ],
	'DELETE /api/payments/{id}' => [ @PARTY_BUILDER, key => made_of('payment', 'due') ],
	'POST /api/payments/{id}/pay' => [ @PARTY, key => made_of('payment', 'due'), body => sub {
			{ method => 'upi', transaction_reference => 'P' . $world->another } } ],
	'POST /api/payments/{id}/confirm' => [ @PARTY_BUILDER, key => made_of('payment', 'submitted') ],
	'POST /api/payments/{id}/reject' => [ @PARTY_BUILDER, key => made_of('payment', 'submitted'), body => with(reason => 'Bounced') ],
	'POST /api/payments/{id}/refund' => [ created(@PARTY_BUILDER), key => made_of('payment', 'paid'), body => with(amount => 0.5) ],
	'POST /api/payments/schedule' => [ 401, 403, 403, 201, 404, 201, body => sub {
			{ booking_id => $world->booking('confirmed'),
				plan => { type => 'equal', count => 3, first_due_date => '2030-01-31', interval_months => 1 } } } ],

	# Appointments
	'GET /api/appointments' => [@USER],
	'POST /api/appointments' => [ 401, 201, 201, 403, 403, 201, body => sub {
			{ project_id => $world->{project}, kind => 'office', $world->hour, $_[0] eq 'root' ? (customer_id => $world->profile('chitra')) : () } } ],
	'GET /api/appointments/slots' => [ @PUBLIC, query => sub { "project_id=$world->{project}&date=2027-06-07" } ],
	'GET /api/appointments/{id}' => [ @PARTY, key => made_of('appointment', 'requested') ],
	'PATCH /api/appointments/{id}' => [ @PARTY, key => made_of('appointment', 'requested'), body => sub { +{ $world->hour } } ],
	'POST /api/appointments/{id}/confirm' => [ @PARTY_BUILDER, key => made_of('appointment', 'requested') ],
	'POST /api/appointments/{id}/cancel' => [ @PARTY, key => made_of('appointment', 'confirmed'), body => with(reason => 'Ill') ],
	'POST /api/appointments/{id}/complete' => [ @PARTY_BUILDER, key => made_of('past_appointment') ],
	'POST /api/appointments/{id}/no-show' => [ @PARTY_BUILDER, key => made_of('past_appointment') ],
	'PUT /api/appointments/availability' => [ 401, 403, 403, 200, 200, 200, body => sub {
			{ windows => [ map { { weekday => $_, opens => '00:00', closes => '23:59' } } 1 .. 7 ],
				$_[0] eq 'root' ? (builder_id => $world->profile('bo')) : () } } ],

	# Talk
	'GET /api/messages' => [@USER],
	'POST /api/messages' => [ 401, 201, 201, 201, 403, 201, body => sub {
			{ recipient_id => $world->id($_[0] =~ /chitra|dev/ ? 'aya' : 'chitra'), subject => 'Hello', body => 'Is it quiet?',
				$_[0] =~ /chitra|dev/ ? (project_id => $world->{project}) : () } } ],
	'GET /api/contacts' => [@USER],
	'GET /api/messages/conversations' => [@USER],
	'GET /api/messages/unread-count' => [@USER],
	'GET /api/messages/{id}' => [ 401, 200, 404, 200, 404, 200, key => made_of('message') ],
	'POST /api/messages/{id}/read' => [ 401, 403, 404, 200, 404, 403, key => made_of('message') ],
	'DELETE /api/messages/{id}' => [ 401, 200, 404, 200, 404, 404, key => made_of('message') ],
	'GET /api/notifications' => [@USER],
	'GET /api/notifications/stream' => [@USER],
	'GET /api/notifications/unread-count' => [@USER],
	'POST /api/notifications/{id}/read' => [ 401, 200, 404, 404, 404, 404, key => made_of('notification') ],
	'POST /api/notifications/read-all' => [@USER],
	'DELETE /api/notifications/{id}' => [ 401, 200, 404, 404, 404, 404, key => made_of('notification') ],

	# Construction
	'GET /api/progress' => [@PUBLIC],
	'POST /api/progress' => [ created(@OWNER), body => sub {
			{ project_id => $world->{project}, phase => 'P' . $world->another, weight => 2.5, percent => 50, planned_end => '2030-01-01' } } ],
	'GET /api/progress/{id}' => [ @PUBLIC, key => made_of('phase') ],
	'PATCH /api/progress/{id}' => [ @OWNER, key => made_of('phase'), body => with(percent => 60) ],
	'DELETE /api/progress/{id}' => [ @OWNER, key => made_of('phase') ],
	'GET /api/updates' => [@PUBLIC],
	'POST /api/updates' => [ created(@OWNER), body => sub {
			{ project_id => $world->{project}, title => 'Walls', media => [ { url => 'https://world.example/a.jpg' } ] } } ],
	'GET /api/updates/{id}' => [ @PUBLIC, key => made_of('update') ],
	'PATCH /api/updates/{id}' => [ @OWNER, key => made_of('update'), body => with(title => 'Roofs') ],
	'DELETE /api/updates/{id}' => [ @OWNER, key => made_of('update') ],
	'GET /api/change-requests' => [@USER],
	'POST /api/change-requests' => [ 401, 201, 422, 403, 403, 201, body => sub {
			{ booking_id => $world->booking('confirmed'), title => 'Floor', category => 'finishes' } } ],
	'GET /api/change-requests/{id}' => [ @PARTY, key => made_of('change_request', 'submitted') ],
	'PATCH /api/change-requests/{id}' => [ @PARTY_CUSTOMER, key => made_of('change_request', 'submitted'), body => with(title => 'Oak floor') ],
	'POST /api/change-requests/{id}/review' => [ @PARTY_BUILDER, key => made_of('change_request', 'submitted'), body => with(estimated_cost => 99) ],
	'POST /api/change-requests/{id}/approve' => [ @PARTY_BUILDER, key => made_of('change_request', 'under_review'), body => with(approved_cost => 99.99) ],
	'POST /api/change-requests/{id}/reject' => [ @PARTY_BUILDER, key => made_of('change_request', 'under_review'), body => with(decision_note => 'Bearing wall') ],
	'POST /api/change-requests/{id}/complete' => [ @PARTY_BUILDER, key => made_of('change_request', 'approved') ],
	'POST /api/change-requests/{id}/accept' => [ @PARTY_CUSTOMER, key => made_of('change_request', 'under_review'), body => with(cost => 1000.5) ],
	'POST /api/change-requests/{id}/withdraw' => [ @PARTY_CUSTOMER, key => made_of('change_request', 'submitted') ],
	'GET /api/models' => [@PUBLIC],
	'POST /api/models' => [ created(@OWNER), body => sub {
			{ project_id => $world->{project}, name => 'M' . $world->another, format => 'glb', file_url => 'https://world.example/m.glb' } } ],
	'GET /api/models/{id}' => [ @PUBLIC, key => made_of('model') ],
	'PATCH /api/models/{id}' => [ @OWNER, key => made_of('model'), body => with(size_bytes => 1000000) ],
	'DELETE /api/models/{id}' => [ @OWNER, key => made_of('model') ],

	# The site
	'GET /api/settings' => [@PUBLIC],
	'GET /api/settings/{key}' => [ @PUBLIC, key => made_of('setting') ],
	'PUT /api/settings/{key}' => [ 401, 403, 403, 403, 403, 200, key => made_of('setting'), body => with(value => [1]) ],
	'DELETE /api/settings/{key}' => [ 401, 403, 403, 403, 403, 200, key => made_of('setting') ],
	'GET /api/search' => [ @PUBLIC, query => sub { 'q=palm' } ],
	(map { ("GET /api/analytics/$_" => [@BUILDER]) } qw(sales inventory collections pipeline progress)),
	'GET /api/audit' => [@BUILDER],
);

sub reset_token
{
	my $email = $world->stranger->{email};

	$world->made('POST', '/api/auth/forgot-password', undef, { email => $email });
	return $node->sql("SELECT data ->> 'token' FROM realty.outbox WHERE recipient = '$email' ORDER BY id DESC LIMIT 1");
}

# -- The walk ------------------------------------------------------------------------------

my @callers = (undef, qw(chitra dev aya bo root));
my %route = map { $_->{method} . ' ' . $_->{path} => $_ }
  @{ $json->decode($node->sql('SELECT json_agg(r ORDER BY id) FROM realty.routes r')) };
my $document = $node->http("GET", "/openapi.json")->{json};
my @exchanges;

# Everything that a rejected request could have changed.
my $everything = join ' UNION ALL ', map { "SELECT '$_', count(*), coalesce(max(xmin::text::bigint), 0) FROM realty.$_" }
  split /\n/, $node->sql(q{SELECT relname FROM pg_class WHERE relnamespace = 'realty'::regnamespace AND relkind = 'r' ORDER BY 1});

sub fingerprint { return $node->sql($everything); }

# One call of a route; the case says with what.
sub call
{
	my ($route, $who, $key, %how) = @_;
	my $path = $route->{path} =~ s/\{\w+\}/$key/r;
	my $body = $how{body} && $how{body}->($who // '');
	# a stream would stay open
	my %headers = (Prefer => 'wait=0');

	$path .= '?' . $how{query}->() if $how{query};
	local $world->{people}{own} = $how{as} ? $how{as}->() : { token => $world->session($who)->{token} }
	  if defined $who && ($how{as} || $how{token});
	my $answer = $world->as(defined $who && ($how{as} || $how{token}) ? 'own' : $who, $route->{method}, $path, $body, \%headers);
	seen($route, $who, $answer);
	return $answer;
}

# For the validator.
sub seen
{
	my ($route, $who, $answer) = @_;
	push @exchanges, $json->encode({ what => $who // 'nobody', path => $route->{path}, method => $route->{method},
		status => $answer->{status}, body => $answer->{content} eq '' ? undef : $answer->{json} });
	return;
}

sub walk
{
	my ($name, @case) = @_;
	my ($route, @expected) = ($route{$name}, splice @case, 0, 6);
	my %how = @case;
	my (@wrong, $shared);

	# Rejected callers request the same row, and change nothing.
	$shared = $how{key}->() if $how{key};
	my @refused = grep { $expected[$_] >= 400 } 0 .. $#callers;
	my %bodies = map { my $who = $callers[$_] // ''; $_ => $how{body} ? $how{body}->($who) : undef } @refused;
	my $before = @refused ? fingerprint() : '';
	for my $n (@refused)
	{
		my $answer = call($route, $callers[$n], $shared, %how, $how{body} ? (body => sub { $bodies{$n} }) : ());
		push @wrong, complaint($callers[$n], $expected[$n], $answer) if $answer->{status} != $expected[$n];
	}
	push @wrong, 'a rejected request changed something' if $before ne (@refused ? fingerprint() : '');

	for my $n (grep { $expected[$_] < 400 } 0 .. $#callers)
	{
		my $answer = call($route, $callers[$n], $how{key} ? $how{key}->() : undef, %how);
		push @wrong, complaint($callers[$n], $expected[$n], $answer) if $answer->{status} != $expected[$n];
		push @wrong, "no X-Request-Id" if !$answer->{headers}{'x-request-id'};
	}

	# An invalid token is rejected on every route; where one signs in it is ignored.
	for my $who (qw(ina late forger))
	{
		next if grep { $_ eq 'anonymous' } @{ $route->{roles} };
		my $answer = call($route, $who, $shared, query => $how{query}, body => $how{body});
		push @wrong, complaint($who, 401, $answer) if $answer->{status} != 401;
	}
	is(join("\n", @wrong), '', $name);
	return;
}

sub complaint
{
	my ($who, $expected, $answer) = @_;
	return ($who // 'nobody') . ": $answer->{status} instead of $expected: " . substr $answer->{content}, 0, 400;
}

for my $name (sort { $route{$a}{id} <=> $route{$b}{id} } keys %route)
{
	$CASES{$name} ? walk($name, @{ $CASES{$name} }) : fail("$name has no case");
}
is_deeply([ grep { !$route{$_} } sort keys %CASES ], [], 'no case is without its route');

# -- Invalid requests ----------------------------------------------------------------------

# A permitted caller, with the case's values; each invalid value replaces one of them.
sub may
{
	my ($name) = @_;
	my ($n) = grep { $CASES{$name}[$_] < 400 } 3, 1, 5, 0;    # Aya, Chitra, Root, no token
	return $callers[$n];
}

sub ask
{
	my ($route, $who, $path, $body, $headers) = @_;
	my $answer = $world->as($who, $route->{method}, $path, $body, { Prefer => 'wait=0', %{ $headers // {} } });
	seen($route, $who, $answer);
	return $answer;
}

sub names_field
{
	my ($answer, $field) = @_;
	return 1 if grep { $_->{loc}[1] eq $field } @{ $answer->{json}{detail} // [] };
	return grep { ($_->{field} // '') =~ /^(?:\[0\]\.)?\Q$field\E\b/ } @{ $answer->{json}{error}{details} // [] };
}

sub hostile
{
	my ($name) = @_;
	my ($route, %how) = ($route{$name}, @{ $CASES{$name} }[ 6 .. $#{ $CASES{$name} } ]);
	my $who = may($name);
	my $key = $how{key} && $how{key}->();
	my $path = $route->{path} =~ s/\{\w+\}/$key/r;
	my $query = $how{query} ? '?' . $how{query}->() : '';
	my @wrong;
	my $expect = sub {
		my ($what, $status, $answer, $field) = @_;
		push @wrong, "$what: " . complaint($who, $status, $answer) if $answer->{status} !~ /^(?:$status)$/;
		push @wrong, "$what: $field is not named: $answer->{content}" if defined $field && !names_field($answer, $field);
	};

	if ($route->{path} =~ /\{id\}/)
	{
		$expect->("/$_", 404, ask($route, $who, $route->{path} =~ s/\{id\}/$_/r, $how{body} && $how{body}->($who // '')))
		  for $none, 'abc', '0x1', '-1', '99999999999999999999', '1%20OR%201=1', '%F0%9F%8F%A0';
		$expect->("/$_", 400, ask($route, $who, $route->{path} =~ s/\{id\}/$_/r)) for '%00', '%C0%AF', '%zz';
	}
	if ($route->{method} eq 'GET')
	{
		my $with = $query ? "$path$query&" : "$path?";
		my $answer = ask($route, $who, "$with" . 'no_such=1');
		$expect->('unknown parameter', 422, $answer, 'no_such');
		my $plain = ask($route, $who, "$path$query");
		if (!$route->{media_type} && grep { $_ eq 'public' } @{ $route->{roles} })
		{
			my $again = ask($route, $who, "$path$query", undef, { 'If-None-Match' => $plain->{headers}{etag} // '' });
			$expect->('If-None-Match', 304, $again);
		}
		hostile_list($route, $who, $with, $expect) if $route->{handler} eq 'list';
	}
	hostile_body($route, $who, $path, $expect, %how) if $how{body};

	my %known = map { $_->{method} => 1 } grep { $path =~ pattern($_) } values %route;
	my ($method) = grep { !$known{$_} } qw(PUT PATCH DELETE POST);
	my $answer = $world->as($who, $method, $path, undef);
	$expect->($method, 405, $answer);
	push @wrong, "Allow of $path: " . ($answer->{headers}{allow} // 'none')
	  if !grep { $_ eq $route->{method} } split /, */, $answer->{headers}{allow} // '';
	is(join("\n", @wrong), '', "$name rejects what is invalid");
	return;
}

sub pattern { my ($path) = $_[0]{path} =~ s/\{\w+\}/[^\/]+/r; return qr/^$path$/; }

sub hostile_list
{
	my ($route, $who, $with, $expect) = @_;

	$expect->($_, 422, ask($route, $who, $with . $_), m/^(\w+)/)
	  for qw(limit=0 limit=101 limit=x page=0 page=x sort=no_such sort=-no_such after=x limit=5&limit=6);
	$expect->('pages', 200, ask($route, $who, $with . 'limit=1&page=100000'));
	return;
}

sub hostile_body
{
	my ($route, $who, $path, $expect, %how) = @_;
	my $post = sub { ask($route, $who, $path, $_[0], { 'Content-Type' => $_[1] // 'application/json' }) };
	my $many = $route->{handler} eq 'create_many';
	my $changed = sub {
		my ($field, $value) = @_;
		my $body = $how{body}->($who // '');
		return encode_json($many ? [ { %{ $body->[0] }, $field => $value } ] : { %$body, $field => $value });
	};

	$expect->("body $_", 400, $post->($_)) for '{', '{"a": 01}', '{"a": "\ud800"}', "{\"a\": \"\xff\"}", '{"a": 1, "a": 2}';
	$expect->("body $_", 422, $post->($_)) for $many ? ('{}', '[]', '[1]', 'null') : ('[]', '"text"', 'null', '[1]');
	$expect->('text/plain', 415, $post->('{}', 'text/plain'));
	$expect->('unknown field', 422, $post->($changed->(no_such => 1)), 'no_such');
	$expect->('NUL', '400|422', $post->($changed->(no_such => "\0")));

	my $operation = $document->{paths}{ $route->{path} }{ lc $route->{method} };
	my $schema = $operation->{requestBody}{content}{'application/json'}{schema};
	$schema = $document->{components}{schemas}{ $schema->{'$ref'} =~ s{.*/}{}r } if $schema->{'$ref'};
	my $fields = $schema->{properties} // {};
	for my $field (sort keys %$fields)
	{
		next if !$fields->{$field}{type} && !$fields->{$field}{enum};    # any JSON
		$expect->("$field of a wrong type", 422, $post->($changed->($field => { a => [] })), $field);
	}
	hostile_values($how{body}->($who // ''), $fields, $post, $expect, $how{as});
	return;
}

# Raw JSON in place of a value. Text may be accepted where text is wanted; what matters here is that
# no response is a 5xx and that the server survives.
my @HOSTILE = (
	qw(null true -1 0 1.5 1e400 -1e400 1e-400 99999999999999999999 -0 9223372036854775808 2147483648 [] {} [null]),
	map({ qq{"$_"} } '', qw(NaN Infinity -infinity epoch now today 0000-00-00 2026-02-30 294277-01-01 5874898-01-01
		  24:00:01 \u0000 \ud800 \udc00\ud800 \u202e\u0301 %s%n%x ../../etc/passwd), 'true\r\nX-Evil:1',
		'${jndi:ldap://127.0.0.1/x}', "'; DROP TABLE realty.users; --", '1) OR 1=1 --', '$$;SELECT pg_sleep(9);$$',
		'<script>alert(1)</script>', "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xef\xbf\xbf",
		'x' x 100000, "\xf0\x9f\x8f\xa0" x 3000),
	'["x", 1]', '[' x 9000 . ']' x 9000, '{"a":' x 5000 . '1' . '}' x 5000, '[' . '1,' x 20000 . '1]', '9' x 5000,
	'0.' . '0' x 5000 . '1');
my $sent = 0;

sub hostile_values
{
	my ($body, $fields, $post, $expect, $stranger) = @_;
	my $row = ref $body eq 'ARRAY' ? $body->[0] : $body;
	my $step = $ENV{SIZE} eq 'full' ? 1 : 14;

	for my $field (sort keys %$fields)
	{
		for (my $i = $sent % $step; $i < @HOSTILE; $i += $step)
		{
			my $rest = encode_json({ map { $_ eq $field ? () : ($_ => $row->{$_}) } keys %$row }) =~ s/\}\z//r;
			my $text = $rest . ($rest eq '{' ? '' : ',') . "\"$field\":$HOSTILE[$i]}";
			my $shown = substr $HOSTILE[$i], 0, 40;

			local $world->{people}{aya} = $stranger->() if $stranger;
			$expect->("$field: $shown", '2..|4..', $post->(ref $body eq 'ARRAY' ? "[$text]" : $text));
		}
		$sent++;
	}
	# what was taken may stand in the way of the next route
	$node->sql(<<'END');
UPDATE realty.user_credentials SET failed_logins = 0, locked_until = NULL;
UPDATE realty.builders SET time_zone = DEFAULT;
DELETE FROM realty.builder_availability;
END
	return;
}

note('shortened: every fourteenth hostile value for each field of a body') if $ENV{SIZE} ne 'full';
my $started = $node->sql('SELECT pg_postmaster_start_time()');
hostile($_) for grep { $CASES{$_} } sort { $route{$a}{id} <=> $route{$b}{id} } keys %route;

SKIP:
{
	skip 'the validators are not installed (tools/install-packages test)', 1 if !-d 't/node/node_modules';
	my $told = "$PostgreSQL::Test::Utils::tmp_check/openapi.json";
	my $seen = "$PostgreSQL::Test::Utils::tmp_check/exchanges";
	for ([ $told, $json->encode($document) ], [ $seen, join "\n", @exchanges ])
	{
		open my $out, '>', $_->[0] or die $!;
		print $out $_->[1];
		close $out;
	}
	is(qx(node t/node/answers.mjs $told $seen), scalar(@exchanges) . " looked at\n", 'every answer is as /openapi.json says');
}
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'and every sum is right');
is($node->sql('SELECT pg_postmaster_start_time()'), $started, 'the server stood');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP:/, 'and so did its processes');

done_testing();
