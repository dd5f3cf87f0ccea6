# The gateway's log: a line of JSON for each request with what an operator asks for, and
# never a token, a password, a query string's value or a body.
use strict;
use warnings;

use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start(
	gateway => 1,
	sample  => 1,
	conf    => "realty.slow_request = 0\nshared_preload_libraries = 'realty,pg_stat_statements'\npg_stat_statements.track = all\n");
my $log_at = -s $node->logfile;

# Lines since $log_at, by request id.
sub lines
{
	my %lines;

	for my $line (split /\n/, slurp_file($node->logfile, $log_at))
	{
		next if $line !~ /^\{"time":/;
		my $read = eval { decode_json($line) };
		ok($read, 'it is JSON') or diag($line) unless $read;
		push @{ $lines{ $read->{id} } }, $read if $read;
	}
	return \%lines;
}

# The line of this request, which is written when its last byte is out.
sub line_of
{
	my ($id) = @_;
	my $limit = time + 30;

	while (time < $limit)
	{
		my $found = lines()->{$id};
		return $found->[0] if $found;
		sleep 0.02;
	}
	fail("no line for $id");
	return {};
}

my $counter = 0;

sub ask
{
	my ($method, $path, $body, %headers) = @_;
	my $id = 'test-' . ++$counter;
	my $answer = $node->http($method, $path, $body, { %headers, 'X-Request-Id' => $id });
	return ($answer, line_of($id));
}

sub until_true
{
	my ($condition) = @_;
	my $limit = time + 30;

	while (time < $limit)
	{
		return 1 if $condition->();
		sleep 0.05;
	}
	return 0;
}

# What must not be in it, from each place of a request
my $password = 'sample-password';
my ($login, $line) = ask('POST', '/api/auth/login',
	{ email => 'customer@example.com', password => $password }, 'User-Agent' => 'secret-agent-9');
is($login->{status}, 200, 'a login');
is_deeply([ @$line{qw(method route status)} ], [ 'POST', '/api/auth/login', 200 ], 'is logged with its route');
is($line->{bytes_out}, length $login->{content}, 'with the bytes of its answer');
cmp_ok($line->{bytes_in}, '>', 40, 'and of its body');
like($line->{time}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'the time is ISO 8601');
cmp_ok($line->{db_ms}, '>', 1, 'the time in the database (a password was hashed)');
cmp_ok($line->{ms}, '>=', $line->{db_ms}, 'is part of all of it');
my $token = $login->{json}{data}{token};
my $refresh = $login->{json}{data}{refresh_token};
my @bearer = (Authorization => "Bearer $token");
my $me = $node->sql(q{SELECT id FROM realty.users WHERE email = 'customer@example.com'});

my ($answer, $list) = ask('GET', '/api/projects?city=Secretville&page=1&q=hush-hush', undef, @bearer);
is($answer->{status}, 200, 'a list');
is($list->{route}, '/api/projects', 'is logged without its query string');
is($list->{user_id}, $me, 'and its user');
my ($other) = ask('GET', '/api/bookings?limit=1', undef, @bearer);
my $booking = $other->{json}{data}{bookings}[0]{id};
(undef, $line) = ask('GET', "/api/bookings/$booking?secret=hush-hush", undef, @bearer);
is($line->{route}, '/api/bookings/{id}', 'a path by its pattern') or diag(encode_json($line));
(undef, $line) = ask('POST', '/api/auth/refresh', { refresh_token => $refresh });
is($line->{user_id}, undef, 'without a token there is no id');

# Errors, of the gateway and of the database
(undef, $line) = ask('GET', '/api/nowhere/hush-hush');
is_deeply([ @$line{qw(route status)} ], [ undef, 404 ], 'no route, and nothing of the path');
(undef, $line) = ask('GET', '/elsewhere/hush-hush');
is_deeply([ @$line{qw(route status db_ms)} ], [ undef, 404, undef ], 'not even below /api');
(undef, $line) = ask('GET', '/health');
is_deeply([ @$line{qw(route status db_ms)} ], [ '/health', 200, undef ], "the gateway's own");
(undef, $line) = ask('GET', '/api/projects', undef, Authorization => 'Bearer hush-hush');
is_deeply([ @$line{qw(route status user_id)} ], [ '/api/projects', 401, undef ], 'a false token');
(undef, $line) = ask('POST', '/api/projects', '{"hush-hush', 'Content-Type' => 'application/json', @bearer);
is($line->{status}, 403, 'a refusal of the role') or diag(encode_json($line));
(undef, $line) = ask('HEAD', '/api/projects');
is($line->{method}, 'HEAD', 'HEAD is logged as HEAD');
(undef, $line) = ask('GET', '/api/projects?q=' . ('x' x 5000));
is($line->{status}, 414, 'too long');

my $log = slurp_file($node->logfile, $log_at);
my ($signature) = $token =~ /\.([^.]+)$/;
unlike($log, qr/\Q$_->[1]\E/, "nowhere in the log: $_->[0]")
  for [ 'a password', $password ], [ 'a token', $token ], [ 'its signature', $signature ],
  [ 'a refresh token', $refresh ], [ 'a value of a query string', 'Secretville' ], [ 'another', 'hush-hush' ],
  [ 'a header', 'secret-agent-9' ], [ 'an e-mail address', 'customer@example.com' ];
is_deeply([ grep { @$_ != 1 } values %{ lines() } ], [], 'one line for each request');
my %known = map { $_ => 1 } qw(time id method route status user_id ms db_ms bytes_in bytes_out);
is_deeply([ grep { !$known{$_} } map { keys %{ $_->[0] } } values %{ lines() } ], [], 'and nothing else is in it');

# A slow one: with what finds its statement, also where the log is off
$node->sql('CREATE EXTENSION pg_stat_statements');
sub reload_with
{
	my ($lines) = @_;
	my $at = -s $node->logfile;

	$node->append_conf('postgresql.conf', $lines);
	$node->reload;
	$node->wait_for_log(qr/realty gateway started/, $at);
	$node->wait_ready;
	return;
}
reload_with("realty.slow_request = 1ms\n");
# another statement than any before, so that planning it takes its time
(undef, $line) = ask('POST', '/api/auth/login', { email => 'builder@example.com', password => $password });
ok($line->{slow}, 'a slow one says so');
like($line->{query_id} // '', qr/^-?\d+$/, "and names its statement");
is($node->sql("SELECT count(*) FROM pg_stat_statements WHERE queryid = $line->{query_id}"), 1,
	'which pg_stat_statements knows');
like($node->sql("SELECT query FROM pg_stat_statements WHERE queryid = $line->{query_id}"),
	qr{^\w+ /\* POST /api/auth/login \*/ }, 'by the name of its route');

# A site's trigger that asks the API itself: what its request runs has its own name, and what comes after
# it that of the request around it.
$node->sql(<<'END');
CREATE FUNCTION public.ask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN PERFORM realty.request('GET', '/api/builders?limit=1'); RETURN NEW; END $$;
CREATE TRIGGER projects_999_ask AFTER UPDATE ON realty.projects FOR EACH ROW EXECUTE FUNCTION public.ask();
END
my $labels = $node->sql(<<'END');
SET client_min_messages = error;
SELECT realty.issue_token(b.user_id) AS token, p.id AS project FROM realty.projects p JOIN realty.builders b ON b.id = p.builder_id LIMIT 1 \gset
SELECT pg_stat_statements_reset() \gset
SELECT status FROM realty.request('PATCH', '/api/projects/' || :project, '{"description": "new"}', jsonb_build_object('authorization', 'Bearer ' || :'token')) \gset
SELECT DISTINCT substring(query FROM '^\w+ /\* (.*?) \*/') || ': ' || substring(query FROM '\m(UPDATE|SELECT)\M') AS label
FROM pg_stat_statements WHERE query ~ '^\w+ /\* ' ORDER BY 1;
END
is($labels, join("\n", 'GET /api/builders: SELECT', 'PATCH /api/projects/{id}: SELECT', 'PATCH /api/projects/{id}: UPDATE'),
	'statements have the name of the request that they are of');
reload_with("realty.access_log = off\n");
my $id = 'test-silent';
$node->http('GET', '/health', undef, { 'X-Request-Id' => $id });
(undef, $line) = ask('POST', '/api/auth/login', { email => 'builder@example.com', password => $password });
ok($line->{slow}, 'off: the slow one is logged all the same');
ok(!lines()->{$id}, 'and the quick one is not');

# jsonlog beside it: the collector takes the gateway's lines as they are
$node->append_conf('postgresql.conf', <<'END');
realty.access_log = on
logging_collector = on
log_destination = 'jsonlog'
log_directory = 'log'
log_filename = 'collected.log'
END
$node->restart;
$node->wait_ready;
$node->http('GET', '/health', undef, { 'X-Request-Id' => 'test-collected' });
ok( until_true(sub { -e $node->data_dir . '/log/collected.log'
			&& slurp_file($node->data_dir . '/log/collected.log') =~ /^\{"time":[^\n]*"id":"test-collected"[^\n]*\}$/m }),
	'with the collector they are in its plain file');
ok(!grep({ !eval { decode_json($_) } } split /\n/, slurp_file($node->data_dir . '/log/collected.json')),
	'and its JSON file is JSON');

done_testing();
