# Reads from a standby: GETs go there, everything else to the primary; a client that sends the token
# of its write reads its write; and a standby that is down, behind, silent or promoted costs no answer.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use lib 't/lib';
use Alone qw(until_true read_answer read_to_end);
use Realty;

my $primary = Realty->start(name => 'primary', streaming => 1, sample => 1, conf => "realty.login_floor = '100ms'\n");
$primary->backup('base');
my $standby = standby_of('standby');
my $conninfo = 'host=' . $standby->host . ' port=' . $standby->port;
# as far behind as one likes, until that is tried
my $gateway = gateway('--replica-lag', 600_000, '--replica-wait', 20, '--cors-origins', 'https://app.example.com');

sub standby_of
{
	my ($name) = @_;
	my $node = Realty->new($name);

	$node->init_from_backup($primary, 'base', has_streaming => 1);
	$node->start;
	return $node;
}

sub gateway { return Alone->start($primary, '--user', 'realty_gateway', '--replicas', $conninfo, @_); }

# An answer; the headers are lines.
sub ask
{
	my ($method, $path, $body, @headers) = @_;
	my $content = defined $body ? encode_json($body) : '';

	push @headers, 'Content-Type: application/json', 'Content-Length: ' . length $content if defined $body;
	my $answer = read_answer($gateway->send_text(
			join("\r\n", "$method $path HTTP/1.1", 'Host: a', 'Connection: close', @headers, '', $content)));
	($answer->{token}) = $answer->{head} =~ /^Consistency-Token: (.*?)\r$/m;
	return $answer;
}

sub metric
{
	my ($name) = @_;
	my ($value) = ask('GET', '/metrics')->{body} =~ /^realty_gateway_\Q$name\E (\S+)$/m;
	return $value // 'none';
}
sub fallbacks { my ($reason) = @_; return metric(qq{replica_fallbacks_total{reason="$reason"}}); }
my $server = $standby->host . ':' . $standby->port;
sub reads { return metric(qq{database_requests_total{server="$server"}}); }
sub is_used { my ($used) = @_; return until_true("used: $used", sub { metric(qq{replica_up{server="$server"}}) eq $used }); }

sub pause { $standby->sql('SELECT pg_wal_replay_pause()');
	return until_true('paused', sub { $standby->sql('SELECT pg_get_wal_replay_pause_state()') eq 'paused' }); }
sub resume { $standby->sql('SELECT pg_wal_replay_resume()'); return; }

sub kill_node { my ($node) = @_; my $pid = $node->{_pid}; $node->kill9; return $pid; }
sub restart_node { my ($node, $pid) = @_; until_true('gone', sub { !kill 0, $pid }); $node->start; return; }

my $user = $primary->sql("SELECT id FROM realty.users WHERE email = 'customer\@example.com'");
sub bearer { return 'Authorization: Bearer ' . $primary->sql("SELECT realty.issue_token($user)"); }
my $bearer = bearer();
sub rename_me { my ($name, @headers) = @_; return ask('PATCH', '/api/auth/me', { full_name => $name }, $bearer, @headers); }
sub my_name { return ask('GET', '/api/auth/me', undef, $bearer, @_)->{json}{data}{user}{full_name}; }

# -- Which server is asked

