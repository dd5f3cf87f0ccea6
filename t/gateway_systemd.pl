# The units for running the gateway by itself: systemd's own tools read them, hand the sockets on,
# and are notified when it is ready. Where systemd's tools are not installed, what needs them is skipped.
use strict;
use warnings;

use IO::Socket::INET;
use IO::Socket::UNIX;
use IPC::Run qw(run);
use Socket qw(SOCK_DGRAM);
use POSIX ();
use Test::More;

use lib 't/lib';
use Alone qw(until_true read_answer);
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start;
my $folder = PostgreSQL::Test::Utils::tempdir_short();
my ($program) = grep { -x } map { "$_/realty-gateway" } split /:/, $ENV{PATH};

sub has { my ($name) = @_; return grep { -x "$_/$name" } split /:/, $ENV{PATH}; }

# The units as they are, but for where the program is on this machine.
for my $file ('realty-gateway.service', 'realty-gateway.socket')
{
	my $text = slurp_file("systemd/$file");
	$text =~ s{^ExecStart=\S+$}{ExecStart=$program}m;
	open my $out, '>', "$folder/$file" or die $!;
	print $out $text;
	close $out;
}

SKIP:
{
	skip 'there is no systemd-analyze', 3 if !has('systemd-analyze');
	my ($out, $err);
	run([ 'systemd-analyze', 'verify', '--man=no', "$folder/realty-gateway.service", "$folder/realty-gateway.socket" ],
		'>', \$out, '2>', \$err);
	is(join('', grep { /realty-gateway/ } split /^/, $out . $err), '', 'systemd has nothing against the units');
	run([ 'systemd-analyze', 'security', '--offline=yes', '--no-pager', "$folder/realty-gateway.service" ], '>', \$out, '2>', \$err);
	my ($exposure, $word) = $out =~ /Overall exposure level for \S+: ([\d.]+) (\w+)/;
	ok(defined $exposure, 'and judges how much it is exposed') or diag $out . $err;
	is($word, 'OK', "well: $exposure of 10");
}

# Each variable of the example is one that the program knows, or libpq.
run([ 'realty-gateway', '--help' ], '>', \my $help);
for my $variable (slurp_file('systemd/gateway.env') =~ /^#?([A-Z_]+)=/mg)
{
	ok($variable =~ /^PG(?:HOST|TARGETSESSIONATTRS|SSLMODE|PASSFILE)$/ || $help =~ /\b$variable\b/, "$variable is a setting");
}

$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'realty';
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $web = bless { port => $port }, 'Alone';

# A service manager that is notified.
{
	my $manager = IO::Socket::UNIX->new(Local => "$folder/notify", Type => SOCK_DGRAM) or die "no socket: $!";
	my $pid = fork // die "no fork: $!";
	if ($pid == 0)
	{
		$ENV{NOTIFY_SOCKET} = "$folder/notify";
		open STDERR, '>', '/dev/null';
		exec 'realty-gateway', '--port', $port or POSIX::_exit(98);
	}
	local $SIG{ALRM} = sub { kill 'KILL', $pid; };
	alarm 60;
	recv $manager, my $said, 100, 0;
	is($said, 'READY=1', 'the manager is notified when it serves');
	is($web->ask('GET', '/health')->{status}, 200, 'which is true');
	kill 'TERM', $pid;
	recv $manager, $said, 100, 0;
	is($said, 'STOPPING=1', 'and when it stops');
	alarm 0;
	waitpid $pid, 0;
	is($?, 0, 'as it should');
}

SKIP:
{
	my $path = "$folder/gateway.sock";

	skip 'there is no systemd-socket-activate', 3 if !has('systemd-socket-activate');
	my $pid = fork // die "no fork: $!";
	if ($pid == 0)
	{
		open STDERR, '>', '/dev/null';
		exec 'systemd-socket-activate', '-l', "127.0.0.1:$port", '-l', $path, map({ "-E$_" } qw(PGHOST PGPORT PGDATABASE PATH)), $program
		  or POSIX::_exit(98);
	}
	ok(until_true('started by its first client', sub { $web->connection && $web->ask('GET', '/ready')->{status} == 200 }),
		'systemd hands its sockets on');
	is($web->ask('GET', '/health', undef, $path)->{status}, 200, 'all of them');
	kill 'TERM', $pid;
	waitpid $pid, 0;
	is($?, 0, 'and it stops');
}

done_testing();
