# The server comes and goes under a gateway of its own, in each way it can, amid requests: clients
# get 200 or 503, never a broken connection, and the gateway finds the server again by itself. It
# connects no more often than it must, and not in step with others.
use strict;
use warnings;

use IO::Select;
use IO::Socket::UNIX;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true read_answer);
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start(name => 'primary', streaming => 1, sample => 1, conf => "restart_after_crash = on\n");
my $gateway = Alone->start($node);
ok($gateway->wait_ready, 'ready');

# Under load; afterwards it serves. Nothing but 200 and 503 came, and both of them.
sub survives
{
	my ($what, $trouble) = @_;
	my $load = $gateway->load(4, '/api/projects?limit=1');

	until_true('load', sub { $gateway->ask('GET', '/ready')->{status} == 200 });
	$trouble->();
	ok($gateway->wait_ready, "$what: ready again by itself");
	my $count = $load->stop;
	ok(!(grep { !/^(?:200|503)$/ } keys %$count), 'clients got 200 or 503, each of them: ' . join ' ', map { "$_ x$count->{$_}" } sort keys %$count);
	cmp_ok($count->{200} // 0, '>', 0, 'it was at work');
	is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and is again');
	return $count;
}

sub until_away { return until_true('away', sub { $gateway->ask('GET', '/ready')->{status} == 503 }); }

for my $mode ('fast', 'immediate')
{
	my $count = survives("a $mode restart", sub { $node->stop($mode); until_away(); $node->start; });
	cmp_ok($count->{503} // 0, '>', 0, 'and was away meanwhile');
}
survives('a session ended', sub { $node->sql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'realty_gateway'}); });
survives('kill -9 of a session', sub {
		my $at = -s $node->logfile;
		kill 'KILL', $node->sql(q{SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway' LIMIT 1});
		until_true('recovered', sub { slurp_file($node->logfile, $at) =~ /database system is ready to accept connections/ });
	});
is($gateway->stop, 0, 'it stops');

# -- A standby is promoted: with both in the connection string it finds the one that may write ---

$node->backup('base');
my $standby = Realty->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
my $both = sprintf 'dbname=realty host=%s,%s port=%d,%d target_session_attrs=read-write',
  $node->host, $standby->host, $node->port, $standby->port;
$gateway = Alone->start($node, '--database', $both);
ok($gateway->wait_ready, 'ready on the primary');
my $account = { email => 'asha@gateway.example', password => 'correct horse battery', user_type => 'customer', full_name => 'Asha Rao' };
is($gateway->ask('POST', '/api/auth/register', $account)->{status}, 201, 'a write');
$node->wait_for_catchup($standby, 'replay');
survives('a promotion', sub { $node->stop('immediate'); until_away(); $standby->promote; });
$account->{email} = 'ravi@gateway.example';
is($gateway->ask('POST', '/api/auth/register', $account)->{status}, 201, 'it writes on the new primary');
is($standby->sql(q{SELECT count(*) FROM realty.users WHERE email LIKE '%@gateway.example'}), '2', 'beside what was there');
is($gateway->stop, 0, 'it stops');

# -- No server: how often it tries to connect -----------------------------------------------------

# A listener without a server: when a connection came, in seconds.
sub knocks
{
	my ($count) = @_;
	my $folder = PostgreSQL::Test::Utils::tempdir_short();
	my $door = IO::Socket::UNIX->new(Local => "$folder/.s.PGSQL.5432", Listen => 8) or die "no socket: $!";
	my $visitor = Alone->start($node, '--database', "host=$folder port=5432 dbname=realty", '--connections', 8);
	my $waits = IO::Select->new($door);
	my @at;

	while (@at < $count && $waits->can_read(60))
	{
		close $door->accept;
		push @at, time;
	}
	$visitor->stop;
	return @at;
}

sub gaps { my @at = @_; return map { $at[$_] - $at[ $_ - 1 ] } 1 .. $#at; }

# eight connections at the start; then one asks for all, at once and after waits that double
my ($first, $second) = map { [ (gaps(knocks(14)))[ 7 .. 12 ] ] } 1, 2;
note 'waits: ', join ', ', map { sprintf '%.3f', $_ } @$first;
cmp_ok($first->[ $_ + 2 ], '>', $first->[$_], 'the waits grow') for 0, 1, 3;
my @differences = sort { $a <=> $b } map { abs($first->[$_] - $second->[$_]) } 2 .. 5;
cmp_ok($differences[-1], '>', 0.005, 'and two gateways do not keep step');

done_testing();
