# What runs out (time, locks, connections) refuses with the documented status, undoes all of the
# request, and is over when the cause is.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Realty;
use World;

my $node = Realty->start(gateway => 1);
my $world = World->new($node);

# A session holds a row; what waits for it is ended by the server's own limits.
sub while_held
{
	my ($query, $then) = @_;
	my $holder = $node->background_psql('realty', on_error_stop => 0);

	$holder->query("BEGIN; $query");
	$then->();
	$holder->query('ROLLBACK');
	$holder->quit;
	return;
}

# On a busy machine what nobody holds up may take too long, too: it is asked again.
sub asked_again
{
	my (@request) = @_;
	my $answer;

	for (1 .. 50)
	{
		$answer = $world->as('chitra', @request);
		return $answer->{status} if $answer->{status} !~ /^50[34]$/;
	}
	return $answer->{status};
}

for my $case ([ statement_timeout => 504, 'timeout' ], [ lock_timeout => 503, 'unavailable' ])
{
	my ($setting, $status, $code) = @$case;
	my $unit = $world->unit;

	$node->sql("ALTER ROLE realty_gateway SET $setting = '200ms'");
	$node->restart;
	$node->wait_ready;
	while_held("SELECT FROM realty.units WHERE id = $unit FOR UPDATE", sub {
		my $answer = $world->as('chitra', 'POST', '/api/bookings', { unit_id => $unit });
		is($answer->{status}, $status, "$setting: the status");
		is($answer->{json}{error}{code}, $code, "$setting: the code");
		is(asked_again('GET', '/api/auth/me'), 200, "$setting: others are served meanwhile");
	});
	is($node->sql("SELECT count(*) FROM realty.bookings WHERE unit_id = $unit"), '0', "$setting: nothing is booked");
	is(asked_again('POST', '/api/bookings', { unit_id => $unit }), 201, "$setting: and then it can be");
	$node->sql("ALTER ROLE realty_gateway RESET $setting");
}

# All connections are taken when the gateway wants its own.
$node->append_conf('postgresql.conf', "max_connections = 12\nsuperuser_reserved_connections = 3\n");
$node->restart;
$node->wait_ready;
my @sessions;
$node->sql(q{CREATE ROLE filler LOGIN SUPERUSER});
$node->let_in('filler');
$node->reload;
my $gateways = q{FROM pg_stat_activity WHERE usename = 'realty_gateway'};
cmp_ok($node->sql("SELECT count(*) $gateways"), '>', 0, 'the gateway has connections');
for (1 .. 12)
{
	my $one = eval { $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'filler' ]) } or last;
	push @sessions, $one;
	$node->psql('postgres', "SELECT pg_terminate_backend(pid) $gateways", extra_params => [ '-U', 'filler' ]);
}
cmp_ok(scalar @sessions, '>=', 5, 'other sessions take them all');
my $refused;
for (1 .. 100)
{
	$refused = $node->http('GET', '/api/projects');
	last if $refused->{status} == 503;
	sleep 0.05;
}
is($refused->{status}, 503, 'requests are rejected');
like($refused->{headers}{'retry-after'}, qr/^\d+$/, 'for a while');
is($node->http('GET', '/health')->{status}, 200, 'the gateway lives');
is($node->http('GET', '/ready')->{status}, 503, 'and is not ready');
$_->quit for @sessions;
ok($node->wait_ready, 'when they leave it comes back by itself');
is($world->as('chitra', 'GET', '/api/auth/me')->{status}, 200, 'and serves');

done_testing();
