# Behind proxies: which address counts as the client's; answers that are compressed for clients
# that take it; and requests whose connection to the database breaks.
use strict;
use warnings;

use Compress::Zlib;
use HTTP::Tiny;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1, conf => "realty.trusted_proxies = '127.0.0.1, 10.0.0.0/8, 2001:db8::/32'\n");
$node->http('POST', '/api/auth/register', { email => 'a@proxy.example', password => 'correct horse battery',
		user_type => 'customer', full_name => 'A' });

# The client's address as the database gets it at a login.
sub client_by
{
	my (@headers) = @_;
	$node->http('POST', '/api/auth/login', { email => 'a@proxy.example', password => 'correct horse battery' }, {@headers});
	return $node->sql('SELECT host(client::inet) FROM realty.sessions ORDER BY id DESC LIMIT 1');
}

is(client_by(), '127.0.0.1', 'without the header it is the connecting address');
for my $case (
	[ '192.0.2.7', '192.0.2.7' ],
	[ '203.0.113.9, 192.0.2.7', '192.0.2.7' ],               # the first entry is the client's own fancy
	[ '192.0.2.7, 10.1.2.3, 10.255.0.1', '192.0.2.7' ],      # proxies of ours in between
	[ '10.1.2.3', '10.1.2.3' ],                              # a client within our network
	[ '2001:DB9::1, 2001:db8::5', '2001:db9::1' ],
	[ '::ffff:192.0.2.7', '192.0.2.7' ],
	[ 'unknown', '127.0.0.1' ], [ '192.0.2.7, bogus', '127.0.0.1' ], [ '', '127.0.0.1' ], [ ' , ,', '127.0.0.1' ],
	[ '192.0.2.7:80', '127.0.0.1' ], [ '9' x 300, '127.0.0.1' ], [ "192.0.2.7, 10.0.0.1" . ' ' x 40, '192.0.2.7' ])
{
	my ($header, $client) = @$case;
	is(client_by('X-Forwarded-For' => $header), $client, 'forwarded for ' . substr $header, 0, 40);
}

$node->append_conf('postgresql.conf', "realty.trusted_proxies = ''");
$node->reload;
my $limit = time + 30;
sleep 0.1 until client_by('X-Forwarded-For' => '192.0.2.7') eq '127.0.0.1' || time > $limit;
is(client_by('X-Forwarded-For' => '192.0.2.7'), '127.0.0.1', 'no proxy is trusted unless it is named');
$node->append_conf('postgresql.conf', "realty.trusted_proxies = '127.0.0.1, nginx'");
$node->reload;
$limit = time + 30;
my $log = '';
until ($log =~ /"nginx" is not an address/ || time > $limit) { $log = PostgreSQL::Test::Utils::slurp_file($node->logfile); sleep 0.1; }
like($log, qr/"nginx" is not an address/, 'what is no address is refused at the reload');

# gzip: for clients that take it, and where it is worth it
my $plain = $node->http('GET', '/openapi.json');
my $tag = $plain->{headers}{etag};
for my $case (
	[ 'gzip', 1 ], [ 'deflate, gzip;q=0.5', 1 ], [ '*', 1 ], [ 'GZIP', 1 ], [ 'gzip;q=1.0, identity', 1 ],
	[ 'identity', 0 ], [ 'gzip;q=0', 0 ], [ 'gzip; q=0.0', 0 ], [ '', 0 ], [ 'gzipped', 0 ], [ 'x-gzip', 0 ])
{
	my ($accept, $compressed) = @$case;
	my $answer = $node->http('GET', '/openapi.json', undef, { 'Accept-Encoding' => $accept });
	is($answer->{headers}{'content-encoding'} // 'none', $compressed ? 'gzip' : 'none', "Accept-Encoding: $accept");
	is($compressed ? Compress::Zlib::memGunzip($answer->{content}) : $answer->{content}, $plain->{content}, 'the same bytes');
}
# in pieces, so that no answer holds the others up
my $program = "$PostgreSQL::Test::Utils::tmp_check/compress";
PostgreSQL::Test::Utils::system_or_bail('cc', '-O2', '-Isrc', '-o', $program, 't/unit/compress.c', 'src/gateway/http/compress.c', '-lz');
is(qx($program | grep -v '#'), join('', map { "$_ same, in pieces\n" } 'one letter', 'text', 'noise', 'hardly more than a piece', 'nothing'),
	'no call of the compressor takes more than a piece');
my $zipped = $node->http('GET', '/openapi.json', undef, { 'Accept-Encoding' => 'gzip' });
cmp_ok(length $zipped->{content}, '<', length($plain->{content}) / 3, 'a third of the size');
is($zipped->{headers}{etag}, "W/$tag", 'with a weak tag');
like(join(',', map { ref ? @$_ : $_ } $plain->{headers}{vary}), qr/Accept-Encoding/, 'Vary tells caches');
is($node->http('GET', '/openapi.json', undef, { 'Accept-Encoding' => 'gzip', 'If-None-Match' => "W/$tag" })->{status}, 304,
	'which is known again');
is($node->http('GET', '/api/projects', undef, { 'Accept-Encoding' => 'gzip' })->{headers}{'content-encoding'}, undef,
	'a short answer is sent as it is');
is($node->http('HEAD', '/openapi.json', undef, { 'Accept-Encoding' => 'gzip' })->{content} // '', '', 'HEAD has no body');

# The connection to the database breaks under a request
$node->sql(<<'END');
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO realty_anon;
CREATE TABLE site.started (at timestamptz, pid int);
GRANT INSERT ON site.started TO realty_anon;
CREATE SEQUENCE site.runs;
GRANT USAGE ON SEQUENCE site.runs TO realty_anon;
-- The first run waits to be killed, the second answers.
CREATE FUNCTION site.slow() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE run bigint := nextval('site.runs');
BEGIN
	IF run % 2 = 1 THEN PERFORM pg_sleep(60); END IF;
	RETURN run;
END $$;
INSERT INTO realty.routes (method, path, handler, function, roles, data_key) VALUES
	('GET', '/api/site/slow', 'call', 'site.slow', '{public}', 'run'), ('POST', '/api/site/slow', 'call', 'site.slow', '{public}', 'run');
END
for my $case ([ 'GET', 200 ], [ 'POST', 503 ])
{
	my ($method, $status) = @$case;
	my $killer = fork // die $!;
	if ($killer == 0)
	{
		my $until = time + 30;
		until ($node->sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") > 0 || time > $until) { sleep 0.05; }
		POSIX::_exit(0);
	}
	my $answer = $node->http($method, '/api/site/slow');
	waitpid $killer, 0;
	is($answer->{status}, $status, "$method whose connection broke");
	is($answer->{json}{data}{run}, 2, 'is asked once more on another') if $method eq 'GET';
	like($answer->{headers}{'retry-after'} // 'none', qr{^\d+$}, 'is left to the client') if $method eq 'POST';
	$node->sql('ALTER SEQUENCE site.runs RESTART');
}

done_testing();
