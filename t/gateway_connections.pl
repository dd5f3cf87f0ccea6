# Clients that hold a connection and give nothing for it, or ask for too much at once: each is
# ended in its time with an error, and others notice nothing. And listening on a Unix socket.
use strict;
use warnings;

use IO::Socket::INET;
use IPC::Run qw(run);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true read_answer read_to_end);
use Realty;

my $node = Realty->start;
my $host = "Host: localhost\r\n";

# Sends a byte every so often until the other end has enough; returns what it said.
sub drip
{
	my ($socket, $bytes, $pause) = @_;
	my $limit = time + 60;
	local $SIG{PIPE} = 'IGNORE';

	while (time < $limit)
	{
		my $input = '';
		vec($input, fileno $socket, 1) = 1;
		return read_to_end($socket) if select $input, undef, undef, $pause;
		syswrite $socket, length $bytes ? substr($bytes, 0, 1, '') : 'a';
	}
	return 'never ended';
}

# -- Time: each byte comes well before the idle timeout, which so would never end it --------------

my $gateway = Alone->start($node, '--head-timeout', 2, '--min-rate', 100_000, '--idle-timeout', 60);
ok($gateway->wait_ready, 'ready');

my $said = drip($gateway->connection, "GET /health HTTP/1.1\r\n${host}X-Slow: ", 0.2);
like($said, qr{^HTTP/1\.1 408 .*"request_timeout"}s, 'a head that drips in: 408, in the envelope');
like($said, qr/^Connection: close\r$/m, 'and the end');
like($said, qr/^X-Request-Id: \S/m, 'with a request id');
like(read_to_end($gateway->connection), qr{^HTTP/1\.1 408 }, 'a client that sends nothing at all: 408');

