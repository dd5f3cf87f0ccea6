# The supervised gateway's life: it comes back when killed and costs no session, follows
# the settings, and never outlives its server, however that ends.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start(gateway => 1, conf => "log_line_prefix = '%m [%p] '\n");

sub children
{
	my ($pid) = @_;
	return split ' ', slurp_file("/proc/$pid/task/$pid/children");
}

# A worker without a database connection is in no view; its title is. Sessions come and go meanwhile.
sub supervisor
{
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my ($found) = grep { (eval { slurp_file("/proc/$_/cmdline") } // q{}) =~ /realty supervisor/ }
	  children($postmaster);
	return $found;
}

# The gateways below this server's supervisor.
sub gateways { return children(supervisor()); }

# A zombie that was not reaped has ended too.
sub alive
{
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/stat" or return 0;
	my $stat = <$in> // '';
	return $stat =~ /^\d+ \(.*\) [^ZX]/ ? 1 : 0;
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

sub refuses
{
	my ($port) = @_;
	return !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
}

sub reload_with
{
	my ($lines) = @_;
	$node->append_conf('postgresql.conf', $lines);
	$node->reload;
	return;
}

my ($first) = gateways();
ok($first, 'one gateway runs');
is(scalar(gateways()), 1, 'and only one');
like(slurp_file($node->logfile), qr/realty gateway started with PID $first/, 'as the log says');

# kill -9: a session lives on, the gateway is back within about a second
my $session = $node->background_psql('realty');
my $backend = $session->query_safe('SELECT pg_backend_pid()');
$session->query_safe('BEGIN; CREATE TEMP TABLE mine AS SELECT 42 AS n');
kill 'KILL', $first;
my $began = time;
ok($node->wait_ready, 'it answers again after kill -9');
note(sprintf 'after %.0f ms', 1000 * (time - $began));
is($session->query_safe('SELECT n FROM mine'), '42', 'the session noticed nothing');
is($session->query_safe('SELECT pg_backend_pid()'), $backend, 'and is the same');
$session->query_safe('COMMIT');
my ($second) = gateways();
isnt($second, $first, 'it is another process');

# again and again: it comes back, and processes do not pile up
for (1 .. 3)
{
	kill 'KILL', gateways();
	$node->wait_ready;
}
is(scalar(gateways()), 1, 'still one gateway');
is($session->query_safe('SELECT n FROM mine'), '42', 'the session lives on');
$session->quit;

# its environment and descriptors: nothing of the server's
my ($pid) = gateways();
unlike(slurp_file("/proc/$pid/environ"), qr/PGDATA|PASSWORD|SECRET/i, 'a clean environment');
unlike(slurp_file("/proc/$pid/cmdline"), qr/${\ Realty::SECRET}/, 'no secret in its arguments');
opendir my $fds, "/proc/$pid/fd" or die "no descriptors: $!";
my @files = map { readlink("/proc/$pid/fd/$_") // '' } grep { /^\d/ } readdir $fds;
closedir $fds;
ok(!grep({ m{/base/|/global/|pg_wal} } @files), 'no file of the server is open in it');

# settings by reload: another port, taken and free; off and on
my $old_port = $node->http_port;
my $blocker = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0)
  or die "no socket: $!";
my $log_at = -s $node->logfile;
reload_with('realty.http_port = ' . $blocker->sockport . "\n");
$node->wait_for_log(qr/realty gateway cannot listen on 127\.0\.0\.1 port \d+: Address already/,
	$log_at);
like(slurp_file($node->logfile, $log_at), qr/HINT: .*realty\.http_port/, 'the log says what to do');
is($node->http('GET', '/health')->{status}, 200, 'the old port serves on meanwhile');
$node->{http_port} = $blocker->sockport;
close $blocker;
$node->wait_ready;
pass('the port is taken when it is free');
ok(until_true('the old port', sub { refuses($old_port) }), 'the old one is closed');

reload_with("realty.gateway = off\n");
ok(until_true('off', sub { !gateways() }), 'off: no gateway');
ok(refuses($node->http_port), 'and nothing listens');
reload_with("realty.gateway = on\n");
$node->wait_ready;
pass('on again');

# changed settings reach it
reload_with("realty.cors_origins = 'https://front.example.com'\n");
ok(until_true('origins', sub {
	my $answer = $node->http('GET', '/health', undef, { Origin => 'https://front.example.com' });
	return ($answer->{headers}{'access-control-allow-origin'} // '') eq 'https://front.example.com';
}), 'changed origins are in force');

# a gateway that can't run: a line that says what to do, and no storm
$log_at = -s $node->logfile;
reload_with("realty.gateway_program = '/nowhere/realty-gateway'\n");
$node->wait_for_log(qr/the realty gateway could not be run/, $log_at);
like(slurp_file($node->logfile, $log_at), qr/HINT: .*realty\.gateway_program/, 'with a hint');
sleep 1;    # what is measured is the rate
my $attempts = () = slurp_file($node->logfile, $log_at) =~ /could not be run/g;
cmp_ok($attempts, '<', 8, "$attempts attempts in the first second, ever fewer later");
reload_with("realty.gateway_program = ''\n");
$node->wait_ready;
pass('and back');

# the server's own ends
for my $mode ('fast', 'smart', 'immediate')
{
	my ($gateway) = gateways();
	$node->stop($mode);
	ok(until_true("$mode stop", sub { !alive($gateway) }), "$mode stop: the gateway is gone");
	ok(refuses($node->http_port), "$mode stop: nothing listens");
	$node->start;
	$node->wait_ready;
	pass("$mode stop: back with the server");
}
$node->restart;
$node->wait_ready;
pass('back after a restart');

# kill -9 of the postmaster takes everything along
my ($gateway) = gateways();
my $supervisor = supervisor();
my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
$node->kill9;
ok(until_true('postmaster killed', sub { !alive($gateway) }),
	'postmaster killed: the gateway is gone');
ok(until_true('postmaster killed', sub { !alive($supervisor) }), 'the supervisor too');
ok(refuses($node->http_port), 'nothing listens');
# the new one takes a process that its parent has not yet reaped for a running server
ok(until_true('reaped', sub { !-e "/proc/$postmaster" }), 'the postmaster is buried');
$node->start;
$node->wait_ready;
is($node->http('GET', '/api/projects')->{status}, 200, 'back after that');

done_testing();
