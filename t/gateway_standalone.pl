# The gateway as a program of its own: settings, login, the queue and its end, deadlines,
# and a stop without loss. What has to wait in the database waits for a lock that the test
# holds, so nothing depends on the clock.
use strict;
use warnings;

use Fcntl qw(F_SETFD);
use IO::Socket::INET;
use IPC::Run qw(run);
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone ();
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start;
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $log = "$PostgreSQL::Test::Utils::log_path/gateway.log";
my $host = "Host: localhost\r\n";

$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'realty';

our $gateway;
END { kill 'KILL', $gateway if $gateway; }

# Starts it with further arguments; its lines go to $log.
sub start_gateway
{
	my (@arguments) = @_;

	$gateway = fork // die "no fork: $!";
	return if $gateway;
	open STDERR, '>>', $log or POSIX::_exit(99);
	exec 'realty-gateway', '--port', $port, @arguments or POSIX::_exit(98);
}

sub until_true
{
	my ($what, $condition) = @_;
	my $limit = time + 60;

	while (time < $limit)
	{
		return 1 if $condition->();
		sleep 0.02;
	}
	diag("waited in vain: $what");
	return 0;
}

# Sends a request and returns at once; answer() reads what comes.
sub send_request
{
	my ($method, $path, $body) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
	  or return;
	my $content = $body ? encode_json($body) : '';
	my $length = $body ? 'Content-Length: ' . length($content) . "\r\n" : '';

	print {$socket} "$method $path HTTP/1.1\r\n${host}Connection: close\r\n",
	  "Content-Type: application/json\r\n$length\r\n$content";
	return $socket;
}

sub answer
{
	my ($socket) = @_;
	my $text = '';

	return { status => 0, head => '', json => undef } if !$socket;
	1 while sysread $socket, $text, 65536, length $text;
	my ($head, $body) = split /\r\n\r\n/, $text, 2;
	my ($status) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};
	return { status => $status // 0, head => $head // '',
		json => eval { decode_json($body) } };
}

sub ask { return answer(send_request(@_)); }

sub register
{
	my ($name) = @_;
	return send_request('POST', '/api/auth/register', {
		email => "$name\@example.com", password => 'correct horse 1',
		user_type => 'customer', full_name => 'Asha Rao' });
}

sub wait_up { return until_true('ready', sub { ask('GET', '/ready')->{status} == 200 }); }

# Returns the exit status.
sub stop_gateway
{
	my ($signal) = @_;

	kill $signal // 'TERM', $gateway;
	waitpid $gateway, 0;
	undef $gateway;
	return $?;
}

sub waiting_for_lock
{
	my ($count) = @_;
	return until_true("$count waiting for the lock", sub {
		$node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity
			WHERE usename = 'realty_gateway' AND wait_event_type = 'Lock'}) == $count;
	});
}

# Holds everything up that touches accounts, until it is told to release.
sub hold
{
	my $lock = $node->background_psql('realty');
	$lock->query_safe('BEGIN; LOCK TABLE realty.users IN ACCESS EXCLUSIVE MODE');
	return $lock;
}

sub release
{
	my ($lock) = @_;
	$lock->query_safe('ROLLBACK');
	$lock->quit;
	return;
}

# settings
my ($out, $err);
ok(run([ 'realty-gateway', '--help' ], '>', \$out, '2>', \$err), '--help');
like($out, qr/--cors-origins.*REALTY_CORS_ORIGINS/s, 'names flags and environment');
ok(run([ 'realty-gateway', '--version' ], '>', \$out, '2>', \$err), '--version');
my ($version) = slurp_file('realty.control') =~ /^default_version\s*=\s*'(.*)'/m;
is($out, "realty-gateway $version\n", 'is the extension\'s');
for my $wrong ([ '--port', '70000' ], [ '--port', 'x' ], [ '--port' ], ['--nothing'],
	[ '--connections=1000' ], [ '--cors-origins', '*' ], [ '--cors-origins', 'http://*.x' ],
	[ '--cors-origins', 'localhost' ])
{
	ok(!run([ 'realty-gateway', @$wrong ], '>', \$out, '2>', \$err), "refuses @$wrong");
	is($? >> 8, 2, '  with exit status 2');
	like($err, qr/^realty-gateway: .+\n\z/, '  and one line that says why');
}
{
	local $ENV{REALTY_HTTP_PORT} = 'nonsense';
	ok(!run([ 'realty-gateway', '--check' ], '>', \$out, '2>', \$err),
		'refuses nonsense from the environment');
	like($err, qr/REALTY_HTTP_PORT/, 'and names the variable');
}
ok(run([ 'realty-gateway', '--check' ], '>', \$out, '2>', \$err), '--check') or diag $err;
is($out, "ready: database realty as realty_gateway\n", 'says which database and role');