$said = drip($gateway->send_text("POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: 100000\r\n\r\n"), '', 0.2);
like($said, qr{^HTTP/1\.1 408 }, 'a body that drips in: 408');
sub logged { return scalar grep { /^\{.*"status":$_[0],.*"client":"127\.0\.0\.1","reason":"/ } split /\n/, $gateway->log; }
ok(until_true('logged', sub { logged(408) == 3 }), 'each of them is in the log');
like($gateway->log, qr{^\{.*"method":"POST","route":"/api","status":408,}m, 'with what was known of it');

# An answer that is not read: more of it than the sockets hold between the two.
my $reader = IO::Socket::INET->new(Proto => 'tcp');
$reader->sockopt(Socket::SO_RCVBUF(), 4096);
connect $reader, Socket::pack_sockaddr_in($gateway->port, Socket::inet_aton('127.0.0.1')) or die "no connection: $!";
syswrite $reader, "GET /openapi.json HTTP/1.1\r\n$host\r\n" x 60;
ok(until_true('begun', sub { sysread $reader, my $piece, 1 }), 'an answer begins');
my @there = grep { /socket/ } map { readlink // '' } glob "/proc/${\ $gateway->pid}/fd/*";
ok(until_true('it is closed', sub {
		sysread $reader, my $piece, 50;
		@there > grep { /socket/ } map { readlink // '' } glob "/proc/${\ $gateway->pid}/fd/*";
	}), 'and breaks off when it is read by drops');
close $reader;

# A client that keeps its connection asks again within the idle time, slow or not: no limit runs on.
my $keeper = $gateway->send_text("GET /health HTTP/1.1\r\n$host\r\n");
is(read_answer($keeper)->{status}, 200, 'a kept connection');
sleep 3.5;    # longer than a head may take: what must not happen has had its chance
syswrite $keeper, "GET /health HTTP/1.1\r\n$host\r\n";
is(read_answer($keeper)->{status}, 200, 'is idle beyond the time of a head and serves on');
close $keeper;

# A request that waits for the database has its own deadline, not these.
my $lock = $node->background_psql('realty');
$lock->query_safe('BEGIN; LOCK TABLE realty.users IN ACCESS EXCLUSIVE MODE');
my $waiting = $gateway->send_text("POST /api/auth/login HTTP/1.1\r\n${host}Content-Type: application/json\r\n"
	  . "Content-Length: 46\r\n\r\n" . '{"email":"nobody@a.example","password":"none"}');
sleep 3.5;
$lock->query_safe('ROLLBACK');
$lock->quit;
is(read_answer($waiting)->{status}, 401, 'waiting for the database counts as nothing of the kind');
is($gateway->stop, 0, 'it stops');

# -- Crowds ---------------------------------------------------------------------------------------

$gateway = Alone->start($node, '--clients-per-address', 5, '--clients', 20, '--trusted-proxies', '127.0.0.7');
until_true('the first connections are closed', sub { $gateway->ask('GET', '/health')->{status} == 200 });
my @held = map { $gateway->connection } 1 .. 5;
until_true('five are in', sub { read_answer($gateway->connection)->{status} == 429 });
my $refused = $gateway->connection;
my $answer = read_answer($refused);
is($answer->{status}, 429, 'the sixth connection from one address: 429');
ok(until_true('logged', sub { logged(429) > 0 }), 'and is in the log');
is($answer->{json}{error}{code}, 'too_many_requests', 'in the envelope');
like($answer->{head}, qr/^Retry-After: 1\r$/m, 'with Retry-After');
is(read_to_end($refused), '', 'and the end');

sub from
{
	my ($address, $headers) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $gateway->port, LocalAddr => $address);
	print {$socket} "GET /health HTTP/1.1\r\n$host" . ($headers // '') . "\r\n";
	return $socket;
}
is(read_answer(from('127.0.0.2'))->{status}, 200, 'another address is served');
close $_ for @held;
ok(until_true('room again', sub { $gateway->ask('GET', '/health')->{status} == 200 }), 'and after closing one another is accepted');

# A trusted proxy brings many: it has more connections, and each client its own limit.
my @proxied = map { from('127.0.0.7', "X-Forwarded-For: 192.0.2.$_\r\n") } 1 .. 9;
is(join(' ', map { read_answer($_)->{status} } @proxied), join(' ', (200) x 9), 'a trusted proxy brings more than five');
$lock = $node->background_psql('realty');
$lock->query_safe('BEGIN; LOCK TABLE realty.projects IN ACCESS EXCLUSIVE MODE');
close $_ for @proxied;
sub asks_by_proxy
{
	my ($client) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $gateway->port, LocalAddr => '127.0.0.7');
	print {$socket} "GET /api/projects HTTP/1.1\r\n${host}X-Forwarded-For: $client\r\n\r\n";
	return $socket;
}
my @asking = map { asks_by_proxy('192.0.2.1') } 1 .. 5;
# only when all five are under way is the sixth one too many
my $sixth;
ok(until_true('five are under way', sub { $sixth = read_answer(from('127.0.0.7', "X-Forwarded-For: 192.0.2.1\r\n")); $sixth->{status} == 429 }),
	'six requests at once of one client behind it: 429');
is(read_answer(from('127.0.0.7', "X-Forwarded-For: 192.0.2.2\r\n"))->{status}, 200, 'another one behind it is served');
$lock->query_safe('ROLLBACK');
$lock->quit;
is(join(' ', map { read_answer($_)->{status} } @asking), join(' ', (200) x 5), 'the five are served');
is(read_answer(from('127.0.0.7', "X-Forwarded-For: 192.0.2.1\r\n"))->{status}, 200, 'and then more of them');
is($gateway->stop, 0, 'it stops');

# At the limit an idle connection makes room, a busy one does not.
$gateway = Alone->start($node, '--clients', 3, '--clients-per-address', 0);
my @idle = map { my $socket = $gateway->send_text("GET /health HTTP/1.1\r\n$host\r\n"); read_answer($socket); $socket } 1 .. 3;
is($gateway->ask('GET', '/health')->{status}, 200, 'with all places taken by idle ones a new client is served');
is(read_to_end($idle[0]), '', 'in the place of the longest idle one');
syswrite $idle[2], "GET /health HTTP/1.1\r\n$host\r\n";
is(read_answer($idle[2])->{status}, 200, 'the latest is still there');
is($gateway->stop, 0, 'it stops');

# -- A Unix-domain socket -------------------------------------------------------------------------

my $path = PostgreSQL::Test::Utils::tempdir_short() . '/gateway.sock';
$gateway = Alone->start($node, '--socket', $path, '--trusted-proxies', 'unix');
ok($gateway->wait_ready, 'it listens on a port and on a Unix-domain socket');
is($gateway->ask('GET', '/api/projects', undef, $path)->{status}, 200, 'the socket serves');
my ($out, $err);
SKIP:
{
	skip 'there is no curl', 1 if !grep { -x "$_/curl" } split /:/, $ENV{PATH};
	run([ 'curl', '-sS', '--unix-socket', $path, 'http://localhost/health' ], '>', \$out, '2>', \$err);
	like($out, qr/"status": "ok"/, 'curl finds its way') or diag $err;
}
ok(!run([ 'realty-gateway', '--port', 0, '--socket', $path ], '>', \$out, '2>', \$err), 'a second one on the same socket');
like($err, qr/cannot listen on \S+: Address already in use; choose another --socket/, 'the log says what to do');
is($gateway->stop('KILL'), 9, 'killed, it leaves the file behind');
ok(-S $path, 'which is there');
$gateway->run('--port', 0, '--socket', $path);
ok(until_true('again', sub { $gateway->connection($path) }), 'and the next one takes its place');
is($gateway->ask('GET', '/health', undef, $path)->{status}, 200, 'and serves');
ok(!$gateway->connection, 'without a port');
is($gateway->stop, 0, 'it stops');
ok(!run([ 'realty-gateway', '--port', 0 ], '>', \$out, '2>', \$err), 'neither port nor socket');
like($err, qr/nothing to listen on: give a --port or a --socket/, 'the log says what to do');

done_testing();
