# What an operator meets: the supervisor with a database that is absent, without the extension or
# of another version, dropped under it; a port and a path that are taken; processes killed; a new
# program installed. It goes on, and the log says what to do.
use strict;
use warnings;

use File::Copy qw(copy);
use IO::Socket::INET;
use IPC::Run qw(run);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true);
use Events;
use Realty;

use PostgreSQL::Test::Utils;

my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $path = "$folder/gateway.sock";

# The program as a file of our own, which can be installed over.
my ($installed) = grep { -x } map { "$_/realty-gateway" } split /:/, $ENV{PATH};
my $program = "$folder/realty-gateway";
sub install_program
{
	copy($installed, "$program.new") or die "could not copy: $!";
	chmod 0755, "$program.new";
	rename "$program.new", $program or die "could not rename: $!";
	return;
}
install_program();

# A supervisor to whom waitpid() once says that there is no such child, as when other code in its
# process has waited for it.
my $preload = "$folder/echild.so";
open my $source, '>', "$folder/echild.c" or die $!;
print $source <<'END';
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/types.h>
#include <unistd.h>
pid_t waitpid(pid_t pid, int *status, int options)
{
	static pid_t (*real)(pid_t, int *, int);
	pid_t ended;
	if (!real) real = (pid_t (*)(pid_t, int *, int))dlsym(RTLD_NEXT, "waitpid");
	ended = real(pid, status, options);
	if (pid > 0 && ended == pid && access("FOLDER/lose", F_OK) == 0)
	{
		errno = ECHILD;
		return -1;
	}
	return ended;
}
END
close $source;
my $text = slurp_file("$folder/echild.c");
$text =~ s/FOLDER/$folder/;
open $source, '>', "$folder/echild.c" or die $!;
print $source $text;
close $source;
my $loses = run([ 'cc', '-shared', '-fPIC', '-o', $preload, "$folder/echild.c", '-ldl' ]);

# -- A start with all that can be missing ---------------------------------------------------------

my $blocker = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die "no socket: $!";
$ENV{LD_PRELOAD} = $preload if $loses;
my $node = Realty->start(extension => 0, gateway => 1, ready => 0, conf => <<"END");
realty.http_port = ${\ $blocker->sockport}
realty.gateway_program = '$program'
restart_after_crash = on
END
delete $ENV{LD_PRELOAD};
$node->{http_port} = $blocker->sockport;
my $web = Alone->beside($node);

sub logged
{
	my ($from, $pattern, $what) = @_;
	ok(until_true($what, sub { slurp_file($node->logfile, $from) =~ $pattern }), $what);
	return;
}

sub reload_with
{
	my ($lines) = @_;
	my $at = -s $node->logfile;
	$node->append_conf('postgresql.conf', $lines);
	$node->reload;
	return $at;
}

logged(0, qr/cannot listen on 127\.0\.0\.1 port \d+: Address already in use.*HINT:\s+Set realty\.http_port to a free port/s,
	'a port that is taken at the start: a line that says what to do');
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'and the server serves');
my $at = reload_with("realty.http_socket = '$folder/no/such/place'\n");
logged($at, qr/cannot listen on \S+place: No such file.*HINT:\s+Set realty\.http_socket/s, 'a path that cannot be: likewise');
$at = reload_with("realty.http_socket = 'relative'\n");
logged($at, qr/"relative" is not an absolute path/, 'a path that is none is refused');
$at = reload_with("realty.http_socket = '$path'\n");
logged($at, qr/realty gateway started/, 'a good path is served while the port is taken');
logged($at, qr/CREATE EXTENSION realty makes the role/, 'a cluster that never had the extension: what to do');
$node->create_database('elsewhere');
logged($at, qr/database "realty" does not exist.*set realty\.database or --database/s, 'a database that is absent: what to do');
is($web->ask('GET', '/health', undef, $path)->{status}, 200, 'it lives');
is($web->ask('GET', '/api/projects', undef, $path)->{status}, 503, 'and answers 503');
close $blocker;
reload_with('');
ok(until_true('the port', sub { $web->ask('GET', '/health')->{status} == 200 }), 'the port when it is free');

