# A resolver that does not answer blocks nothing: the gateway serves what needs no database, and its other connections.
# Nor does a dead host among several: it costs connect_timeout.
# getaddrinfo() is replaced by one that waits, for a name of this test's, until a file is there.
use strict;
use warnings;

use IO::Socket::INET;
use IPC::Run qw(run);
use Test::More;

use lib 't/lib';
use Alone qw(until_true);
use Realty;

use PostgreSQL::Test::Utils;

plan skip_all => 'there is no C compiler' if system('cc --version > /dev/null 2>&1') != 0;

my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $node = Realty->start(conf => "listen_addresses = '127.0.0.1'\n");
my $bridge = "$folder/resolver.so";

open my $source, '>', "$folder/resolver.c" or die "no source: $!";
print $source <<'C';
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");

	if (name == NULL || strcmp(name, "slow.example") != 0)
		return real(name, service, hints, found);
	for (int tries = 0; access(getenv("RESOLVER_GATE"), F_OK) != 0 && tries < 3000; tries++)
		usleep(20000);
	return real("127.0.0.1", service, hints, found);
}
C
close $source;
system('cc', '-shared', '-fPIC', '-o', $bridge, "$folder/resolver.c", '-ldl') == 0 or die 'no stand-in for the resolver';

# Log-ins over TCP have a password.
$node->sql(q{ALTER ROLE realty_gateway PASSWORD 'a pass word'});
$ENV{PGPASSWORD} = 'a pass word';

# What Alone asks of a node.
sub Slow::host { return 'slow.example'; }
sub Slow::port { return $node->port; }

# Runs the gateway on these hosts with a resolver that waits for the gate.
sub start
{
	my ($host, $gate, @arguments) = @_;

	local $ENV{LD_PRELOAD} = $bridge;
	local $ENV{RESOLVER_GATE} = "$folder/$gate";
	local $ENV{ASAN_OPTIONS} = join ':', grep { defined } $ENV{ASAN_OPTIONS}, 'verify_asan_link_order=0';
	return Alone->start($host, '--user', 'realty_gateway', '--connections', 4, @arguments);
}

sub open_gate
{
	my ($gate) = @_;
	open my $file, '>', "$folder/$gate" or die "no gate: $!";
	close $file;
	return;
}

# the stand-in waits for a minute: an answer that waits for it never comes
local $SIG{ALRM} = sub { BAIL_OUT('the gateway waits for a resolver or a dead host'); };
my $slow = bless {}, 'Slow';
my $gateway = start($slow, 'first');
alarm 40;
is($gateway->ask('GET', '/health')->{status}, 200, 'it is alive while the name of its server is looked up') for 1 .. 3;
alarm 0;
open_gate('first');
ok($gateway->wait_ready, 'when the name is known it is ready');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and serves');
is($gateway->stop, 0, 'it ends well');

$gateway = start($node, 'second', '--replicas', 'host=slow.example port=' . $node->port);
ok($gateway->wait_ready, 'a replica whose name is not found costs no answer');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'the primary serves') for 1 .. 3;
is($gateway->stop, 0, 'it ends while the name is still looked up');
open_gate('second');

# -- Several hosts: one that lets in and says nothing, one whose backlog is full, so that it drops what comes, and ours --

sub Several::host { return $_[0]{host}; }
sub Several::port { return $_[0]{port}; }
sub dead { return IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') // die "no socket: $!"; }
my ($silent, $full) = (dead(), dead());
my @crowd = map {
	my $client = IO::Socket::INET->new(Proto => 'tcp', Blocking => 0);
	connect $client, Socket::pack_sockaddr_in($full->sockport, Socket::INADDR_LOOPBACK);
	$client;
} 1 .. 4;
local $ENV{PGCONNECT_TIMEOUT} = 2;
my @ports = ($silent->sockport, $full->sockport, $node->port);
my $several = bless { host => join(',', ('127.0.0.1') x 3), port => join(',', @ports) }, 'Several';
$gateway = Alone->start($several, '--user', 'realty_gateway', '--connections', 1);
alarm 50;
ok($gateway->wait_ready, 'two dead hosts before it cost their time, not for ever');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and it serves');
alarm 0;
is($gateway->stop, 0, 'it ends well');
sub check
{
	my ($hosts, $ports, @more) = @_;
	my ($out, $err) = ('', '');

	run([ 'realty-gateway', '--check', '--database', "dbname=realty host=$hosts port=$ports connect_timeout=2 @more", '--user', 'realty_gateway' ], '>', \$out, '2>', \$err);
	return $out . $err;
}
like(check('127.0.0.1,slow.example,127.0.0.1', "$ports[0],$ports[1],$ports[2]"), qr/^ready: database realty/, 'likewise for --check, and for names');
like(check('127.0.0.1,127.0.0.1', "$ports[2],$ports[0]", 'target_session_attrs=prefer-standby'), qr/^ready: database realty/, 'one that is no standby is taken when there is none');
unlike(check('127.0.0.1', $ports[0]), qr/^ready/, 'when all are dead it says so');

done_testing();
