# The gateway's memory: flat over many requests and over many connections that come and go, and
# small while thousands of them sleep. The load is ab's (apache2-utils).
use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use IPC::Run qw(run);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Alone qw(until_true memory_of read_answer);
use Realty;

my $full = ($ENV{SIZE} // '') eq 'full';
my ($requests, $connections, $idle) = $full ? (1_000_000, 100_000, 5_000) : (20_000, 5_000, 3_000);
note "shortened: $requests requests, $connections connections, $idle idle ones" if !$full;

plan skip_all => 'there is no ab (apache2-utils)' if !grep { -x "$_/ab" } split /:/, $ENV{PATH};
# A sanitizer keeps freed memory aside, on purpose.
my ($program) = grep { -x } map { "$_/realty-gateway" } split /:/, $ENV{PATH};
plan skip_all => 'a sanitized build has a memory of its own' if PostgreSQL::Test::Utils::slurp_file($program) =~ /__asan_init/;

my $node = Realty->start(sample => 1);
my $gateway = Alone->start($node, '--connections', 4, '--clients', 6000, '--clients-per-address', 0);
ok($gateway->wait_ready, 'ready');

sub ab
{
	my (@arguments) = @_;
	my ($out, $err);

	run([ 'ab', '-q', '-l', '-c', 16, @arguments ], '>', \$out, '2>', \$err) or diag $err;
	my ($done) = $out =~ /^Complete requests:\s+(\d+)/m;
	my ($failed) = $out =~ /^Failed requests:\s+(\d+)/m;
	my ($other) = $out =~ /^Non-2xx responses:\s+(\d+)/m;
	return sprintf '%s done, %s failed, %s refused', $done // 'none', $failed // 'all', $other // 0;
}

# A tenth of it first: what is allocated once is there then.
sub flat
{
	my ($count, $what, @arguments) = @_;
	my $first = $count / 10;

	is(ab('-n', $first, @arguments), "$first done, 0 failed, 0 refused", "$first $what");
	my $before = memory_of($gateway->pid);
	my $rest = $count - $first;
	is(ab('-n', $rest, @arguments), "$rest done, 0 failed, 0 refused", "$rest more");
	my $after = memory_of($gateway->pid);
	note "memory after $first $what: $before kB, after $count: $after kB";
	cmp_ok($after - $before, '<', 1024, 'take no more memory');
	return;
}

flat($requests, 'requests', '-k', $gateway->url('/api/projects?limit=2'));
flat($connections, 'connections', $gateway->url('/health'));

# Connections that end in every other way: silence, half a head, half a body, no reading.
sub come_and_go
{
	my ($count) = @_;

	for my $number (1 .. $count)
	{
		my $socket = $gateway->send_text(('', 'GET /api', "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
				"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", "GET /api/projects HTTP/1.1\r\nHost: a\r\n\r\n")[ $number % 5 ]);
		close $socket;
	}
	return;
}
sub sockets { return scalar grep { /socket/ } map { readlink // '' } glob "/proc/${\ $gateway->pid}/fd/*"; }
my ($settled, $later) = (0, 0);
for my $round (1, 2)
{
	come_and_go($connections / 10);
	ok(until_true('closed', sub { sockets() < 16 }), 'those that break off anywhere are closed');
	$settled ||= memory_of($gateway->pid);
}
ok(until_true('little', sub { ($later = memory_of($gateway->pid)) - $settled < 1024 }), "and leave nothing behind: $settled kB, $later kB");

# The most that it was since the last time.
sub peak_of
{
	my ($pid) = @_;
	my ($size) = PostgreSQL::Test::Utils::slurp_file("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;

	open my $file, '>', "/proc/$pid/clear_refs" or die "no clear_refs: $!";
	print {$file} '5';
	close $file;
	return $size;
}
peak_of($gateway->pid);

# Sleepers: each has asked once. They are held by processes of a few hundred descriptors each.
my @holders;
my $each = 500;
for (1 .. $idle / $each)
{
	pipe my $ready, my $tell or die "no pipe: $!";
	pipe my $wait, my $release or die "no pipe: $!";
	my $pid = fork // die "no fork: $!";
	if ($pid == 0)
	{
		close $release;
		my @held = map {
			my $socket = $gateway->send_text("GET /health HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " . 'x' x 500 . "\r\n\r\n");
			read_answer($socket)->{status} == 200 or POSIX::_exit(1);
			$socket;
		} 1 .. $each;
		syswrite $tell, 'x';
		sysread $wait, my $end, 1;
		POSIX::_exit(0);
	}
	close $wait;
	push @holders, { pid => $pid, ready => $ready, release => $release };
}
is(scalar(grep { sysread $_->{ready}, my $x, 1 } @holders), $idle / $each, "$idle connections sleep");
my ($bar, $size) = (64 * 1024);
my $small = until_true('small', sub { ($size = memory_of($gateway->pid)) < 15 * 1024 + $idle * 6 });
note "memory with $idle sleeping connections: $size kB";
ok($small, "they take little: $size kB in all");
cmp_ok($size, '<', $bar, 'the bar is 64 MB');
# some thousand keep what they had for two seconds; the others never
my $peak = peak_of($gateway->pid);
cmp_ok($peak, '<', (15 + 14) * 1024 + $idle * 6, "also while they fell asleep: $peak kB");
my $streams = $full ? 500 : 100;
my $project = $node->sql('SELECT min(project_id) FROM realty.units WHERE is_listed');
my @streams = map {
	my $socket = $gateway->send_text("GET /api/projects/$project/stream HTTP/1.1\r\nHost: a\r\n\r\n");
	sysread $socket, my $head, 1000;
	$head =~ /^HTTP\S+ 200 / ? $socket : ();
} 1 .. $streams;
is(scalar(@streams), $streams, "with $streams streams");
cmp_ok($peak = peak_of($gateway->pid), '<', $bar, "it has the bar to spare: $peak kB");
close $_ for @streams;
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'others are served meanwhile');
close $_->{release} for @holders;
waitpid $_->{pid}, 0 for @holders;
ok(until_true('gone', sub { ($size = memory_of($gateway->pid)) < 16 * 1024 }), "and when they are gone it is given back: $size kB");

# Large bodies: what they took is given back, whether they are read or refused, but for what libpq keeps: for each
# connection to the database a buffer as large as the largest that it was sent.
sub body_of
{
	my ($bytes) = @_;
	my $name = PostgreSQL::Test::Utils::tempdir() . "/$bytes";

	open my $file, '>', $name or die "no file: $!";
	print {$file} '{"x": "', 'x' x ($bytes - 9), '"}';
	close $file;
	return ('-p', $name, '-T', 'application/json');
}
my $bodies = $full ? 1000 : 40;
my $before = memory_of($gateway->pid);
for my $case ([ 'to be read', 3_900_000 ], [ 'too large', 6_000_000 ], [ 'to be read again', 3_900_000 ])
{
	my ($what, $bytes) = @$case;

	is(ab('-n', $bodies, body_of($bytes), $gateway->url('/api/units/bulk')), "$bodies done, 0 failed, $bodies refused", "$bodies bodies $what");
	is(ab('-k', '-n', 200, $gateway->url('/api/projects?limit=2')), '200 done, 0 failed, 0 refused', 'and small requests');
	my $after;
	until_true('given back', sub { ($after = memory_of($gateway->pid)) < $before + 4 * 3_900 + 5_000 });
	note "memory after bodies $what: $after kB, before: $before kB";
	cmp_ok($after, '<', $before + 4 * 3_900 + 5_000, 'leave no more behind than one for each connection');
}

is($gateway->stop, 0, 'it stops');

done_testing();
