# The supervisor sleeps between its rounds: a time that has passed and is still waited for would make it spin. Its
# wake-ups are counted after each kind of event that sets such a time.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

use constant WINDOW => 2;    # seconds; what is measured is a rate

# the patience with one that leaves is then two seconds
use constant PATIENCE => 2;

my $node = Realty->start(gateway => 1, conf => "realty.gateway_drain_timeout = 0\n");

sub children
{
	my ($pid) = @_;
	return split ' ', slurp_file("/proc/$pid/task/$pid/children");
}

# A worker without a database connection is in no view; its title is.
sub find_supervisor
{
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my ($found) = grep { (eval { slurp_file("/proc/$_/cmdline") } // q{}) =~ /realty supervisor/ }
	  children($postmaster);
	return $found;
}

my $supervisor = find_supervisor();

# Each sleep is a voluntary switch of context.
sub sleeps
{
	my ($count) = slurp_file("/proc/$supervisor/status") =~ /^voluntary_ctxt_switches:\s*(\d+)/m;
	return $count;
}

# A round a second, and the few signals and retries of the event itself.
sub rests_after
{
	my ($event) = @_;
	my $before = sleeps();

	sleep WINDOW;
	my $count = sleeps() - $before;
	cmp_ok($count, '<', 40, "$event: $count sleeps in ${\ WINDOW} s");
	return;
}

sub until_true
{
	my ($what, $condition) = @_;
	my $limit = time + 60;

	while (time < $limit)
	{
		return pass($what) if $condition->();
		sleep 0.02;
	}
	return fail($what);
}

sub reload_with
{
	my ($lines) = @_;
	$node->append_conf('postgresql.conf', $lines);
	$node->reload;
	return;
}

ok($supervisor, 'there is a supervisor');
rests_after('the start');

my ($first) = children($supervisor);
reload_with("realty.gateway_queue = 77\n");
until_true('another setting: the gateway is replaced', sub { !-e "/proc/$first" });
$node->wait_ready;
sleep PATIENCE;    # the time at which it would have been killed has to pass
rests_after('a replacement');

kill 'KILL', children($supervisor);
$node->wait_ready;
rests_after('kill -9 of the gateway');

# one that does not end by itself is killed in the end
my ($stuck) = children($supervisor);
kill 'STOP', $stuck;
reload_with("realty.gateway_queue = 78\n");
rests_after('a gateway that does not stop');
until_true('it was killed', sub { !-e "/proc/$stuck" });
$node->wait_ready;

reload_with("realty.gateway_program = '/nowhere/realty-gateway'\n");
$node->wait_for_log(qr/could not be run/);
rests_after('a program that is not there');
reload_with("realty.gateway = off\n");
until_true('off', sub { !children($supervisor) });
rests_after('switched off while a start was put off');
reload_with("realty.gateway_program = ''\nrealty.gateway = on\n");
$node->wait_ready;

# no socket is open, and the gateway's last end was a failure
my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0)
  or die "no socket: $!";
kill 'KILL', children($supervisor);
reload_with("realty.gateway = off\n");
until_true('off again', sub { !children($supervisor) });
reload_with('realty.http_port = ' . $taken->sockport . "\nrealty.gateway = on\n");
$node->wait_for_log(qr/cannot listen on/);
rests_after('a port that is taken');
close $taken;

done_testing();
