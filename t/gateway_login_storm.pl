# A storm of logins does not slow down other requests: those that hash passwords get one connection
# in eight, the rest pass them, and they fill only half of the queue.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Alone qw(until_true read_answer);
use Realty;

my $node = Realty->start;

# Logs in for as long as it likes.
$node->sql(<<'END');
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_anon;
CREATE FUNCTION site.slow() RETURNS bigint LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(600)';
INSERT INTO realty.routes (method, path, handler, function, roles, data_key) VALUES
	('POST', '/api/auth/slow', 'call', 'site.slow', '{anonymous}', 'run');
END

sub sleeping
{
	return $node->sql(q{SELECT count(*) FROM pg_stat_activity WHERE usename = 'realty_gateway' AND wait_event = 'PgSleep'});
}

# However its path is spelt, as long as the database takes it for a log-in.
my @spellings = qw(/api/auth/slow /api/%61uth/slow /api/auth/slow/ /api/aut%68/%73%6Cow http://localhost/api/%61uth/slow);

sub login
{
	my $path = $spellings[ $_[0] % @spellings ];
	return "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
}

my $gateway = Alone->start($node, '--connections', 2, '--queue', 8, '--timeout', 30);
ok($gateway->wait_ready, 'ready');
my @logins = map { $gateway->send_text(login($_)) } 1 .. 4;
ok(until_true('one sleeps', sub { sleeping() == 1 }), 'of four logins one is at work');
is($gateway->ask('GET', '/api/projects')->{status}, 200, "others pass those that wait, request $_") for 1 .. 8;
is(sleeping(), '1', 'and still one is at work');

push @logins, $gateway->send_text(login($_)) for 1 .. 3;
is($gateway->ask('POST', '/api/auth/slow', {})->{status}, 503, 'more than half of the queue is not theirs');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'the rest is for the others');

# The next in turn follows when one ends.
close shift @logins;
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'one leaves');
ok(until_true('the next', sub { sleeping() == 1 }), 'and the next is at work');
close $_ for @logins;
ok(until_true('none', sub { sleeping() == 0 }), 'all leave');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and nothing is held up');
is($gateway->stop, 0, 'it stops');

# With nine connections two of them are theirs.
$gateway = Alone->start($node, '--connections', 9, '--timeout', 30);
ok($gateway->wait_ready, 'ready');
@logins = map { $gateway->send_text(login($_)) } 1 .. 9;
ok(until_true('two sleep', sub { sleeping() == 2 }), 'of nine connections two are theirs');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and seven for the others');
close $_ for @logins;
is($gateway->stop, 0, 'it stops');

done_testing();