# troubles, each with what to do
ok(!run([ 'realty-gateway', '--check', '--database', 'nowhere' ], '>', \$out, '2>', \$err),
	'no such database');
like($err, qr/does not exist; set realty\.database or --database/, 'what to do');
ok(!run([ 'realty-gateway', '--check', '--database', 'postgres' ], '>', \$out, '2>', \$err),
	'no extension');
like($err, qr/run CREATE EXTENSION realty/, 'what to do');
{
	my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0);
	ok(!run([ 'realty-gateway', '--port', $taken->sockport ], '>', \$out, '2>', \$err),
		'a port that is taken');
	like($err, qr/Address already in use; choose another --port/, 'what to do');
}

# the login is refused: the exact lines are in the log, and once they are there it works
my $hba = $node->data_dir . '/pg_hba.conf';
my $lines = slurp_file($hba);
(my $without = $lines) =~ s/^.*realty_gateway.*\n//m;
sub write_hba { open my $f, '>', $hba or die $!; print $f @_; close $f; $node->reload; return; }
write_hba($without);
until_true('login refused', sub { !run([ 'realty-gateway', '--check' ], '>', \$out, '2>', \$err) });
my ($hba_line) = $err =~ /:\s+(local\s+all\s+realty_gateway\s+peer map=realty)$/m;
my $os_user = getpwuid $<;
ok($hba_line, 'the line for pg_hba.conf');
like($err, qr/:\s+realty\s+\Q$os_user\E\s+realty_gateway$/m, 'the line for pg_ident.conf');
like($err, qr/pg_reload_conf/, 'and how to bring them in force');
start_gateway();
until_true('listening', sub { ask('GET', '/health')->{status} == 200 });
until_true('away', sub { ask('GET', '/ready')->{status} == 503 });
my $answer = ask('GET', '/api/projects');
is($answer->{status}, 503, 'without a database: 503');
is($answer->{json}{error}{code}, 'unavailable', 'in the envelope');
like($answer->{head}, qr/^Retry-After: \d+/m, 'with Retry-After');
is(ask('GET', '/health')->{status}, 200, 'but alive');
write_hba("$hba_line\n$without");
ok(wait_up(), 'with that line it comes up by itself');
is(stop_gateway(), 0, 'and stops on SIGTERM');
write_hba($lines);

# the queue: one on the way, three wait, of which half may hash passwords, the next is refused at once
start_gateway('--connections', 1, '--queue', 3);
ok(wait_up(), 'one connection, a queue of three');
my $lock = hold();
my @waiting = register('one');
waiting_for_lock(1);
push @waiting, register('two'), register('three'), send_request('GET', '/api/projects');
my $full;
ok(until_true('the queue is full', sub { ($full = ask('GET', '/api/projects'))->{status} == 503 }),
	'the one too many: 503');
is($full->{json}{error}{code}, 'unavailable', 'in the envelope');
like($full->{head}, qr/^Retry-After: 1\r?$/m, 'with Retry-After');
is(ask('GET', '/health')->{status}, 200, 'the gateway lives meanwhile');
release($lock);
my @statuses = map { answer($_)->{status} } @waiting;
ok(2 <= grep({ $_ == 201 } @statuses), "those that waited are served: @statuses");
is(ask('GET', '/api/projects')->{status}, 200, 'and there is room again');
stop_gateway();