$at = -s $node->logfile;
$node->safe_psql('postgres', "CREATE DATABASE realty TEMPLATE template0 ENCODING 'UTF8'");
logged($at, qr/run CREATE EXTENSION realty in that database/, 'a database without the extension: what to do');
is($web->ask('GET', '/api/projects')->{status}, 503, 'and 503');
$node->safe_psql('realty', 'CREATE EXTENSION realty');
$node->wait_ready;
is($web->ask('GET', '/api/projects')->{status}, 200, 'with it, it serves by itself');
is($web->ask('GET', '/api/projects', undef, $path)->{status}, 200, 'on both ways');

# The night without a database is not one of writing lines.
my $lines = () = slurp_file($node->logfile) =~ /no connection to database/g;
cmp_ok($lines, '<', 20, "$lines lines about it");

# -- Another version ------------------------------------------------------------------------------

my ($version) = slurp_file('realty.control') =~ /^default_version\s*=\s*'(.*)'/m;
for my $case ([ '0.9', 'run ALTER EXTENSION realty UPDATE' ], [ '99.0', 'install the gateway of that version' ])
{
	my ($other, $advice) = @$case;
	$at = -s $node->logfile;
	$node->safe_psql('realty', "UPDATE pg_extension SET extversion = '$other' WHERE extname = 'realty';
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'realty_gateway'");
	logged($at, qr/the database has realty \Q$other\E, this gateway is of \Q$version\E: \Q$advice\E/, "version $other: what to do");
	$node->wait_ready;
	is($web->ask('GET', '/api/projects')->{status}, 200, 'and it serves meanwhile');
}
$node->safe_psql('realty', "UPDATE pg_extension SET extversion = '$version' WHERE extname = 'realty'");

# -- The database is dropped, and comes again -----------------------------------------------------

# with readers on a stream, whose wait is a session too
$node->safe_psql('realty', 'SELECT realty.load_sample_data()');
my $project = $node->safe_psql('realty', q{SELECT id FROM realty.projects WHERE status = 'launched' ORDER BY id LIMIT 1});
my @readers = map { Events->open($node->http_port, "/api/projects/$project/stream") } 1 .. 5;
Events->until(sub { !grep { !@{ $_->{events} } } @readers }, 'sync');
is(scalar(grep { $_->{status} == 200 } @readers), 5, 'streams are open');
until_true('the wait', sub { $node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%stream_poll%' AND pid <> pg_backend_pid()}) > 0 });
my $streaming = gateway_pid();
my ($code, undef, $error) = $node->psql('postgres', 'DROP DATABASE realty');
isnt($code, 0, 'a plain DROP DATABASE is refused while the gateway is connected');
like($error, qr/being accessed by other users/, 'as for every client');
my $load = $web->load(2, '/api/projects');
until_true('load', sub { $node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE usename = 'realty_gateway' AND query LIKE '%request_raw%'") > 0 });
($code, undef, $error) = $node->psql('postgres', 'DROP DATABASE realty WITH (FORCE)');
is($code, 0, 'DROP DATABASE WITH (FORCE) goes through under load') or diag $error;
ok(until_true('503', sub { $web->ask('GET', '/api/projects')->{status} == 503 }), 'then it is 503');
Events->pump(0.2);
is(scalar(grep { $_->{closed} } @readers), 0, 'the streams stay');
is($web->ask('GET', "/api/projects/$project/stream")->{status}, 503, 'and a new one is 503');
$node->create_database;
$node->wait_ready;
ok(Events->until(sub { !grep { !$_->{closed} && !$_->{complete} } @readers }, 'an end'), 'in another database they end');
is(join(' ', map { $_->{events}[-1]{event} } @readers), join(' ', ('end') x 5), 'and end with an event');
is($readers[0]{events}[-1]{data}{error}{code}, 'not_found', 'what is not there');
is(gateway_pid(), $streaming, 'the gateway is the same');
my $count = $load->stop;
ok(!(grep { !/^(?:200|503|again)$/ } keys %$count) && $count->{200} && $count->{503}, 'and nothing but 200 and 503 meanwhile: ' . join ' ', %$count);
is($web->ask('GET', '/api/projects')->{status}, 200, 'the new one is served');

# -- Settings reach the gateway -------------------------------------------------------------------

sub server_process
{
	my ($title) = @_;
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my ($found) = grep { slurp_file("/proc/$_/cmdline") =~ $title } split ' ', slurp_file("/proc/$postmaster/task/$postmaster/children");
	return $found;
}

sub gateway_pid
{
	my ($pid) = reverse slurp_file($node->logfile) =~ /realty gateway started with PID (\d+)/g;
	return $pid;
}

reload_with("realty.gateway_timeout = '7min'\nrealty.gateway_max_body = '1kB'\nrealty.gateway_clients_per_address = 9\n");
ok(until_true('settings', sub { $web->ask('POST', '/api/auth/login', { x => 'x' x 2000 })->{status} == 413 }), 'a changed limit is in force');
my @arguments = split /\0/, slurp_file('/proc/' . gateway_pid() . '/cmdline');
my %flag = @arguments[ 1 .. $#arguments ];
is_deeply([ @flag{ '--timeout', '--max-body', '--clients-per-address', '--queue' } ], [ 420, 1024, 9, 256 ], 'as flags');
reload_with("realty.gateway_max_body = '4MB'\nrealty.gateway_clients_per_address = 0\n");
$node->wait_ready;

# -- A new program: a reload brings it in, and no request fails -----------------------------------

$load = $web->load(4, '/api/projects?limit=1');
for my $round (1 .. 3)
{
	my $old = gateway_pid();
	install_program();
	reload_with('');
	ok(until_true('another process', sub { gateway_pid() != $old }), "a new program is started, $round");
	ok(until_true('the old one', sub { !-e "/proc/$old" }), 'and the old one ends');
}
$count = $load->stop;
is(join(' ', keys %$count), '200', 'no request failed: ' . join ' ', %$count);
my $same = gateway_pid();
reload_with('');
reload_with("realty.hold_minutes = 5\n");
is($node->safe_psql('realty', 'SHOW realty.hold_minutes'), '5min', 'another reload');
sleep 1.5;    # the supervisor has had a round
is(gateway_pid(), $same, 'changes nothing');

# -- A child that other code waited for -----------------------------------------------------------

SKIP:
{
	# a watched server brings libraries of its own, instead of ours
	skip 'there is no compiler, or the server is watched', 2
	  if !$loses || slurp_file('/proc/' . server_process(qr/realty supervisor/) . '/maps') !~ /\Q$preload\E/;
	open my $lose, '>', "$folder/lose" or die $!;
	close $lose;
	$at = -s $node->logfile;
	kill 'KILL', gateway_pid();
	logged($at, qr/realty gateway with PID \d+ is gone/, 'a child whose end is not to be learned is taken for ended');
	unlink "$folder/lose";
	$node->wait_ready;
	pass('and another one is started');
}

# -- Processes killed -----------------------------------------------------------------------------

# kill -9 of a process with shared memory restarts all others; what matters is that they come back
for my $title (qr/realty supervisor/, qr/realty_gateway/, qr/checkpointer/)
{
	my $gateway = gateway_pid();
	my $victim = server_process($title);
	ok($victim, "a process $title");
	kill 'KILL', $victim;
	ok(until_true('the old gateway', sub { !-e "/proc/$gateway" }), 'killed: no gateway is left without a supervisor');
	ok(until_true('another gateway', sub { gateway_pid() != $gateway }), 'another one is started');
	$node->wait_ready;
	is($web->ask('GET', '/api/projects')->{status}, 200, 'all is back');
	is($web->ask('GET', '/health', undef, $path)->{status}, 200, 'on both ways');
}

$node->stop;
ok(!-e $path, 'a server that stops takes the file of its socket along');

done_testing();
