# Sixteen connections want one unit at the same moment, two hundred times: by plain
# INSERT as the owner, by INSERT on the view with a token, by realty.request, and by
# HTTP through the gateway. One of them succeeds each time, all others are rejected with
# PT409 or 409, and every count is exact afterwards.
#
# The moment: the SQL sessions wait for the round's advisory lock, the HTTP clients
# for a line on a pipe. When all sessions are seen waiting, both are let go.
use strict;
use warnings;

use HTTP::Tiny;
use IO::Handle;
use IPC::Run;
use JSON::PP;
use POSIX ();
use Test::More;

use PostgreSQL::Test::Utils;

use lib 't/lib';
use Realty;

my $rounds = ($ENV{SIZE} // '') eq 'ci' ? 25 : 200;
note "shortened: $rounds rounds of 200" if $rounds < 200;
my @ways = map { (qw(owner token request http))[ $_ % 4 ] } 0 .. 15;

my $node = Realty->start(gateway => 1);
my $dir = PostgreSQL::Test::Utils::tempdir();

$node->sql(<<'END');
CREATE SCHEMA race;
CREATE TABLE race.units (round int PRIMARY KEY, id bigint);
CREATE TABLE race.customers (worker int PRIMARY KEY, id bigint, token text);
WITH u AS (INSERT INTO realty.users (email, user_type, full_name) VALUES ('b@race.example', 'builder', 'B') RETURNING id)
INSERT INTO realty.builders (user_id, company_name) SELECT id, 'Race' FROM u;
INSERT INTO realty.projects (builder_id, name, city, status) SELECT id, 'Race', 'Pune', 'launched' FROM realty.builders;
-- The barrier: a round begins when every session waits for its lock.
CREATE FUNCTION race.release(round int, waiting int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    WHILE (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = round AND NOT granted) < waiting LOOP
        PERFORM pg_sleep(0.001);
    END LOOP;
    RETURN pg_advisory_unlock(round);
END $$;
END
$node->sql("INSERT INTO realty.units (project_id, unit_number, price)
	SELECT p.id, n::text, 1000000 + n FROM realty.projects p, generate_series(1, $rounds) n;
	INSERT INTO race.units SELECT unit_number::int, id FROM realty.units");
for my $worker (0 .. $#ways)
{
	$node->sql("WITH u AS (INSERT INTO realty.users (email, user_type, full_name)
			VALUES ('c$worker\@race.example', 'customer', 'C$worker') RETURNING id),
		c AS (INSERT INTO realty.customers (user_id) SELECT id FROM u RETURNING id, user_id)
		INSERT INTO race.customers SELECT $worker, id, NULL FROM c;
		UPDATE race.customers r SET token = realty.issue_token(c.user_id)
		FROM realty.customers c WHERE c.id = r.id AND r.worker = $worker");
}
my %unit = map { split /\|/ } split /\n/, $node->sql('SELECT round, id FROM race.units');
my %customer = map { my ($w, $id, $token) = split /\|/; $w => { id => $id, token => $token } }
  split /\n/, $node->sql('SELECT worker, id, token FROM race.customers');

# What one SQL session does in one round.
sub booking
{
	my ($way, $round, $who) = @_;
	my $unit = $unit{$round};

	return "INSERT INTO realty.bookings (unit_id, customer_id) VALUES ($unit, $who->{id});"
	  if $way eq 'owner';
	return "BEGIN; SELECT realty.authenticate('$who->{token}') \\g /dev/null\n"
	  . "INSERT INTO api.bookings (unit_id) VALUES ($unit); COMMIT;"
	  if $way eq 'token';
	return "SELECT status FROM realty.request('POST', '/api/bookings', '{\"unit_id\": $unit}', "
	  . "'{\"Authorization\": \"Bearer $who->{token}\"}');";
}

sub start_session
{
	my ($worker) = @_;
	my $script = "$dir/worker$worker.sql";

	open my $out, '>', $script or die "could not write $script: $!";
	print $out "\\set VERBOSITY sqlstate\n";
	for my $round (1 .. $rounds)
	{
		print $out "SELECT pg_advisory_lock_shared($round) \\g /dev/null\n",
		  booking($ways[$worker], $round, $customer{$worker}), "\n",
		  "SELECT pg_advisory_unlock_shared($round) \\g /dev/null\n";
	}
	close $out;
	return IPC::Run::start([ 'psql', '-XAt', '-d', $node->connstr('realty'), '-f', $script ],
		'<', \undef, '>', "$dir/worker$worker.out", '2>&1');
}

# A client of the gateway: reads a round's number, books, writes the status.
sub start_client
{
	my ($worker) = @_;
	pipe my $from_parent, my $to_client or die "no pipe: $!";
	my $pid = fork // die "no fork: $!";

	if ($pid == 0)
	{
		close $to_client;
		my $http = HTTP::Tiny->new(timeout => 60);
		open my $out, '>', "$dir/worker$worker.out" or POSIX::_exit(1);
		while (my $round = <$from_parent>)
		{
			chomp $round;
			last if $round eq 'end';    # no end of file: younger clients hold the pipe as well
			my $answer = $http->post($node->url('/api/bookings'), {
				headers => { 'Content-Type' => 'application/json',
					Authorization => "Bearer $customer{$worker}{token}" },
				content => encode_json({ unit_id => $unit{$round} + 0 }) });
			print $out "$answer->{status}\n";
		}
		close $out;
		POSIX::_exit(0);
	}
	close $from_parent;
	$to_client->autoflush(1);
	return { pid => $pid, pipe => $to_client };
}

my @http_workers = grep { $ways[$_] eq 'http' } 0 .. $#ways;
my @clients = map { start_client($_) } @http_workers;
my ($in, $out, $err) = ('', '', '');
my $master = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('realty') ],
	'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(600));
$in .= "SELECT count(pg_advisory_lock(n)) FROM generate_series(1, $rounds) n;\n";
$master->pump until $out =~ /^$rounds$/m;
my @sessions = map { start_session($_) } grep { $ways[$_] ne 'http' } 0 .. $#ways;
for my $round (1 .. $rounds)
{
	$out = '';
	print { $_->{pipe} } "$round\n" for @clients;
	$in .= "SELECT race.release($round, ${\ scalar @sessions});\n";
	$master->pump until $out =~ /^t$/m || $err;
	last if $err;
}
is($err, '', 'every round was let go');
$in .= "\\q\n";
$master->finish;
$_->finish for @sessions;
for my $client (@clients)
{
	print { $client->{pipe} } "end\n";
	waitpid $client->{pid}, 0;
	is($?, 0, 'a client of the gateway ended well');
}

my %won;
my %lost;
for my $worker (0 .. $#ways)
{
	for my $line (split /\n/, slurp_file("$dir/worker$worker.out"))
	{
		next if $line =~ /^(BEGIN|COMMIT|ROLLBACK)$/;
		$line =~ s/^psql:[^ ]* //;
		my $outcome = $line =~ /^(INSERT 0 1|201)$/ ? \%won : \%lost;
		$outcome->{ $ways[$worker] }{$line}++;
	}
}
my ($winners, $losers) = (0, 0);
for my $way (qw(owner token request http))
{
	my $word = $way =~ /owner|token/ ? 'ERROR:  PT409' : '409';
	is_deeply([ sort keys %{ $lost{$way} } ], [$word], "losers by $way all get $word")
	  or diag explain $lost{$way};
	$winners += $_ for values %{ $won{$way} // {} };
	$losers += $_ for values %{ $lost{$way} };
	note "$way won ", (values %{ $won{$way} // {} })[0] // 0;
}
is($winners, $rounds, 'one winner a round');
is($losers, $rounds * 15, 'fifteen losers a round');
is($node->sql('SELECT count(*), count(DISTINCT unit_id) FROM realty.bookings'),
	"$rounds|$rounds", 'a booking for each unit');
is($node->sql('SELECT total_units, available_units FROM api.projects'), "$rounds|0", 'the counts are exact');
is($node->sql("SELECT count(*) FROM realty.units WHERE status <> 'booked'"), '0', 'every unit is booked');
is($node->sql("SELECT count(*) FROM realty.notifications WHERE kind = 'booking_created'"),
	2 * $rounds, 'two notifications a booking');
is($node->sql("SELECT count(*) FROM realty.audit_log WHERE table_name = 'bookings'"),
	$rounds, 'and one line in the audit log');
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'check_invariants() is empty');

# All units are released at once, by all clients: the same counts, in reverse.
$node->sql("UPDATE realty.bookings SET status = 'cancelled'");
is($node->sql('SELECT total_units, available_units FROM api.projects'), "$rounds|$rounds", 'all are free again');
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'check_invariants() is empty still');
my ($worse) = slurp_file($node->logfile) =~ /(PANIC|TRAP|deadlock|terminated by signal)/;
is($worse, undef, 'the server log has nothing worse than client errors');

done_testing();
