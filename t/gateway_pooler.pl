# Behind Debian's PgBouncer in transaction mode, with its stock settings: each transaction may be in another session of
# the server. The gateway keeps its connections, and neither server nor pooler has anything to complain about.
use strict;
use warnings;

use POSIX ();
use Test::More;

use lib 't/lib';
use Alone qw(until_true);
use Realty;

use PostgreSQL::Test::Utils;

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'there is no pgbouncer' unless defined $pgbouncer;

use constant { CONNECTIONS => 8, SESSIONS => 3, WRITES => 40 };

my $node = Realty->start(sample => 1);
my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $pooler_port = PostgreSQL::Test::Cluster::get_free_port();
my $pooler_pid;
my $owner = $$;

END { kill 'TERM', $pooler_pid if $pooler_pid && $$ == $owner; }

# What Alone asks of a node.
sub Pooler::host { return '127.0.0.1'; }
sub Pooler::port { return $pooler_port; }

sub write_file
{
	my ($name, $content) = @_;
	open my $out, '>', "$folder/$name" or die "could not write $name: $!\n";
	print $out $content;
	close $out or die "could not write $name: $!\n";
	return;
}

sub pooler_log { return -e "$folder/log" ? slurp_file("$folder/log") : ''; }

sub start_pooler
{
	my ($server) = 'host=' . $node->host . ' port=' . $node->port;

	write_file('users', qq{"realty_gateway" "a pass word"\n});
	write_file('ini', <<"INI");
[databases]
realty = $server
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler_port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users
pool_mode = transaction
default_pool_size = ${\ SESSIONS}
logfile = $folder/log
INI
	$pooler_pid = fork // die "no fork: $!";
	return if $pooler_pid;
	exec $pgbouncer, '-q', "$folder/ini" or POSIX::_exit(98);
}

$node->sql(q{ALTER ROLE realty_gateway PASSWORD 'a pass word'});
start_pooler();
ok(until_true('the pooler', sub { pooler_log() =~ /process up/ }), 'the pooler is up');
my $log_at = -s $node->logfile;
$ENV{PGPASSWORD} = 'a pass word';
my $gateway = Alone->start(bless({}, 'Pooler'), '--user', 'realty_gateway', '--connections', CONNECTIONS);
ok(until_true('ready', sub { $gateway->ask('GET', '/ready')->{status} == 200 }), 'the gateway is ready');

# more clients than sessions, reads and writes at once
my $load = $gateway->load(6, '/api/units?limit=5');
my (%written, $token);
for my $number (1 .. WRITES)
{
	my $answer = $gateway->ask('POST', '/api/auth/register', { email => "p$number\@example.com",
		password => 'a long pass phrase', user_type => 'customer', full_name => 'Asha Rao' });
	$written{ $answer->{status} }++;
	$token //= $answer->{json}{data}{token};
}
my $read = $load->stop;
is_deeply(\%written, { 201 => WRITES }, 'all writes were answered');
is_deeply([ keys %$read ], [200], "and all reads: $read->{200}");
cmp_ok($read->{200} // 0, '>', WRITES, 'of which there were more');
my $me = Alone::read_answer($gateway->send_text(
	"GET /api/auth/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer $token\r\n\r\n"));
is($me->{status}, 200, 'a token is good in whichever session');

my $logins = () = pooler_log() =~ /login attempt: .*user=realty_gateway/g;
is($logins, CONNECTIONS, 'no connection was made anew');
is(join("\n", grep { /\b(?:ERROR|FATAL|WARNING):/ } split /\n/, slurp_file($node->logfile, $log_at)),
	'', 'the server complains of nothing');
unlike(pooler_log(), qr/WARNING|ERROR|unsupported/, 'nor does the pooler');
is(join("\n", grep { !/^\{|listening|connected|stopping|swagger-ui/ } split /\n/, $gateway->log), '', 'nor the gateway');
is($gateway->stop, 0, 'it ends well');

# without a pooler: what a session of the gateway's is set to, asked by a route of a site's
$node->sql(q{
	CREATE SCHEMA site; GRANT USAGE ON SCHEMA site TO realty_anon;
	CREATE FUNCTION site.session() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object(
		'statement_timeout', current_setting('statement_timeout'), 'isolation', current_setting('transaction_isolation')) $$;
	INSERT INTO realty.routes (method, path, handler, function, roles) VALUES ('GET', '/api/session', 'call', 'site.session', '{public}')});

sub session_of
{
	my $direct = Alone->start($node, '--user', 'realty_gateway', '--timeout', 40);
	my $said = $direct->ask('GET', '/api/session')->{json}{data};
	$direct->stop;
	return $said;
}

is_deeply(session_of(), { statement_timeout => '42s', isolation => 'read committed' }, 'two seconds past its own limit');
$node->sql(q{ALTER DATABASE realty SET statement_timeout = '7s'; ALTER DATABASE realty SET default_transaction_isolation = 'serializable'});
is_deeply(session_of(), { statement_timeout => '7s', isolation => 'read committed' }, 'what an operator set stays');

done_testing();
