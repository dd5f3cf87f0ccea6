# The gateway on a hot standby: it reads, refuses writes with 503, and writes after a
# promotion, without a signal. The sweeper rests until then.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

my $primary = Realty->start(name => 'primary', streaming => 1, gateway => 1);
my $port = PostgreSQL::Test::Cluster::get_free_port();

$primary->backup('base');
my $standby = Realty->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "realty.http_port = $port\nrealty.sweep_interval = 1s\n");
$standby->{http_port} = $port;
$standby->start;
$standby->wait_ready;
pass('ready on the standby');

my $account = { email => 'asha@example.com', password => 'correct horse 1',
	user_type => 'customer', full_name => 'Asha Rao' };
is($primary->http('POST', '/api/auth/register', $account)->{status}, 201, 'a write here');
$primary->sql(q{INSERT INTO realty.password_resets (token_hash, user_id, expires_at)
	SELECT 'over', id, now() - interval '1 hour' FROM realty.users});
$primary->wait_for_catchup($standby, 'replay');

my $answer = $standby->http('GET', '/api/projects');
is($answer->{status}, 200, 'the standby serves GET');
is($answer->{json}{success}, JSON::PP::true, 'in the envelope');
$account->{email} = 'ravi@example.com';
$answer = $standby->http('POST', '/api/auth/register', $account);
is($answer->{status}, 503, 'and answers 503 to POST');
ok($answer->{headers}{'retry-after'}, 'with Retry-After');
ok($answer->{headers}{'x-request-id'}, 'and a request id');
is($primary->sql('SELECT count(*) FROM realty.users'), '1', 'and nothing was written');

like($standby->http('GET', '/metrics')->{content}, qr/^realty_up 1$/m, 'metrics are served there too');
is($standby->sql('SELECT count(*) FROM realty.password_resets'), '1', 'what is over is not swept there');
unlike(slurp_file($standby->logfile), qr/sweep|read-only transaction/, 'and not tried to be');

$primary->stop('immediate');
$standby->promote;
$standby->wait_ready;
is($standby->http('POST', '/api/auth/register', $account)->{status}, 201,
	'after the promotion it writes');
is($standby->sql('SELECT count(*) FROM realty.users'), '2', 'beside what came before');
ok( $standby->poll_query_until('realty', 'SELECT count(*) = 0 FROM realty.password_resets'),
	'and sweeps');

done_testing();
