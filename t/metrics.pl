# /metrics: Prometheus understands it, it counts what happened, it has an answer when the
# database has none, and for clients that are not permitted there is no such path. realty.status() beside it.
use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start(gateway => 1, sample => 1, conf => "realty.hold_minutes = 10\nrealty.check_interval = 0\n");

my ($promtool) = grep { -x } map { "$_/promtool" } split /:/, $ENV{PATH};

sub scrape
{
	my (%headers) = @_;
	my $answer = $node->http('GET', '/metrics', undef, \%headers);

	return wantarray ? ($answer->{content}, $answer) : $answer->{content};
}

# One series' value; undef when it is not there.
sub value
{
	my ($text, $series) = @_;
	return $text =~ /^\Q$series\E (\S+)$/m ? $1 : undef;
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

# The format, line by line, whether promtool is there or not.
sub faults_of
{
	my ($text) = @_;
	my (%type, %help, %seen, @errors);
	my $name = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
	my $label = qr/[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"/;

	for my $line (split /\n/, $text)
	{
		if ($line =~ /^# HELP ($name) \S/) { push @errors, "twice: $line" if $help{$1}++; }
		elsif ($line =~ /^# TYPE ($name) (counter|gauge|histogram)$/) { push @errors, "twice: $line" if $type{$1}; $type{$1} = $2; }
		elsif ($line =~ /^($name)(\{$label(?:,$label)*\})? -?(?:\d+(?:\.\d+)?(?:e[-+]\d+)?|\+Inf)$/)
		{
			my ($of, $labels) = ($1, $2 // '');
			push @errors, "twice: $line" if $seen{"$of$labels"}++;
			(my $family = $of) =~ s/_(?:bucket|sum|count)$// if !$type{$of};
			$family //= $of;
			push @errors, "without a type: $line" if !$type{$family};
			push @errors, "a counter that is not named so: $line"
			  if ($type{$family} // '') eq 'counter' && $family !~ /_total$/;
		}
		else { push @errors, "not understood: $line"; }
	}
	push @errors, map { "no help: $_" } grep { !$help{$_} } keys %type;
	push @errors, 'no line break at the end' if $text !~ /\n\z/;
	return @errors;
}

# Something to count
my $password = 'sample-password';
my $token = $node->login('customer@example.com', $password);
is($node->http('POST', '/api/auth/login', { email => 'customer@example.com', password => 'wrong-password' })->{status}, 401, 'a wrong password');
my @bearer = ({ Authorization => "Bearer $token" });
my $unit = $node->sql(q{SELECT min(u.id) FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
	WHERE u.status = 'available' AND p.status IN ('launched', 'construction')});
is($node->http('POST', '/api/bookings', { unit_id => $unit }, @bearer)->{status}, 201, 'a booking');
is($node->http('POST', '/api/bookings', { unit_id => $unit }, @bearer)->{status}, 409, 'a conflict');
$node->http('GET', "/api/projects?page=$_") for 1 .. 5;
$node->http('GET', "/nowhere/$_") for 1 .. 5;
$node->http('BREW', '/api/projects');
$node->sql(q{INSERT INTO realty.outbox (kind, recipient, created_at) VALUES ('letter', 'a@example.com', now() - interval '1 hour')});

my ($text, $answer) = scrape();
is($answer->{status}, 200, 'a scrape');
is($answer->{headers}{'content-type'}, 'text/plain; version=0.0.4; charset=utf-8', 'in the format it says');
is_deeply([ faults_of($text) ], [], 'which it is in');
SKIP:
{
	skip 'promtool (Debian: prometheus) is not there', 2 if !$promtool;
	my ($in, $out) = (PostgreSQL::Test::Utils::tempdir() . '/metrics', '');
	open my $file, '>', $in or die "could not write $in: $!";
	print $file $text;
	close $file;
	$out = `$promtool check metrics < $in 2>&1`;
	is($?, 0, 'promtool check metrics accepts it') or diag($out);
	is($out, '', 'and has nothing to remark');
}
my %expected = (
	'realty_http_requests_total{method="GET",route="/api/projects",status="200"}' => 5,
	'realty_http_requests_total{method="POST",route="/api/bookings",status="201"}' => 1,
	'realty_http_requests_total{method="POST",route="/api/bookings",status="409"}' => 1,
	'realty_http_requests_total{method="GET",route="none",status="404"}' => 5,
	'realty_http_requests_total{method="other",route="/api",status="405"}' => 1,
	'realty_http_request_duration_seconds_count{method="GET",route="/api/projects"}' => 5,
	'realty_http_request_duration_seconds_bucket{method="GET",route="/api/projects",le="+Inf"}' => 5,
	'realty_gateway_database_connections{state="down"}' => 0,
	'realty_gateway_queue_limit' => 256,
	'realty_up' => 1,
	'realty_login_failures_total' => 1,
	'realty_conflicts_total' => 1,
	'realty_refusals_total{code="unit_unavailable"}' => 1,
	'realty_outbox_waiting' => 1,
	'realty_supervisor_up' => 1,
	'realty_rate_limited_total' => 0,
);
is(value($text, $_), $expected{$_}, $_) for sort keys %expected;
cmp_ok(value($text, 'realty_logins_total'), '==', 1, 'logins');
cmp_ok(value($text, 'realty_outbox_lag_seconds'), '>', 3500, 'the oldest e-mail waits for an hour');
cmp_ok(value($text, 'realty_http_database_seconds_total{method="POST",route="/api/auth/login"}'), '>', 0, 'time in the database');
is(value($text, 'realty_deviations'), undef, 'what is not known yet is left out');
unlike($text, qr/nowhere|BREW|customer@|\Q$token\E/, 'nothing that a client chose is a label');

# What was undone was not done
$node->sql('SELECT 1');
my $bookings = value($text, 'realty_bookings_total');
$node->sql("BEGIN; INSERT INTO realty.bookings (unit_id, customer_id) SELECT min(u.id), (SELECT min(id) FROM realty.customers)
	FROM realty.units u JOIN realty.projects p ON p.id = u.project_id WHERE u.status = 'available' AND p.status = 'launched'; ROLLBACK");
is(value(scalar scrape(), 'realty_bookings_total'), $bookings, 'a booking that was rolled back is none');
$node->sql("BEGIN; SAVEPOINT a; INSERT INTO realty.bookings (unit_id, customer_id) SELECT min(u.id), (SELECT min(id) FROM realty.customers)
	FROM realty.units u JOIN realty.projects p ON p.id = u.project_id WHERE u.status = 'available' AND p.status = 'launched'; ROLLBACK TO a;
	SAVEPOINT b; INSERT INTO realty.bookings (unit_id, customer_id) SELECT min(u.id), (SELECT min(id) FROM realty.customers)
	FROM realty.units u JOIN realty.projects p ON p.id = u.project_id WHERE u.status = 'available' AND p.status = 'launched'; RELEASE b; COMMIT");
is(value(scalar scrape(), 'realty_bookings_total'), $bookings + 1, 'and of two in savepoints the one that stayed counts');

# realty.status()
my $status = $node->sql('SELECT item, value FROM realty.status()');
like($status, qr/^supervisor\|up$/m, 'status: the supervisor');
like($status, qr/^gateway\|up, \d+ connections?$/m, 'the gateway');
like($status, qr/^database\|realty, served by the gateway$/m, 'the database');
like($status, qr/^deviations\|not counted yet$/m, 'deviations');
like($status, qr/^schema deviations\|not counted yet$/m, 'of the schema as well');
like($status, qr/^outbox waiting\|1$/m, 'e-mails');
like($status, qr/^realty\.hold_minutes\|10min$/m, 'settings that differ');
unlike($status, qr/\Q${\ Realty::SECRET}\E/, 'and no secret');
like($node->sql_fails('SET ROLE realty_admin; SELECT * FROM realty.status()'), qr/42501/, 'it is not public');

# The recount, cached
$node->append_conf('postgresql.conf', "realty.check_interval = 1s\nrealty.sweep_interval = 1s\n");
$node->reload;
ok(until_true(sub { defined value(scalar scrape(), 'realty_deviations') }), 'deviations come when they are counted');
is(value(scalar scrape(), 'realty_deviations'), 0, 'and there are none');
is(value(scalar scrape(), 'realty_schema_deviations'), 0, 'nor of the schema');
like($node->sql('SELECT item, value FROM realty.status()'), qr/^schema deviations\|0, counted \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+$/m, 'with its time');
ok(until_true(sub { defined value(scalar scrape(), 'realty_sweep_timestamp_seconds') }), 'so does the sweep');
$node->append_conf('postgresql.conf', "realty.check_interval = 0\nrealty.sweep_interval = 0\n");
$node->reload;

# The cost of a scrape, in the middle of other work
my ($began, $runs) = (time, 20);
my $spent = $node->sql(<<"END");
SELECT realty.metrics() \\g /dev/null
SELECT extract(epoch FROM clock_timestamp()) * 1000 AS began \\gset
SELECT count(realty.metrics()) FROM generate_series(1, $runs) \\g /dev/null
SELECT round((extract(epoch FROM clock_timestamp()) * 1000 - :began) / $runs, 3);
END
note("a scrape takes $spent ms of the database");

# However much waits, it reads no more pages than for a thousand of each.
sub pages_of_a_scrape
{
	my ($letters) = @_;
	my $plan = $node->sql(<<"END");
INSERT INTO realty.outbox (kind, recipient) SELECT 'many', 'a\@example.com' FROM generate_series(1, $letters);
VACUUM ANALYZE realty.outbox;
SELECT length(realty.metrics());
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) SELECT realty.metrics();
END
	my ($pages) = $plan =~ /Buffers: shared hit=(\d+)/;
	return $pages // 'unknown';
}
my $few = pages_of_a_scrape(2_000);
my $many = pages_of_a_scrape(40_000);
note("pages of a scrape: $few, and with twenty times as many letters $many");
cmp_ok($many, '<', 2 * $few, 'a backlog makes a scrape no more expensive');
$node->sql(q{DELETE FROM realty.outbox WHERE kind = 'many'});

# Access by address
sub readers_are
{
	my ($setting) = @_;
	my $at = -s $node->logfile;

	$node->append_conf('postgresql.conf', "realty.metrics = '$setting'\n");
	$node->reload;
	$node->wait_for_log(qr/realty gateway started/, $at);
	$node->wait_ready;
	return;
}
is((scrape('X-Forwarded-For' => '127.0.0.1'))[1]{status}, 404, 'loopback: through an untrusted proxy there is nothing');
readers_are('off');
is((scrape())[1]{status}, 404, 'off: there is no such path');
readers_are('192.0.2.0/24, 2001:db8::1');
is((scrape())[1]{status}, 404, 'addresses: not for this one');
readers_are('192.0.2.7, 127.0.0.1');
is((scrape())[1]{status}, 200, 'for this one it is');
like($node->sql_fails(q{ALTER SYSTEM SET realty.metrics = 'everybody'}), qr/22023.*HINT|22023/s, 'another word is rejected');
$node->append_conf('postgresql.conf', "realty.trusted_proxies = '127.0.0.1'\n");
readers_are('192.0.2.7');
is((scrape('X-Forwarded-For' => '192.0.2.7'))[1]{status}, 200, 'a trusted proxy names the reader');
is((scrape('X-Forwarded-For' => '192.0.2.8'))[1]{status}, 404, 'or another one');
readers_are('loopback');

# Without the database
$node->append_conf('postgresql.conf', "realty.trusted_proxies = ''\n");
my $alone_port = PostgreSQL::Test::Cluster::get_free_port();

my $pid = fork // die "no fork: $!";
if ($pid == 0)
{
	open STDERR, '>', PostgreSQL::Test::Utils::tempdir() . '/alone.log';
	exec 'realty-gateway', '--port', $alone_port, '--database', 'host=/nowhere dbname=none' or die;
}
local $node->{http_port} = $alone_port;
ok(until_true(sub { ($text, $answer) = scrape(); $answer->{status} == 200 && $text =~ /^realty_up 0$/m }),
	'without a database it answers all the same');
is_deeply([ faults_of($text) ], [], 'in the same format');
cmp_ok(value($text, 'realty_gateway_database_connections{state="down"}'), '>', 0, 'and says what is missing');
is(value($text, 'realty_gateway_database_connections{state="idle"}'), 0, 'and that nothing is there');
kill 'TERM', $pid;
waitpid $pid, 0;

done_testing();
