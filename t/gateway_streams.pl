# Streams of server-sent events over real processes: which events arrive and in which order, that
# reconnecting loses nothing and repeats nothing in whatever order commits come, which readers are
# dropped, and what is left when a process dies.
use strict;
use warnings;

use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Events;
use Realty;

use PostgreSQL::Test::Utils qw(slurp_file);

my $full = ($ENV{SIZE} // '') eq 'full';
my $seed = $ENV{STREAM_SEED} // int(rand 2**31);
my $steps = $full ? 3000 : 300;
my $stream_count = $full ? 500 : 250;
note "shortened: $steps steps, $stream_count streams" if !$full;
srand $seed;

my $node = Realty->start(sample => 1,
	conf => "realty.jwt_leeway = 0\nwal_writer_delay = 10s\n");
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $log = "$PostgreSQL::Test::Utils::log_path/gateway.log";

$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'realty';

our $gateway;
END { kill 'KILL', $gateway if $gateway; }

sub start_gateway
{
	my (@arguments) = @_;

	$gateway = fork // die "no fork: $!";
	if (!$gateway)
	{
		open STDERR, '>>', $log or POSIX::_exit(99);
		exec 'realty-gateway', '--port', $port, '--clients-per-address', 0, '--clients', 6000, @arguments or POSIX::_exit(98);
	}
	$node->{http_port} = $port;
	$node->wait_ready;
	return;
}

# Returns the exit status.
sub stop_gateway
{
	my ($signal) = @_;

	kill $signal // 'TERM', $gateway;
	waitpid $gateway, 0;
	undef $gateway;
	return $?;
}

my %id = map { split /=/ } split /\n/, $node->sql("SELECT split_part(email, '\@', 1) || '=' || id FROM realty.users");
my %token = map { $_ => $node->sql("SELECT realty.issue_token($id{$_})") } qw(customer customer2 builder);
my $project = $node->sql('SELECT project_id FROM realty.units WHERE is_listed GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1');
my @units = split /\n/, $node->sql("SELECT id FROM realty.units WHERE project_id = $project AND status = 'available' ORDER BY id");
my $board = "/api/projects/$project/stream";

sub own { my ($who, %headers) = @_; return Events->open($port, '/api/notifications/stream', Authorization => "Bearer $token{$who}", %headers); }
sub notify { my ($who, $title) = @_; return $node->sql("INSERT INTO realty.notifications (user_id, kind, title) VALUES ($id{$who}, 'test', '$title') RETURNING id"); }
sub titles { my ($reader) = @_; return map { $_->{data}{title} // $_->{event} } @{ $reader->{events} }; }
sub count { my ($reader) = @_; return scalar @{ $reader->{events} }; }
sub ended { my (@readers) = @_; return !grep { !$_->{closed} && !$_->{complete} } @readers; }

# -- Which events arrive, and in which order: by the wake-up alone, the heartbeat is ten minutes off

start_gateway('--stream-heartbeat', 600);
my $chitra = own('customer');
my $dev = own('customer2');
my $public = Events->open($port, $board);
Events->until(sub { count($chitra) && count($dev) && count($public) }, 'the first events');
is($chitra->{status}, 200, 'a stream');
like($chitra->{head}, qr/^Content-Type: text\/event-stream/mi, 'of events');
like($chitra->{head}, qr/^Cache-Control: no-store/mi, 'that no cache keeps');
unlike($chitra->{head}, qr/^X-Realty-Stream/mi, 'the header for the gateway stays there');
is_deeply([ map { $_->{events}[0]{event} } $chitra, $dev, $public ], [ ('sync') x 3 ], 'it begins with where to begin');
like($chitra->{events}[0]{id}, qr/^\d+-/, 'with a cursor');

notify('customer', $_) for 1 .. 5;
notify('customer2', 'for dev');
Events->until(sub { count($chitra) >= 6 && count($dev) >= 2 });
is_deeply([ titles($chitra) ], [ 'sync', 1 .. 5 ], 'news come in the order of the commits');
is_deeply([ titles($dev) ], [ 'sync', 'for dev' ], 'and the neighbour gets none of them');
is($node->http('GET', '/api/notifications?limit=1', undef, { Authorization => "Bearer $token{customer}" })->{json}{data}{notifications}[0]{id},
	$chitra->{events}[5]{data}{id}, 'they are those of the list');

# A later number that commits first arrives first, and the earlier one is not forgotten.
my ($first, $second) = map { $node->background_psql('realty') } 1, 2;
$_->query_safe('BEGIN') for $first, $second;
$first->query_safe("INSERT INTO realty.notifications (user_id, kind, title) VALUES ($id{customer}, 'test', 'early')");
$second->query_safe("INSERT INTO realty.notifications (user_id, kind, title) VALUES ($id{customer}, 'test', 'late')");
$second->query_safe('COMMIT');
Events->until(sub { count($chitra) >= 7 });
is((titles($chitra))[-1], 'late', 'the first commit arrives first');
my $between = own('customer', $chitra->resume);
$first->query_safe('COMMIT');
Events->until(sub { count($chitra) >= 8 && count($between) >= 1 });
is((titles($chitra))[-1], 'early', 'a lower number arrives all the same');
is_deeply([ titles($between) ], ['early'], 'also for a reader that came back between the two');
$_->quit for $first, $second;
$between->close;

# The board: a booking over HTTP, as the public sees it.
my $booked = $node->http('POST', '/api/bookings', { unit_id => $units[0] }, { Authorization => "Bearer $token{customer}" });
is($booked->{status}, 201, 'a unit is booked');
Events->until(sub { count($public) >= 2 });
is($public->{events}[1]{event}, 'availability', 'the board gets it');
is_deeply([ map { $_->{id} } @{ $public->{events}[1]{data}{units} } ], [ $units[0] ], 'of this unit');
like($public->{events}[1]{data}{units}[0]{status}, qr/^(?:held|booked)$/, 'what it is now');
is($public->{events}[1]{data}{available_units}, $public->{events}[0]{data}{available_units} - 1, 'and how many are left');
$node->sql("BEGIN; UPDATE realty.units SET price = price + 1 WHERE id = $units[1]; ROLLBACK");
$node->sql("UPDATE realty.units SET price = price + 2 WHERE id = $units[2]");
Events->until(sub { count($public) >= 3 });
is_deeply([ map { $_->{id} } @{ $public->{events}[2]{data}{units} } ], [ $units[2] ], 'what was rolled back does not arrive');

# What is none.
my $plain = { Authorization => "Bearer $token{customer}" };
is($node->http('GET', '/api/notifications/stream')->{status}, 401, 'not without a token');
is($node->http('GET', '/api/projects/0/stream')->{status}, 404, 'not of what is not there');
is($node->http('GET', $board, undef, { Accept => 'application/json' })->{status}, 406, 'not as JSON');
my $head = $node->http('HEAD', $board);
is("$head->{status} $head->{content}", '200 ', 'HEAD has an end');
my $once = $node->http('GET', $board, undef, { Prefer => 'wait=0' });
like($once->{content}, qr/^id: \S+\nevent: sync\n/, 'Prefer: wait=0 has an end too');
is($node->http('GET', $board, undef, { Prefer => 'wait=0', 'Last-Event-ID' => $public->{id} })->{content}, '', 'and a cursor');

# -- At random: writers overlap and roll back, a reader comes and goes

note "seed $seed: STREAM_SEED=$seed repeats it";
my @writers = map { { session => $node->background_psql('realty'), open => 0, ids => [] } } 1 .. 6;
my (%told, %expected);
my $stays = own('customer');
my $comes = own('customer');
Events->until(sub { count($stays) && count($comes) });
my ($repeats, $breaks, $strange) = (0, 0, 0);

# What the one who comes and goes got since it was last asked.
sub gather
{
	for my $event (splice @{ $comes->{events} })
	{
		if ($event->{event} ne 'notification') { $strange++ if $breaks; next; }
		$repeats++ if $told{ $event->{data}{id} }++;
	}
	return;
}

sub write_some
{
	my ($writer) = @_;
	my $many = 1 + int rand 4;
	my $to = rand() < 0.8 ? 'customer' : 'customer2';

	$writer->{session}->query_safe('BEGIN') if !$writer->{open};
	$writer->{open} = 1;
	my @ids = split /\n/, $writer->{session}->query_safe(
		"INSERT INTO realty.notifications (user_id, kind, title) SELECT $id{$to}, 'test', 'x' FROM generate_series(1, $many) RETURNING id");
	push @{ $writer->{ids} }, @ids if $to eq 'customer';
	return;
}

sub finish_one
{
	my ($writer, $how) = @_;

	return if !$writer->{open};
	$writer->{session}->query_safe($how);
	$expected{$_} = 1 for $how eq 'COMMIT' ? @{ $writer->{ids} } : ();
	@$writer{qw(open ids)} = (0, []);
	return;
}

for (1 .. $steps)
{
	my $writer = $writers[ rand @writers ];
	my $dice = rand;

	if    ($dice < 0.45) { write_some($writer); }
	elsif ($dice < 0.70) { finish_one($writer, 'COMMIT'); }
	elsif ($dice < 0.78) { finish_one($writer, 'ROLLBACK'); }
	elsif ($dice < 0.90) { Events->pump(rand 0.02, 1 + int rand 700); }
	else
	{
		# in the middle of an event, as it may happen
		Events->pump(0.02, 1 + int rand 300) if rand() < 0.5;
		gather();
		$comes->close;
		$breaks++;
		$comes = own('customer', $comes->resume);
	}
	gather();
}
finish_one($_, 'COMMIT') for @writers;
$_->{session}->quit for @writers;
Events->until(sub { gather(); keys %told >= keys %expected && count($stays) > keys %expected });
cmp_ok(scalar(keys %expected), '>', 50, keys(%expected) . " notifications, $breaks times away");
is_deeply([ sort { $a <=> $b } keys %told ], [ sort { $a <=> $b } keys %expected ], 'all that was committed arrives, nothing else');
is($repeats, 0, 'nothing twice');
is($strange, 0, 'and never from the beginning');
is_deeply([ sort { $a <=> $b } map { $_->{data}{id} } @{ $stays->{events} }[ 1 .. $#{ $stays->{events} } ] ],
	[ sort { $a <=> $b } keys %expected ], 'the reader that stayed got the same');
$_->close for $comes, $stays;

# -- The processes die

notify('customer', 'before');
Events->until(sub { (titles($chitra))[-1] eq 'before' });
stop_gateway('KILL');
Events->until(sub { ended($chitra, $dev, $public) });
notify('customer', 'meanwhile');
start_gateway('--stream-heartbeat', 600);
$chitra = own('customer', $chitra->resume);
notify('customer', 'after');
Events->until(sub { count($chitra) >= 2 });
is_deeply([ titles($chitra) ], [ 'meanwhile', 'after' ], 'after kill -9 of the gateway a reader resumes where it was');

for my $how ('fast', 'immediate')
{
	my $open = count($chitra);
	$node->stop($how);
	$node->start;
	$node->wait_ready;
	notify('customer', $how);
	Events->until(sub { count($chitra) > $open });
	is_deeply([ (titles($chitra))[ $open .. count($chitra) - 1 ] ], [$how], "the same connection goes on after the server stopped ($how)");
}

# What rolled back leaves no trace on disk, so after a crash its number is given again: to
# what a cursor from before must not take for sent.
$chitra->close;
my $crash = $node->background_psql('realty');
$crash->query_safe("BEGIN; INSERT INTO realty.notifications (user_id, kind, title) VALUES ($id{customer}, 'test', 'undone'); ROLLBACK") for 1 .. 20;
my $before = $crash->query_safe('SELECT pg_snapshot_xmax(pg_current_snapshot())');
my $fresh = own('customer2');
$chitra = own('customer', $chitra->resume);
Events->until(sub { count($fresh) && $chitra->{status} });
$node->stop('immediate');
$crash->{run}->kill_kill if $crash->{run};
$node->start;
$node->wait_ready;
my $again = $before - $node->sql('SELECT pg_snapshot_xmax(pg_current_snapshot())');
note "$again numbers are given again";
notify($_, 'a number again') for qw(customer customer2);
Events->until(sub { count($fresh) >= 2 && count($chitra) });
is_deeply([ map { (titles($_))[-1] } $fresh, $chitra ], [ ('a number again') x 2 ], 'numbers that a crash gives again arrive');

# A stop: every stream ends properly, each with its own time to come back.
is(stop_gateway(), 0, 'SIGTERM: it ends well');
Events->until(sub { ended($chitra, $fresh) });
is_deeply([ map { $_->{complete} } $chitra, $fresh ], [ 1, 1 ], 'the streams had an end in form');
like($_->{retry} // '', qr/^\d{3,4}$/, 'and a time to come back') for $chitra, $fresh;

# -- Whose token counts no more

start_gateway('--stream-heartbeat', 1, '--streams', 5);
$token{leaves} = $node->login('customer@example.com', 'sample-password');
$token{expires} = $node->sql("SET realty.access_token_lifetime = 2; SELECT realty.issue_token($id{customer})");
my ($leaves, $expires) = map { own($_) } qw(leaves expires);
$dev = own('customer2');
Events->until(sub { count($leaves) && count($expires) && count($dev) });
is($node->http('POST', '/api/auth/logout', {}, { Authorization => "Bearer $token{leaves}" })->{status}, 200, 'signed out');
notify('customer', 'not for a reader that left');
Events->until(sub { ended($leaves, $expires) });
is_deeply([ map { [ map { $_->{event} } @{ $_->{events} } ]->[-1] } $leaves, $expires ], [ 'end', 'end' ], 'a session that has ended, and a token that has expired, end their streams');
is($leaves->{events}[-1]{data}{error}{code}, 'session_revoked', 'the one says so');
is($expires->{events}[-1]{data}{error}{code}, 'token_expired', 'so does the other');
is(scalar(grep { ($_ // '') =~ /not for/ } titles($leaves)), 0, 'and nothing arrives any more');
is(own('leaves')->{status} || do { my $r = own('leaves'); Events->until(sub { $r->{status} }); $r->{status} }, 401, 'nor is it opened again');
Events->until(sub { $dev->{comments} >= 2 });
ok(!$dev->{closed}, 'others go on, with a heartbeat');

# At once, without a heartbeat: the transaction that ends a session wakes its user's streams.
is(stop_gateway(), 0, 'stopped');
start_gateway('--stream-heartbeat', 600, '--streams', 5);
$token{shut} = $node->login('customer@example.com', 'sample-password');
my $shut = own('shut');
Events->until(sub { $shut->{status} });
$node->sql("BEGIN; UPDATE realty.users SET is_active = false WHERE id = $id{customer}; UPDATE realty.users SET is_active = true WHERE id = $id{customer}; COMMIT");
Events->until(sub { ended($shut) });
is($shut->{events}[-1]{data}{error}{code}, 'session_revoked', 'an account that was shut loses its stream at once, and for good');
$token{customer} = $node->login('customer@example.com', 'sample-password');
is(stop_gateway(), 0, 'stopped');
start_gateway('--stream-heartbeat', 1, '--streams', 5);
$dev = own('customer2');
Events->until(sub { count($dev) });

# No more than there may be.
my @few = map { Events->open($port, $board) } 1 .. 5;
Events->until(sub { !grep { !$_->{status} } @few });
is_deeply([ sort map { $_->{status} } @few ], [ (200) x 4, 503 ], 'one more than there may be gets 503');
like((grep { $_->{status} == 503 } @few)[0]{head}, qr/^Retry-After: \d+/m, 'and when to come back');
$_->close for @few;

# A closed stream makes room, without anything being sent.
my $room;
Events->until(sub { $room->close if $room; $room = Events->open($port, $board); Events->pump(0.1) until $room->{status}; $room->{status} == 200 });
is($room->{status}, 200, 'a closed one makes room');
$_->close for $room, $dev;
is(stop_gateway(), 0, 'stopped');

# -- A reader that does not read

start_gateway('--stream-heartbeat', 3);
my $slow = own('customer', small => 1);
my $quick = own('customer', 'X-Other' => 1);
Events->until(sub { count($slow) && count($quick) });
$slow->hold;
my @large = map { "large $_" } 1 .. 60;
for my $title (@large)
{
	$node->sql("INSERT INTO realty.notifications (user_id, kind, title, body, data) VALUES ($id{customer}, 'test', '$title', repeat('x', 20000), jsonb_build_object('x', repeat('x', 40000)))");
	Events->pump(0);
}
Events->until(sub { count($quick) >= 61 });
is_deeply([ (titles($quick))[ 1 .. 60 ] ], \@large, 'a slow reader holds up no other');
my $gateway_sees = sub { return scalar grep { /:@{[ sprintf '%04X', $port ]} \S+ 01 / } split /\n/, slurp_file('/proc/net/tcp'); };
Events->until(sub { $gateway_sees->() == 1 }, 'the slow one to be dropped');
is($gateway_sees->(), 1, 'and is dropped');
$slow->read_on;
Events->until(sub { ended($slow) });
cmp_ok(count($slow), '<', 61, 'it was not kept for it');
my $returns = own('customer', $slow->resume);
Events->until(sub { count($slow) + count($returns) >= 61 });
is_deeply([ titles($slow), titles($returns) ], [ 'sync', @large ], 'it comes back and gets the rest, once');
$_->close for $quick, $returns;
is(stop_gateway(), 0, 'stopped');
start_gateway('--stream-heartbeat', 600);

# -- Many

# A site's own route in place of ours counts how often it is asked.
$node->sql(<<'END');
CREATE SCHEMA site;
CREATE SEQUENCE site.asked;
CREATE FUNCTION site.stream(project_id bigint) RETURNS text LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT nextval('site.asked');
	SELECT api.project_stream(project_id);
END;
GRANT USAGE ON SCHEMA site TO realty_anon;
GRANT USAGE ON SEQUENCE site.asked TO realty_anon;
INSERT INTO realty.routes (method, path, handler, function, roles, params, media_type) VALUES
	('GET', '/api/projects/{id}/stream', 'call', 'site.stream', '{public}', '{"id": "project_id"}', 'text/event-stream');
END

sub calls { return $node->sql('SELECT last_value FROM site.asked'); }

sub rss { return slurp_file("/proc/$gateway/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0; }

my $alone = rss();
my @readers;
# in waves: of more at one instant than the queue takes, the rest get 503
while (@readers < $stream_count)
{
	push @readers, map { Events->open($port, $board) } 1 .. 50;
	Events->until(sub { !grep { !count($_) } @readers });
}
is(scalar(grep { $_->{status} == 200 } @readers), $stream_count, "$stream_count streams at once");
sub change { $node->sql("UPDATE realty.units SET price = price + 1 WHERE id = $units[3]"); return; }
change();
Events->until(sub { !grep { count($_) < 2 } @readers });
# now all of them are at one place
my $calls = calls();
change();
Events->until(sub { !grep { count($_) < 3 } @readers });
is(scalar(grep { count($_) == 3 } @readers), $stream_count, 'each gets it once');
is(scalar(keys %{ { map { $_->{id} => 1 } @readers } }), 1, 'all are at one place');
$calls = calls() - $calls;
cmp_ok($calls, '<', 10, "and the database was asked for all of them together: $calls calls");
my $memory = rss();
note sprintf '%d streams: %d kB resident, %.1f kB each', $stream_count, $memory, ($memory - $alone) / $stream_count;
cmp_ok($memory, '<', 65536, 'in less than 64 MB') if !$ENV{ASAN_OPTIONS};
Events->pump(0);
is(scalar(grep { $_->{closed} } @readers), 0, 'none was lost');
$_->close for @readers;
is($node->http('GET', '/health')->{status}, 200, 'and all is well after it');
is(stop_gateway(), 0, 'stopped');

# No session of the gateway is left waiting, nor a connection for streams that are gone.
ok($node->poll_query_until('realty', "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'realty_gateway'"), 'no session is left');

done_testing();
