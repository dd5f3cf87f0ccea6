# Streams as other people's clients see them: the npm package eventsource with a token. It comes
# back by itself when the gateway dies.
use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils qw(slurp_file);

my $node = Realty->start(sample => 1);
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $site = PostgreSQL::Test::Cluster::get_free_port();
my $place = $PostgreSQL::Test::Utils::tmp_check;
my @children;
our $gateway;

$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'realty';
END { kill 'KILL', grep { $_ } $gateway, @children; }

sub run_child
{
	my ($out, @command) = @_;
	my $pid = fork // die "no fork: $!";

	return $pid if $pid;
	setpgrp;
	open STDOUT, '>', $out or POSIX::_exit(99);
	open STDERR, '>', "$out.err" or POSIX::_exit(99);
	exec @command or POSIX::_exit(98);
}

sub start_gateway
{
	$gateway = run_child("$place/gateway", 'realty-gateway', '--port', $port, '--cors-origins', "http://127.0.0.1:$site",
		'--stream-heartbeat', 600);
	$node->{http_port} = $port;
	$node->wait_ready;
	return;
}

sub kill_gateway
{
	kill 'KILL', $gateway;
	waitpid $gateway, 0;
	return;
}

sub until_true
{
	my ($what, $condition) = @_;
	my $limit = time + 60;

	while (time < $limit)
	{
		return 1 if $condition->();
		sleep 0.05;
	}
	diag("waited in vain: $what");
	return 0;
}

my $customer = $node->sql("SELECT id FROM realty.users WHERE email = 'customer\@example.com'");
my $token = $node->sql("SELECT realty.issue_token($customer)");
sub notify { my ($title) = @_; $node->sql("INSERT INTO realty.notifications (user_id, kind, title) VALUES ($customer, 'test', '$title')"); return; }

start_gateway();

SKIP:
{
	skip 'eventsource is not installed (tools/install-packages test)', 4 if !-d 't/node/node_modules/eventsource';
	my $said = "$place/events";
	push @children, run_child($said, 'node', 't/node/events.mjs', $node->url('/api/notifications/stream'), $token);
	my $lines = sub { return -e $said ? map { decode_json($_) } grep { /\}$/ } split /\n/, slurp_file($said) : (); };
	my $told = sub { return map { $_->{data}{title} // $_->{event} } grep { $_->{event} =~ /^(?:sync|notification|end)$/ } $lines->(); };

	until_true('sync', sub { $told->() });
	notify($_) for 'one', 'two';
	until_true('two', sub { $told->() >= 3 });
	is_deeply([ $told->() ], [qw(sync one two)], 'eventsource is told');
	kill_gateway();
	notify('three');
	start_gateway();
	notify('four');
	until_true('four', sub { grep { $_ eq 'four' } $told->() });
	is_deeply([ $told->() ], [qw(sync one two three four)], 'it comes back by itself and misses nothing');
	$node->sql("UPDATE realty.sessions SET revoked_at = now() WHERE user_id = $customer");
	notify('not for who is out');
	until_true('end', sub { grep { $_->{event} eq 'error' && $_->{closed} } $lines->() });
	my ($end, $error) = map { my $what = $_; (grep { $_->{event} eq $what } $lines->())[-1] // {} } 'end', 'error';
	is($end->{data}{error}{code}, 'session_revoked', 'a session that ends is told');
	is($error->{code}, 401, 'and it does not come back for ever');
}

# With the processes that the browser has started.
for my $pid (@children)
{
	kill 'TERM', -$pid, $pid;
	waitpid $pid, 0;
}
@children = ();
kill 'TERM', $gateway;
waitpid $gateway, 0;
is($?, 0, 'the gateway ends well');
undef $gateway;
done_testing();