is_used(1);
$primary->wait_for_catchup($standby, 'replay');
my $before = reads();
is(ask('GET', '/api/projects?limit=1')->{status}, 200, 'a GET');
is(ask('HEAD', '/api/projects?limit=1')->{status}, 200, 'a HEAD');
is(ask('GET', '/openapi.json')->{status}, 200, 'and a description');
is(reads(), $before + 3, 'go to the replica');
my $answer = rename_me('First', 'Origin: https://app.example.com');
is($answer->{status}, 200, 'a write goes to the primary');
like($answer->{token}, qr{^[0-9A-F]+/[0-9A-F]+$}, 'and is answered with a token');
is(reads(), $before + 3, 'without the replica');
is(ask('GET', '/api/projects?limit=1')->{token}, undef, 'a read has none');
like($answer->{head}, qr/^Access-Control-Expose-Headers: .*Consistency-Token/m, 'that a page may read');
# What a failed login writes depends on whether there is an account, so its answer does not tell the position of the WAL.
for my $refused ([ login => 401, { email => 'nobody@example.com', password => 'x' } ], [ login => 401, { email => 'customer@example.com', password => 'x' } ],
	[ 'forgot-password' => 202, { email => 'customer@example.com' } ], [ 'reset-password' => 422, { token => 'x', new_password => 'correct horse' } ],
	[ 'change-password' => 401, { current_password => 'x', new_password => 'correct horse' } ])
{
	my ($name, $status, $body) = @$refused;
	$answer = ask('POST', "/api/auth/$name", $body);
	is($answer->{status}, $status, "$name: $status");
	is($answer->{token}, undef, '… has none');
}
$answer = ask('POST', '/api/auth/register', { email => 'customer@example.com', password => 'correct horse', user_type => 'customer', full_name => 'Again' });
is($answer->{status}, 409, 'a conflict');
ok($answer->{token}, '… has one: what was first can be read');
like(ask('OPTIONS', '/api/projects', undef, 'Origin: https://app.example.com', 'Access-Control-Request-Method: GET')->{head},
	qr/^Access-Control-Allow-Headers: .*Consistency-Token/m, 'and send');

# -- Your own writes

my $wrong = 0;
for my $number (1 .. 200)
{
	# ten with replay, ten without
	pause() if $number % 20 == 1;
	resume() if $number % 20 == 11;
	my $token = rename_me("Name $number")->{token};
	my $name = my_name("Consistency-Token: $token");
	$wrong++ if $name ne "Name $number";
	diag("wrote Name $number, read $name") if $name ne "Name $number";
}
is($wrong, 0, 'a client that sends its token reads its write, 200 times');
cmp_ok(fallbacks('behind'), '>=', 1, 'from the primary where the replica was behind');
cmp_ok(reads(), '>', $before + 3 + 50, 'and from the replica where it was not');

# A commit that does not wait for the disk is not shown before it is there.
sub settings { $primary->sql("ALTER SYSTEM $_") for @_; $primary->sql('SELECT pg_reload_conf()'); return; }
settings('SET synchronous_commit = off', q{SET wal_writer_delay = '2s'});
until_true('reloaded', sub { $primary->sql('SHOW synchronous_commit') eq 'off' });
$wrong = grep { my $token = rename_me("Fast $_")->{token}; my_name("Consistency-Token: $token") ne "Fast $_" } 1 .. 20;
is($wrong, 0, 'and does so where commits do not wait for the disk');
settings('RESET synchronous_commit', 'RESET wal_writer_delay');
until_true('reloaded', sub { $primary->sql('SHOW synchronous_commit') eq 'on' });
rename_me('Name 200');

# -- Without a token, wrong tokens

is_used(1);
$primary->wait_for_catchup($standby, 'replay');
pause();
rename_me('Later');
is(my_name(), 'Name 200', 'a client that sends none may read the state before');
for my $token ('', 'x', '0', '0/', '/0', '0/0/0', '-1/2', '0x1/2', '123456789/0', ' ' . 'A' x 300, 'FFFFFFFF/FFFFFFFF')
{
	is(my_name("Consistency-Token: $token"), 'Later', 'a token that is none, or from tomorrow: the primary answers, ' . substr $token, 0, 20);
}
is(my_name('Consistency-Token: 0/1', 'Consistency-Token: FFFFFFFF/0'), 'Later', 'of two the further one counts');
is(my_name('Consistency-Token: 0/1'), 'Name 200', 'and one from long ago is satisfied');

# A session that the replica does not know yet.
$primary->sql("SELECT realty.create_admin('root\@example.com', 'a long pass phrase')");
$before = fallbacks('unauthorized');
my $session = ask('POST', '/api/auth/login', { email => 'root@example.com', password => 'a long pass phrase' });
is($session->{status}, 200, 'a log-in');
is(ask('GET', '/api/auth/me', undef, "Authorization: Bearer $session->{json}{data}{token}")->{status}, 200, 'counts at once');
is(fallbacks('unauthorized'), $before + 1, 'by the primary');