# a slow one does not hold up others
start_gateway('--connections', 2);
ok(wait_up(), 'two connections');
$lock = hold();
my $slow = register('slow');
waiting_for_lock(1);
is(ask('GET', '/api/projects')->{status}, 200, "request $_ passes the slow one") for 1 .. 20;
release($lock);
is(answer($slow)->{status}, 201, 'which ends well too');

# a stop without loss: no new ones, the one in flight is answered
$lock = hold();
my $last = register('last');
waiting_for_lock(1);
my $kept = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
my $asks = "GET /health HTTP/1.1\r\n$host\r\n";
syswrite $kept, $asks;
is(Alone::read_answer($kept)->{status}, 200, 'a kept connection');
kill 'TERM', $gateway;
syswrite $kept, $asks;
my $parting = Alone::read_answer($kept);
is($parting->{status}, 200, 'may ask once more while it stops');
like($parting->{head}, qr/^Connection: close\r$/mi, 'and says that the connection ends');
ok(until_true('no new connections', sub { !send_request('GET', '/health') }),
	'while it stops no new connection is accepted');
release($lock);
is(answer($last)->{status}, 201, 'the request in flight is answered');
waitpid $gateway, 0;
is($?, 0, 'then it ends well');
undef $gateway;

# a stop that does not wait
start_gateway('--drain-timeout', 0);
ok(wait_up(), 'no patience');
$lock = hold();
$last = register('cut');
waiting_for_lock(1);
is(stop_gateway(), 0, 'it ends at once');
is(answer($last)->{status}, 503, 'and the request in flight gets 503');
release($lock);

# a deadline
start_gateway('--timeout', 1, '--connections', 1);
ok(wait_up(), 'a second for each request');
$lock = hold();
$answer = answer(register('late'));
is($answer->{status}, 504, 'a late one: 504');
is($answer->{json}{success}, JSON::PP::false, 'in the envelope');
release($lock);
ok(until_true('the connection is free', sub { ask('GET', '/api/projects')->{status} == 200 }),
	'and the connection is free again');
is($node->sql(q(SELECT count(*) FROM realty.users WHERE email = 'late@example.com')), '0',
	'and nothing was done');
stop_gateway();

# the socket is inherited: it stays while gateways come and go
my $listener = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1', LocalPort => $port,
	ReuseAddr => 1) or die "no socket: $!";
sub start_inheriting
{
	$gateway = fork // die "no fork: $!";
	return if $gateway;
	open STDERR, '>>', $log or POSIX::_exit(99);
	POSIX::dup2(fileno($listener), 3) if fileno($listener) != 3;
	open my $three, '<&=', 3 or POSIX::_exit(97);
	fcntl $three, F_SETFD, 0;
	exec 'env', 'sh', '-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec realty-gateway' or POSIX::_exit(98);
}
start_inheriting();
ok(wait_up(), 'it serves on the inherited socket');
is(stop_gateway(), 0, 'and stops');
my $between = send_request('GET', '/api/projects');
ok($between, 'a connection while none runs is not refused');
start_inheriting();
is(answer($between)->{status}, 200, 'and the next one serves it');
is(stop_gateway(), 0, 'and stops');

# rolling: the next one beside it, then the one before ends; clients who ask without pause, on
# kept connections, notice nothing
start_inheriting();
ok(wait_up(), 'one serves');
my $load = bless({ port => $port }, 'Alone')->load(4, '/api/projects?limit=1');
for my $round (1 .. 3)
{
	my $before = $gateway;
	start_inheriting();
	until_true('the next one serves', sub { readlink("/proc/$gateway/exe") =~ /realty-gateway/ && slurp_file($log) =~ /\[$gateway\].*connected to the database/ });
	kill 'TERM', $before;
	waitpid $before, 0;
	is($?, 0, "replaced, $round");
}
my $count = $load->stop;
is(join(' ', keys %$count), '200', 'and no request failed: ' . join ' ', %$count);
is(stop_gateway(), 0, 'and stops');

unlike(slurp_file($log), qr/correct horse|example\.com/, 'the log holds nothing of the requests');

done_testing();
