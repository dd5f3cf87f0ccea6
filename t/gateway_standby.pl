# The gateway on a hot standby: it reads, refuses writes with 503, and writes after a
# promotion, without being told.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Realty;

my $primary = Realty->start(name => 'primary', streaming => 1, gateway => 1);
my $port = PostgreSQL::Test::Cluster::get_free_port();

$primary->backup('base');
my $standby = Realty->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "realty.http_port = $port\n");
$standby->{http_port} = $port;
$standby->start;
$standby->wait_ready;
pass('ready on the standby');

my $account = { email => 'asha@example.com', password => 'correct horse 1',
	user_type => 'customer', full_name => 'Asha Rao' };
is($primary->http('POST', '/api/auth/register', $account)->{status}, 201, 'a write here');
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

$primary->stop('immediate');
$standby->promote;
$standby->wait_ready;
is($standby->http('POST', '/api/auth/register', $account)->{status}, 201,
	'after the promotion it writes');
is($standby->sql('SELECT count(*) FROM realty.users'), '2', 'beside what came before');

done_testing();