# -- Behind

resume();
$gateway->stop;
$gateway = gateway('--replica-lag', 3000);
is_used(1);
$primary->wait_for_catchup($standby, 'replay');
pause();
rename_me('Much later');
ok(is_used(0), 'a replica that stays behind is left out');
is(my_name(), 'Much later', 'and its GETs go to the primary');
like($gateway->log, qr/replica \S+ gets no GETs: it is too far behind/, 'which the log says');
cmp_ok(fallbacks('none_fit'), '>=', 1, 'and the metrics');
resume();
ok(is_used(1), 'it comes back');
$primary->wait_for_catchup($standby, 'replay');
is(my_name(), 'Much later', 'and answers');

# A session that is ended counts no longer than that.
pause();
is(ask('GET', '/api/auth/me', undef, $bearer)->{status}, 200, 'a session');
$primary->sql("UPDATE realty.sessions SET revoked_at = now() WHERE user_id = $user");
ok(until_true('out', sub { ask('GET', '/api/auth/me', undef, $bearer)->{status} == 401 }), 'ends though nothing is replayed');
resume();
is_used(1);
$bearer = bearer();

# A route of the site that writes on GET, where only the primary can.
$primary->sql(<<'END');
CREATE SCHEMA site;
CREATE SEQUENCE site.tickets;
CREATE FUNCTION site.ticket() RETURNS bigint LANGUAGE sql VOLATILE RETURN nextval('site.tickets');
GRANT USAGE ON SCHEMA site TO realty_anon;
GRANT USAGE ON SEQUENCE site.tickets TO realty_anon;
INSERT INTO realty.routes (method, path, handler, function, roles, data_key) VALUES
	('GET', '/api/site/ticket', 'call', 'site.ticket', '{public}', 'ticket');
END
is_used(1);
$primary->wait_for_catchup($standby, 'replay');
$before = fallbacks('failed');
is(ask('GET', '/api/site/ticket')->{json}{data}{ticket}, 1, 'what a replica cannot do, the primary does');
is(fallbacks('failed'), $before + 1, 'the replica having been asked');

# -- Streams

my $stream = $gateway->send_text("GET /api/notifications/stream HTTP/1.1\r\nHost: a\r\n$bearer\r\n\r\n");
my $text = '';
until_true('sync', sub { sysread $stream, $text, 4096, length $text; $text =~ /^event: sync/m });
$primary->sql("INSERT INTO realty.notifications (user_id, kind, title) VALUES ($user, 'test', 'live')");
ok(until_true('live', sub { sysread $stream, $text, 4096, length $text; $text =~ /live/ }), 'a stream gets it');
is(fallbacks('stream'), 1, 'by the primary');
close $stream;

# -- Silent, dead, promoted

my @pids = split /\n/, $standby->sql("SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway'", database => 'postgres');
kill 'STOP', @pids;
is(ask('GET', '/api/projects?limit=1')->{status}, 200, 'a replica that goes silent: the primary answers');
ok(is_used(0), 'it is left out');
kill 'CONT', @pids;
ok(is_used(1), 'and comes back');

my $load = $gateway->load(4, '/api/projects?limit=2');
until_true('load', sub { my $now = reads(); $now ne 'none' && $now > 1000 + $before });
my $postmaster = kill_node($standby);
ok(is_used(0), 'a replica is killed');
restart_node($standby, $postmaster);
ok(is_used(1), 'and gets GETs');
my $count = $load->stop;
is_deeply([ sort keys %$count ], [ 200, $count->{again} ? 'again' : () ], 'under load: every answer is 200')
  or diag explain $count;
$gateway->stop;

# The primary away: the replica reads on for as long as --replica-lag says.
$gateway = gateway('--replica-lag', 600_000);
is_used(1);
$load = $gateway->load(4, '/api/projects?limit=2');
until_true('load', sub { reads() > 100 });
$primary->stop('fast');
$answer = ask('GET', '/api/projects?limit=2');
is($answer->{status}, 200, 'without a primary GETs are answered');
is(rename_me('Nobody')->{status}, 503, 'and writes are not');
$primary->start;
ok($gateway->wait_ready, 'until it is there again');
$count = $load->stop;
is_deeply([ sort keys %$count ], [200], 'under load: GETs have not noticed') or diag explain $count;
is(rename_me('Somebody')->{status}, 200, 'and writes are done');

