# A request without a waiting client is not worked on: one past its deadline and one whose client
# left are cancelled in the database at once.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true read_answer read_to_end);
use Realty;

my $node = Realty->start;

# Two functions that take as long as they like; the one's traces are undone with it.
$node->sql(<<'END');
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_anon;
CREATE TABLE site.traces (at timestamptz DEFAULT clock_timestamp());
GRANT INSERT ON site.traces TO realty_anon;
CREATE FUNCTION site.slow() RETURNS bigint LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(600)';
CREATE FUNCTION site.write() RETURNS bigint LANGUAGE sql AS
	'INSERT INTO site.traces DEFAULT VALUES; SELECT 1 FROM pg_sleep(600)';
INSERT INTO realty.routes (method, path, handler, function, roles, data_key) VALUES
	('GET', '/api/site/slow', 'call', 'site.slow', '{public}', 'run'),
	('POST', '/api/site/write', 'call', 'site.write', '{public}', 'run');
END

sub sleeping
{
	return $node->sql(q{SELECT count(*) FROM pg_stat_activity WHERE usename = 'realty_gateway' AND wait_event = 'PgSleep'});
}

# Waits for it to be true in the database; nothing slept in there ends by itself.
sub until_sleeping
{
	my ($count) = @_;
	return until_true("$count sleep in the database", sub { sleeping() == $count });
}

my %text = (
	GET  => "GET /api/site/slow HTTP/1.1\r\nHost: localhost\r\n\r\n",
	POST => "POST /api/site/write HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

# -- Past the deadline ----------------------------------------------------------------------------

my $gateway = Alone->start($node, '--connections', 2, '--timeout', 3);
ok($gateway->wait_ready, 'ready');
for my $method ('GET', 'POST')
{
	my $answer = read_answer($gateway->send_text($text{$method}));
	is($answer->{status}, 504, "$method that takes too long: 504");
	is($answer->{json}{error}{code}, 'timeout', 'in the envelope');
	ok(until_sleeping(0), 'and its query is cancelled');
}
is($node->sql('SELECT count(*) FROM site.traces'), '0', 'what it wrote is undone');
is($gateway->ask('GET', '/api/projects')->{status}, 200, "the connections go on, request $_") for 1 .. 8;
my $sessions = $node->sql(q{SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity WHERE usename = 'realty_gateway'});
my @many = map { $gateway->send_text($text{GET}) } 1 .. 2;
is(read_answer($_)->{status}, 504, 'two at a time') for @many;
ok(until_sleeping(0), 'both are cancelled');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and room is for others') for 1 .. 4;
is($node->sql(q{SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity WHERE usename = 'realty_gateway'}),
	$sessions, 'on the same sessions');
is($gateway->stop, 0, 'it stops');

# -- The client is gone ---------------------------------------------------------------------------

$gateway = Alone->start($node, '--connections', 1, '--timeout', 300);
ok($gateway->wait_ready, 'ready');
for my $method ('GET', 'POST')
{
	my $socket = $gateway->send_text($text{$method});
	ok(until_sleeping(1), "$method is at work");
	close $socket;
	ok(until_sleeping(0), 'its client leaves: the query is cancelled');
	is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and its connection serves others');
}
is($node->sql('SELECT count(*) FROM site.traces'), '0', 'what it wrote is undone');

# One that waits in the queue is not sent at all.
my $first = $gateway->send_text($text{GET});
ok(until_sleeping(1), 'one is at work');
my $queued = $gateway->send_text($text{POST});
my $patient = $gateway->send_text("GET /api/projects HTTP/1.1\r\nHost: localhost\r\n\r\n");
close $queued;
sleep 0.5;    # long enough to be seen to be gone
close $first;
is(read_answer($patient)->{status}, 200, 'a client that stays in the queue is served');
is(sleeping(), '0', 'one that left it is not');
is($node->sql('SELECT count(*) FROM site.traces'), '0', 'nothing of it was done');

# Many that leave at once: each is ended, and the gateway is as before.
my $before = $node->sql(q{SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway'});
for (1 .. 20)
{
	my $socket = $gateway->send_text($text{GET});
	until_sleeping(1);
	close $socket;
}
ok(until_sleeping(0), 'twenty came and left');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and others are served');
is($node->sql(q{SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway'}), $before, 'on the same session');
is($gateway->stop, 0, 'it stops');

done_testing();
