# Many clients at once, while sessions of the gateway are ended under them: every client
# gets the answer to its own request, and none hangs.
use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP;
use POSIX ();
use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1);
my ($clients, $requests) = ($ENV{SIZE} // '') eq 'full' ? (16, 1000) : (8, 150);
note "shortened: $clients clients with $requests requests each"
  if ($ENV{SIZE} // '') ne 'full';

my $builder = $node->http('POST', '/api/auth/register', {
	email => 'builder@example.com', password => 'correct horse 1', user_type => 'builder',
	full_name => 'Asha Rao', company_name => 'Rao Homes', license_number => 'RERA-1' });
my $token = $builder->{json}{data}{token};
my @ids = map {
	$node->http('POST', '/api/projects',
		{ name => "Tower $_", city => 'Pune', status => 'launched', project_type => 'residential' },
		{ Authorization => "Bearer $token" })->{json}{data}{project}{id}
} 1 .. 10;
is(scalar(grep { defined } @ids), 10, 'ten projects');

# Exit status: how many answers were wrong. Lost sessions may cost some a 503, no more.
sub client
{
	my ($number) = @_;
	my $http = HTTP::Tiny->new(timeout => 60);
	my ($wrong, $good) = (0, 0);

	for my $count (1 .. $requests)
	{
		my $id = $ids[ ($number + $count) % @ids ];
		my $mark = "client-$number-$count";
		my $answer = $http->get($node->url("/api/projects/$id"),
			{ headers => { 'X-Request-Id' => $mark } });

		$wrong++ if ($answer->{headers}{'x-request-id'} // '') ne $mark;
		next if $answer->{status} == 503;
		my $json = eval { decode_json($answer->{content}) };
		$wrong++ if $answer->{status} != 200 || $json->{data}{project}{id} != $id;
		$good++ if $answer->{status} == 200;
	}
	POSIX::_exit($wrong > 100 ? 100 : $wrong || ($good == 0 ? 101 : 0));
}

my %running;
for my $number (1 .. $clients)
{
	my $pid = fork // die "no fork: $!";
	client($number) if $pid == 0;
	$running{$pid} = $number;
}
my $ended = 0;
while (%running)
{
	# one session after the other, as long as there are clients
	$ended += $node->safe_psql('postgres', q{
		SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
			WHERE usename = 'realty_gateway' ORDER BY random() LIMIT 1) AS one});
	for my $pid (keys %running)
	{
		next if waitpid($pid, POSIX::WNOHANG) != $pid;
		is($? >> 8, 0, "client $running{$pid}: every answer was its own");
		delete $running{$pid};
	}
}
cmp_ok($ended, '>', 0, "$ended sessions were ended meanwhile");
$node->wait_ready;
is($node->http('GET', "/api/projects/$ids[0]")->{status}, 200, 'and all is well after it');

done_testing();