is_used(1);
$standby->promote;
ok(is_used(0), 'a replica is promoted');
like($gateway->log, qr/replica \S+ gets no GETs: it is not a standby/, 'which the log says');
rename_me('Here');
is(my_name(), 'Here', 'and it answers no more');
is($gateway->stop, 0, 'the gateway stops');
$standby->stop;

# -- Two of them

my $other = standby_of('other');
my $third = standby_of('third');
$standby = $other;
$conninfo = join ', ', map { 'host=' . $_->host . ' port=' . $_->port } $other, $third;
$gateway = gateway('--replica-lag', 600_000, '--replica-wait', 30_000);
for my $node ($other, $third)
{
	$server = $node->host . ':' . $node->port;
	is_used(1);
	$primary->wait_for_catchup($node, 'replay');
}
pause();
my %seen;
my $token = rename_me('Two')->{token};
$primary->wait_for_catchup($third, 'replay');
my $behind = fallbacks('behind');
is(join(' ', map { my_name("Consistency-Token: $token") } 1 .. 10), join(' ', ('Two') x 10), 'with one behind the other one answers');
is(fallbacks('behind'), $behind, 'and not the primary');
$seen{ my_name() }++ for 1 .. 10;
is(join(' ', sort keys %seen), 'Here Two', 'without a token both do, in turn');
$postmaster = kill_node($other);
$seen{ask('GET', '/api/projects?limit=1')->{status}}++ for 1 .. 20;
is($seen{200}, 20, 'with one killed the other one answers');
restart_node($other, $postmaster);
$gateway->stop;
$third->stop;

# -- Settings

$conninfo = 'host=' . $other->host . ' port=' . $other->port;
$server = $other->host . ':' . $other->port;
$gateway = gateway();
$ENV{PGHOST} = $primary->host;
$ENV{PGPORT} = $primary->port;
$ENV{PGDATABASE} = 'realty';
sub check { my ($replicas) = @_; my $said = `realty-gateway --check --replicas '$replicas' 2>&1`; return ($? >> 8) . ": $said"; }
like(check($conninfo), qr/^0: .*^ready: replica \Q$server\E/ms, '--check knows a replica');
like(check("$conninfo, host=${\ $primary->host} port=${\ $primary->port}"), qr/^1: .*is not a standby/s, 'what is none');
like(check("host=${\ $primary->host} port=1"), qr/^1: .*no connection to replica/s, 'and what is not there');
like(check('port=5432'), qr/^2: .*names no host/s, 'a replica has a host');
like(check('host=db2 password=geheim'), qr/^2: (?!.*geheim).*passfile/s, 'and no password');
like(check('host=db2 prot=5432'), qr/^2: .*prot/s, 'and nothing misspelt');
$gateway->stop;

$gateway = Alone->start($primary);
$gateway->wait_ready;
is(rename_me('Alone')->{token}, undef, 'without replicas there is no token');
unlike(ask('GET', '/metrics')->{body}, qr/replica|database_requests/, 'and no metric');
$gateway->stop;

$primary->append_conf('postgresql.conf', "realty.gateway = on\nrealty.gateway_replicas = '$conninfo'\nrealty.gateway_replica_lag = 5s\n");
$primary->reload;
$primary->wait_ready;
$gateway = Alone->beside($primary);
ok(is_used(1), 'supervised: the setting');
like($primary->sql_fails("ALTER SYSTEM SET realty.gateway_replicas = 'host=db2 password=geheim'"), qr/22023/, 'which takes no password');
my $refused = $primary->sql_fails("ALTER SYSTEM SET realty.gateway_replicas = 'host=db2, postgresql://reader:geheim\@db3/realty'");
like($refused, qr/22023/, 'nor one in a URL');
unlike($refused =~ s/ALTER SYSTEM.*//r, qr/geheim/, 'and does not repeat it');

done_testing();
