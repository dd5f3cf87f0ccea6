# Eight connections do a builder's business at random, while backends and then the whole
# server are killed. A model in this test (t/lib/Model.pm) says what each request must answer;
# at the end every row is as the models have it, and every sum is right.
#
#   SEED=12345 tools/test t/50_model.pl       the same histories again
#
# A request whose connection was lost is sent again with its Idempotency-Key, so its outcome is
# known whether or not it had happened. What all workers want at once (shared units, one change request
# to approve) one of them gets.
use strict;
use warnings;

use HTTP::Tiny;
use IO::Handle;
use JSON::PP;
use List::Util qw(shuffle sum0);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Utils;

use lib 't/lib';
use Model;
use Realty;
use World;

my $small = ($ENV{SIZE} // '') ne 'full';
my $workers = 8;
my $steps = $small ? 250 : 6250;    # each
my $contests = $small ? 20 : 200;
my $seed = $ENV{SEED} // time * 1000 % 1_000_000_007;
note sprintf 'shortened: %d operations of 50000', $workers * $steps if $small;
note "seed $seed";

my $node = Realty->start(gateway => 1, conf => "restart_after_crash = on\n");
my $world = World->new($node);
# The workers' hours follow one another, day and night.
$node->sql('INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes) SELECT ' . $world->profile('aya')
	. q{, d, '00:00', '24:00' FROM generate_series(1, 7) d});
my $dir = PostgreSQL::Test::Utils::tempdir();
my $json = JSON::PP->new->canonical;

# -- What is shared ----------------------------------------------------------------------------

my @wanted = map { $world->unit } 1 .. $contests;
my @confirmed_once = map { $world->booking('pending') } 1 .. $contests;
my @approved_once = map { $world->change_request('under_review') } 1 .. $contests / 2;
my @paid_once = map { $world->payment('submitted', $world->booking('confirmed'), 1000) } 1 .. $contests / 2;
my %contest = (
	(map { ("book $_" => [ 'customer0', 'bookings', { unit_id => $_ }, 201 ]) } @wanted),
	(map { ("confirm booking $_" => [ 'builder', "bookings/$_/confirm", undef, 200 ]) } @confirmed_once),
	(map { ("approve $_" => [ 'builder', "change-requests/$_/approve", { approved_cost => 7 }, 200 ]) } @approved_once),
	(map { ("confirm payment $_" => [ 'builder', "payments/$_/confirm", undef, 200 ]) } @paid_once));

my $first_hour = POSIX::mktime(0, 0, 0, 1, 0, POSIX::strftime('%Y', gmtime) - 1900 + 1) + 30 * 86400;

sub hour
{
	my ($worker, $slot) = @_;
	my $at = $first_hour + 3600 * ($slot * $workers + $worker);
	my $when = sub { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) };

	return (starts_at => $when->($at), ends_at => $when->($at + 3600));
}

# -- A worker ----------------------------------------------------------------------------------

