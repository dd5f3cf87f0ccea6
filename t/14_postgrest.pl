# PostgREST itself, where the program is on PATH: the cases of t/11_postgrest_shape.pl over
# HTTP with @supabase/postgrest-js, whether it sends the statements which that file takes for
# its own, its description of the API, and the limits.
#
# With POSTGREST_URL the cases alone are asked of a PostgREST elsewhere. Its database is
# fresh, has rate limits off, and one account: realty.create_admin('admin@shape.example',
# 'a long pass phrase').
use strict;
use warnings;

use HTTP::Tiny;
use IPC::Run;
use JSON::PP;
use Test::More;

use PostgreSQL::Test::Utils qw(slurp_file);

use lib 't/lib';
use Postgrest;
use PostgrestCases;
use PostgrestShape;
use Realty;

my $elsewhere = $ENV{POSTGREST_URL};
my $program = Postgrest->find;
plan skip_all => Postgrest::MISSING if !$program && !$elsewhere;
plan skip_all => '@supabase/postgrest-js is not installed (tools/install-packages test)'
  if !-d 't/node/node_modules/@supabase/postgrest-js';

my $json = JSON::PP->new->canonical->utf8;
my $http = HTTP::Tiny->new(timeout => Realty::PATIENCE);
my %kept = PostgrestCases::remembered();
my ($node, $shape, $rest);

# The client, a line at a time
my ($in, $out, $client) = ('', '');
sub ask_at
{
	my ($url) = @_;
	$client = IPC::Run::start([ 'node', 't/node/postgrest.mjs', $url ], '<', \$in, '>', \$out);
	return;
}

sub answer
{
	my ($case, $token) = @_;
	$in .= $json->encode({ case => $case, token => $token }) . "\n";
	$client->pump until $out =~ /\n/;
	$out =~ s/^(.*)\n//;
	return $json->decode($1);
}

# White space in PostgREST's statements is of no account.
sub plain
{
	my ($statement) = @_;
	$statement =~ s/\s+/ /g;
	$statement =~ s/ ?([(),]) ?/$1/g;
	return $statement;
}

