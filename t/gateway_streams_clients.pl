# Streams as third-party clients see them: the npm package eventsource with a token, and a
# browser on the page that docs/live.md shows. Both reconnect by themselves when the gateway dies.
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
	is_deeply([ $told->() ], [qw(sync one two)], 'eventsource gets them');
	kill_gateway();
	notify('three');
	start_gateway();
	notify('four');
	until_true('four', sub { grep { $_ eq 'four' } $told->() });
	is_deeply([ $told->() ], [qw(sync one two three four)], 'it comes back by itself and misses nothing');
	$node->sql("UPDATE realty.sessions SET revoked_at = now() WHERE user_id = $customer");
	notify('not after the end');
	until_true('end', sub { grep { $_->{event} eq 'error' && $_->{closed} } $lines->() });
	my ($end, $error) = map { my $what = $_; (grep { $_->{event} eq $what } $lines->())[-1] // {} } 'end', 'error';
	is($end->{data}{error}{code}, 'session_revoked', 'a session that ends gets a reason');
	is($error->{code}, 401, 'and it does not come back for ever');
}

# -- A browser, on the page of docs/live.md

# Serves the page, and keeps what it says of itself.
sub serve_page
{
	my ($page, $seen) = @_;
	my $listen = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1', LocalPort => $site, ReuseAddr => 1)
	  or die "no socket: $!";
	my $pid = fork // die "no fork: $!";

	return $pid if $pid;
	local $SIG{CHLD} = 'IGNORE';
	while (my $client = $listen->accept)
	{
		# a browser connects ahead and says nothing there for a while
		next if fork;
		my $line = <$client> // '';
		while (my $header = <$client>) { last if $header =~ /^\r?\n/; }
		if ($line =~ m{^GET /seen\?(\S*)})
		{
			open my $out, '>>', $seen or POSIX::_exit(99);
			print $out "$1\n";
			close $out;
		}
		my $content = $line =~ m{^GET /(?:\?\S*)? } ? $page : '';
		print {$client} "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${\ length $content}\r\n\r\n$content";
		close $client;
		POSIX::_exit(0);
	}
	POSIX::_exit(0);
}

my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
SKIP:
{
	skip 'no chromium on PATH', 4 if !$chromium;
	my ($page) = slurp_file('docs/live.md') =~ /<!-- test:board -->\n```html\n(.*?)```/s;
	my $project = $node->sql("SELECT project_id FROM realty.units WHERE status = 'available' AND is_listed GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1");
	my @free = split /\n/, $node->sql("SELECT id FROM realty.units WHERE project_id = $project AND status = 'available' ORDER BY id");
	my $seen = "$place/seen";
	my $base = $node->url('');

	ok($page, 'docs/live.md has the page');
	$page =~ s/<script>/<title>-<\/title><script>new MutationObserver(() => fetch('\/seen?' + encodeURIComponent(document.title))).observe(document.querySelector('title'), { childList: true });<\/script><script data-api="$base">/;
	push @children, serve_page($page, $seen);
	push @children, run_child("$place/chromium.out", $chromium, qw(--headless --no-sandbox --disable-gpu --remote-debugging-port=0),
		"--user-data-dir=$place/chromium-home", "http://127.0.0.1:$site/?project=$project");
	my $shows = sub { my ($count) = @_; return -e $seen && slurp_file($seen) =~ /^$count%20of/m; };
	my $take = sub { $node->sql("UPDATE realty.units SET status = 'blocked' WHERE id = " . shift @free); return; };
	my $count = @free;

	ok(until_true('the board', sub { $shows->($count) }), "the page shows $count units")
	  or diag(-e $seen ? slurp_file($seen) : 'it says nothing', slurp_file("$place/chromium.out.err"));
	$take->();
	$count--;
	ok(until_true('a unit less', sub { $shows->($count) }), 'a unit less, and it shows that');
	kill_gateway();
	$take->();
	start_gateway();
	$take->();
	$count -= 2;
	ok(until_true('all', sub { $shows->($count) }), 'it comes back by itself and shows what happened meanwhile');
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