# The status and data of a request; sent again until there is an answer that is one.
sub send_until_answered
{
	my ($client, $step, $key, $token) = @_;
	my %headers = ('Content-Type' => 'application/json');
	my $limit = time + 120;
	my $tries = 0;

	$headers{Authorization} = "Bearer $token" if defined $token;
	$headers{'Idempotency-Key'} = $key if $step->{method} eq 'POST' && defined $token;
	while (1)
	{
		my $answer = $client->request($step->{method}, $node->url($step->{path}),
			{ headers => \%headers, defined $step->{body} ? (content => $json->encode($step->{body})) : () });
		$tries++;
		# gone, saturated, in recovery, or still at the first copy: 599 is the client's own word
		if ($answer->{status} =~ /^(?:599|50[034])$/ && $answer->{content} !~ /"code":"internal/ || $answer->{content} =~ /"code":"in_progress"/)
		{
			return ($answer->{status}, undef, $answer->{content}, $tries) if time > $limit;
			sleep 0.05;
			next;
		}
		my $body = eval { $json->decode($answer->{content}) } // {};
		return ($answer->{status}, $body->{data}, $answer->{content}, $tries);
	}
}

# Runs in a process of its own; tells progress on the pipe, and writes what it has in the end.
sub work
{
	my ($number, $people, $progress) = @_;
	my $model = Model->new(seed => $seed + 7919 * $number, name => "w$number", project => $world->{project},
		builder => $world->id('aya'), hour => sub { hour($number, @_) });
	my $client = HTTP::Tiny->new(timeout => 30, keep_alive => 1);
	my @contests = shuffle sort keys %contest;
	my $share = int($steps / (@contests + 1)) || 1;
	my (%won, @last);
	my $again = 0;

	for my $n (1 .. $steps)
	{
		my $step = $model->step;
		my ($status, $data, $content, $tries) =
		  send_until_answered($client, $step, "w$number-$n", $people->{ $step->{who} });
		my $gone = $step->{method} eq 'DELETE' && $tries > 1 && $step->{status} == 200 && $status == 404;
		my $wrong = $gone ? $step->{check}->({}) : $status != $step->{status} ? "$status instead of $step->{status}: $content"
		  : $step->{check}->($data);

		push @last, join ' ', $n, $step->{kind}, $step->{who}, $step->{method}, $step->{path}, $json->encode($step->{body} // {}), $status;
		shift @last if @last > 12;
		$again++ if $tries > 1;
		if ($wrong ne '')
		{
			report($number, { wrong => "step $n of worker $number: $wrong", last => \@last });
			POSIX::_exit(1);
		}
		if ($n % $share == 0 && @contests)
		{
			my $name = shift @contests;
			my ($who, $path, $body, $win) = @{ $contest{$name} };
			my ($result) = send_until_answered($client, { method => 'POST', path => "/api/$path", body => $body },
				"w$number-contest-$name", $people->{$who});
			$won{$name} = $result;
		}
		$progress->syswrite("$n\n") if $n % 50 == 0;
	}
	report($number, { rows => [ $model->rows ], receipts => $model->receipts, won => \%won, again => $again,
			messages => $model->{messages} // 0 });
	POSIX::_exit(0);
}

sub report
{
	my ($number, $what) = @_;
	open my $out, '>', "$dir/worker$number" or POSIX::_exit(2);
	print $out $json->encode($what);
	close $out;
	return;
}

# -- The run -----------------------------------------------------------------------------------

my %tokens = (builder => lasting('aya'), other_builder => lasting('bo'), nobody => undef);

# A token that counts as long as the run may take.
sub lasting
{
	my ($name) = @_;
	return long_token($world->id($name));
}

sub long_token
{
	my ($id) = @_;
	my ($token) = $node->sql("SET realty.access_token_lifetime = '1h'; SELECT realty.issue_token($id)") =~ /(\S+)\z/;
	return $token;
}

pipe my $progress, my $tell or die $!;
my (@people, %worker);
for my $number (0 .. $workers - 1)
{
	push @people, { %tokens, map { ("customer$_" => long_token($world->register("c$number$_", 'customer')->{id})) } 0, 1 };
}
my $start = time;
for my $number (0 .. $workers - 1)
{
	my $pid = fork // die $!;
	if ($pid == 0)
	{
		close $progress;
		work($number, $people[$number], $tell);
	}
	$worker{$pid} = $number;
}
close $tell;
END { my $status = $?; kill 'KILL', keys %worker; $? = $status; }

# At a third a backend of the gateway dies, at two thirds the server.
my @deaths = (
	sub {
		my $pid = $node->sql("SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway' LIMIT 1");
		kill 'KILL', $pid;
		return "backend $pid";
	},
	sub {
		my $pid = $node->{_pid};
		my $limit = time + 60;
		$node->kill9;
		# what is left of it must be gone before it can start again
		while (kill 0, $pid) { die 'the killed server is still there' if time > $limit; sleep 0.05; }
		$node->start;
		return 'the server';
	});
my ($done, $killed) = (0, 0);
while (my $line = <$progress>)
{
	$done += 50;
	next if $killed == @deaths || $done < $workers * $steps * ($killed + 1) / 3;
	diag(sprintf 'killed %s after %d operations', $deaths[ $killed++ ]->(), $done);
}
my @failed;
for my $pid (keys %worker)
{
	waitpid $pid, 0;
	push @failed, $worker{$pid} if $? != 0;
	delete $worker{$pid};
}
my $seconds = time - $start;
is($killed, 2, 'a backend and the server were killed in the middle');

my @reports = map { $json->decode(PostgreSQL::Test::Utils::slurp_file("$dir/worker$_")) } 0 .. $workers - 1;
for my $bad (grep { $_->{wrong} } @reports)
{
	fail("seed $seed: $bad->{wrong}");
	diag(join "\n", @{ $bad->{last} });
}
BAIL_OUT("seed $seed: workers @failed ended early") if @failed && !grep { $_->{wrong} } @reports;
if (!grep { $_->{wrong} } @reports)
{
	pass(sprintf '%d operations by %d connections were answered as the model says (%.0f a second, %d sent again)',
		$workers * $steps, $workers, $workers * $steps / $seconds, sum0(map { $_->{again} } @reports));
	ends_well();
}
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'and no sum is off');
is($node->sql('SELECT count(*) FROM realty.idempotency_keys WHERE status IS NULL'), '0', 'no retry is left in the air')
  if $node->sql(q{SELECT count(*) FROM pg_attribute WHERE attrelid = 'realty.idempotency_keys'::regclass AND attname = 'status'});
done_testing();

# -- The end -----------------------------------------------------------------------------------

sub ends_well
{
	my @mine = sort map { @{ $_->{rows} } } @reports;
	my @theirs = sort split /\n/, $node->sql(<<'END');
WITH mine AS (SELECT id FROM realty.units WHERE unit_number LIKE 'w%')
SELECT format('unit %s %s %s', id, status, (price * 100)::bigint) FROM realty.units WHERE id IN (TABLE mine)
UNION ALL SELECT format('booking %s %s %s %s %s %s %s', id, status, (total_amount * 100)::bigint, (discount * 100)::bigint,
	(paid_amount * 100)::bigint, (scheduled_amount * 100)::bigint, (refunding_amount * 100)::bigint)
	FROM realty.bookings WHERE unit_id IN (TABLE mine)
UNION ALL SELECT format('payment %s %s %s %s', b.id, p.kind, p.status, (p.amount * 100)::bigint)
	FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id WHERE b.unit_id IN (TABLE mine)
UNION ALL SELECT format('change %s %s', id, status) FROM realty.change_requests WHERE unit_id IN (TABLE mine)
UNION ALL SELECT format('appointment %s %s', id, status) FROM realty.appointments
END
	is_deeply([ differing(\@mine, \@theirs) ], [], scalar(@mine) . ' rows are as the models have them');

	for my $name (sort keys %contest)
	{
		my @asked = grep { defined } map { $_->{won}{$name} } @reports;
		next if !@asked;
		my $won = grep { $_ == $contest{$name}[3] } @asked;
		my $lost = grep { $_ == 409 } @asked;
		fail("$name: @asked") if $won != 1 || $won + $lost != @asked;
	}
	pass(scalar(keys %contest) . ' things that all wanted went to one each');

	my $receipts = sum0(map { $_->{receipts} } @reports);
	my $contested = grep { my $name = "confirm payment $_"; grep { defined $_->{won}{$name} } @reports } @paid_once;
	is($node->sql('SELECT count(receipt_number), count(DISTINCT receipt_number) FROM realty.payments'),
		join('|', ($receipts + $contested) x 2), 'each paid payment has a receipt of its own');
	is($node->sql(q{SELECT count(*) FROM realty.messages}), sum0(map { $_->{messages} } @reports), 'each message was sent once');
	return;
}

# What only one side has, marked with whose it is.
sub differing
{
	my ($mine, $theirs) = @_;
	my %count;

	$count{$_}++ for @$mine;
	$count{$_}-- for @$theirs;
	return map { ($count{$_} > 0 ? 'model: ' : 'table: ') . $_ } grep { $count{$_} } sort keys %count;
}