# What the log says was sent since the last time, run or refused when it was planned: the
# begin, the settings by name with the search path, the pre-request and the statement.
my $read = 0;
sub sent
{
	my $log = slurp_file($node->logfile, $read);
	$read += length $log;
	my ($begin) = $log =~ /execute [^:]+: (BEGIN.*)/;
	my ($settings, $path) = $log =~ /execute [^:]+: select (set_config.*)\n.*DETAIL:  parameters: \$1 = '(.*?)', \$2/;
	my ($before) = $log =~ /execute [^:]+: (select "api"\."pre_request".*)/;
	my ($statement) = $log =~ /(?:execute [^:]+|STATEMENT): +(WITH pgrst_source.*)/;
	return join "\n", $begin, join(' ', $settings =~ /set_config\('(.*?)'/g), $path, $before, $statement ? plain($statement) : ();
}

# The same of a case. One whose session has ended is refused before its statement.
sub should
{
	my ($case) = @_;
	my @names = PostgrestShape::settings($case) =~ /set_config\('(.*?)'/g;
	return join "\n", $shape->begin($case), "@names", PostgrestShape::SEARCH_PATH, PostgrestShape::PRE_REQUEST,
	  ($case->{code} // '') eq 'PT401' && !$case->{rpc} ? () : plain($shape->plan($case)->{statement});
}

sub cases
{
	my @different;

	for my $case (PostgrestCases::load())
	{
		my $filled = PostgrestCases::filled($case, \%kept);

		PostgrestCases::judge($filled, answer($filled, defined $case->{as} ? $kept{ $case->{as} } : undef), \%kept);
		next if $elsewhere;
		my $is = sent();
		next if $case->{method};
		my $should = should($filled);
		push @different, "$case->{name}\n$is\n$should" if $is ne $should;
	}
	is(join("\n\n", @different), '', 'it sends what PostgrestShape takes for it') if !$elsewhere;
	return;
}

# The root: an OpenAPI document of what the caller may use, in the words of our comments
sub describes
{
	my ($who) = @_;
	my $answer = $http->get($rest->url . '/', { headers => { $who ? (Authorization => "Bearer $kept{$who}") : () } });
	return $json->decode($answer->{content});
}

sub description
{
	my ($anonymous, $builder) = (describes(), describes('asha'));
	my $rows = $builder->{definitions};
	my @fifteen = qw(users builders projects units bookings payments appointments messages notifications
	  project_progress construction_updates change_requests models_3d system_settings customers);

	is($anonymous->{info}{title}, 'realty: projects, units and their bookings', 'the title of the description');
	is(join(' ', grep { !$rows->{$_} } @fifteen), '', 'the fifteen resources are described');
	is(join(' ', grep { !$rows->{$_}{description} } @fifteen), '', 'each by a sentence');
	ok(!$anonymous->{definitions}{bookings}, 'not what the caller may not read');
	is($rows->{bookings}{properties}{status}{description}, 'Must be one of pending, confirmed, completed, cancelled, expired.',
		'a status by what it can be');
	is($rows->{projects}{properties}{project_type}{default}, 'residential', 'a default by its value');
	is($builder->{paths}{'/rpc/pay_payment'}{post}{summary},
		'Records how a payment was made; its builder confirms or rejects it. Cash needs no reference.', 'a function by its first line');
	like($builder->{paths}{'/rpc/pay_payment'}{post}{description}, qr/^Errors PT404/, 'and the rest');
	return;
}

# The commands that docs/postgrest.md shows run as they are printed.
sub documented
{
	my ($block) = slurp_file('docs/postgrest.md') =~ /<!-- test:postgrest-curl -->\n```sh\n(.*?)```/s;
	my $out = '';

	local $ENV{REST} = $rest->url;
	ok(IPC::Run::run([ 'bash', '-euo', 'pipefail', '-c', $block ], '<', \undef, '>&', \$out), 'docs/postgrest.md runs as printed') or diag($out);
	like($out, qr/"status":"confirmed"/, 'up to a confirmed booking');
	like($out, qr/"balance":8600000.00,"units":\{"unit_number": "301"\}.*"customer":\{"name": "Arjun Nair"\}/, 'with what hangs on it');
	return;
}

# A client beyond its rate limit is told when to retry.
sub limits
{
	my @answers;

	$node->append_conf('postgresql.conf', <<'END');
realty.rate_limits = on
realty.rate_limit_address_auth = '3/h'
realty.postgrest_client_header = 'X-Forwarded-For'
END
	$node->reload;
	$node->poll_query_until('realty', q{SELECT current_setting('realty.rate_limits') = 'on'});
	# its connections were there before, and read the file between two requests
	for (1 .. 40)
	{
		push @answers, $http->post($rest->url . '/rpc/login', { headers => { 'Content-Type' => 'application/json',
					'X-Forwarded-For' => '192.0.2.7' }, content => '{"email": "a@shape.example", "password": "x"}' });
		last if $answers[-1]{status} == 429;
	}
	my $last = $answers[-1];
	is($last->{status}, 429, 'too many logins from one address');
	is($json->decode($last->{content})->{code}, 'too_many_requests', 'get that code');
	like($last->{headers}{'retry-after'} // '', qr/^\d+$/, 'and when to come again');
	is($http->get($rest->url . '/projects?limit=0', { headers => { 'X-Forwarded-For' => '192.0.2.7' } })->{status}, 200, 'reading goes on');
	return;
}

# One that was there before the extension serves it as soon as it is there.
sub comes_later
{
	$node->safe_psql('postgres', q{CREATE DATABASE later TEMPLATE template0 ENCODING 'UTF8'});
	# an empty schema is one that it need not ask for again
	$node->safe_psql('later', 'CREATE SCHEMA api; GRANT USAGE ON SCHEMA api TO realty_anon');
	$rest->stop;
	$rest = Postgrest->start($program, $node, database => 'later', ready => 404);
	$node->safe_psql('later', 'BEGIN; DROP SCHEMA api; CREATE EXTENSION realty; COMMIT');
	$rest->wait_ready;
	pass('a PostgREST that was there first serves the extension');
	return;
}

if ($elsewhere)
{
	ask_at($elsewhere);
	cases();
}
else
{
	$node = Realty->start;
	PostgrestCases::prepare($node);
	$shape = PostgrestShape->new($node);
	$node->sql(q{ALTER ROLE realty_authenticator SET log_statement = 'all'; ALTER ROLE realty_authenticator SET log_parameter_max_length = -1});
	$rest = Postgrest->start($program, $node);
	ask_at($rest->url);
	$read = -s $node->logfile;
	cases();
	is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'check_invariants() is empty');
	description();
	documented();
	limits();
	comes_later();
}
$client->finish;

done_testing();
