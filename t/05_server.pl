# realty on a server that exists: what it says when it is not set up, and that it opens no
# port by itself.
use strict;
use warnings;

use lib 't/lib';
use HTTP::Tiny;
use PostgreSQL::Test::Utils;
use Realty;
use Test::More;

sub port_answers
{
	my ($node) = @_;
	return HTTP::Tiny->new(timeout => 2)->get($node->url('/health'))->{status} != 599;
}

# --- not preloaded
my $stock = Realty->start(name => 'stock', preload => 0, extension => 0);
my $error = $stock->sql_fails('CREATE EXTENSION realty', database => 'postgres');
like($error, qr/\b55000\b/, 'without preload CREATE EXTENSION stops');
like($error, qr/^HINT: .*shared_preload_libraries = 'realty'/m, '… and shows the line to add');
is($stock->sql(q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('realty', 'api')},
		database => 'postgres'),
	'0', '… and leaves nothing behind');

# The way that the documentation gives: the line, a restart, CREATE EXTENSION.
$stock->append_conf('postgresql.conf', "shared_preload_libraries = 'realty'");
$stock->append_conf('postgresql.conf', "realty.http_port = $stock->{http_port}");
$stock->restart;
$stock->create_database;
pass('with the line and a restart it installs');

# --- no secret
$error = $stock->sql_fails(q{SELECT realty.create_admin('root@example.com', 'a long password')});
is($error, '', 'an administrator can be made without a secret');
$error = $stock->sql_fails(q{SELECT api.login('root@example.com', 'a long password')});
like($error, qr/\bPT500\b/, 'without a secret no login succeeds');
like($error, qr/^HINT: .*^realty\.jwt_secret_file = /ms, '… and the hint shows how to set one');

# --- the gateway is off until it is asked for
is($stock->sql('SHOW realty.gateway'), 'off', 'the gateway is off by default');
ok(!port_answers($stock), '… and nothing listens');
$stock->append_conf('postgresql.conf',
	"realty.database = 'realty'\nrealty.jwt_secret = '${\ Realty::SECRET}'");
$stock->restart;
ok(!port_answers($stock), 'a restart alone does not start it');
$stock->append_conf('postgresql.conf', 'realty.gateway = on');
$stock->reload;
ok($stock->wait_ready, 'asked for, it starts at the reload');
is($stock->sql('SHOW realty.http_address'), '127.0.0.1', '… on the local address alone');
is($stock->sql('SHOW realty.jwt_secret'), '********', 'the secret is not shown');

my $answer = $stock->http('POST', '/api/auth/login',
	{ email => 'root@example.com', password => 'a long password' });
is($answer->{status}, 200, 'with a secret the administrator logs in');

# --- a restart of the server brings the gateway back with its data
$stock->restart;
ok($stock->wait_ready, 'after a restart the gateway is back');
$answer = $stock->http('POST', '/api/auth/login',
	{ email => 'root@example.com', password => 'a long password' });
is($answer->{status}, 200, '… and the account too');

$stock->append_conf('postgresql.conf', 'realty.gateway = off');
$stock->reload;
my $limit = time + Realty::PATIENCE;
select undef, undef, undef, 0.05 while port_answers($stock) && time < $limit;
ok(!port_answers($stock), 'switched off, it goes at the reload');

# --- a database that is not UTF8
$stock->safe_psql('postgres',
	q{CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'});
$error = $stock->sql_fails('CREATE EXTENSION realty', database => 'ascii');
like($error, qr/\b0A000: .*UTF8/, 'a SQL_ASCII database is refused');
like($error, qr/^HINT: /m, '… with a hint');

done_testing();
