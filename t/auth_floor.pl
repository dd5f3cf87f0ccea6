# A failed login is answered no earlier than the floor of time. It waits where it delays no other request:
# behind the gateway in the gateway, elsewhere in a transaction without a lock, few at a time.
use strict;
use warnings;

use IO::Select;
use IPC::Run;
use JSON::PP;
use Test::More;
use List::Util qw(min);
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true read_answer);
use Realty;

my $node = Realty->start(conf => "realty.login_floor = '60s'\nrealty.password_hashes_at_once = 2\nrealty.argon2_memory = 1024\n");
my $gateway = Alone->start($node, '--connections', 2, '--timeout', 30);
ok($gateway->wait_ready, 'ready');
my %account = (email => 'asha@floor.example', password => 'correct horse');
is($gateway->ask('POST', '/api/auth/register', { %account, user_type => 'customer', full_name => 'Asha' })->{status}, 201, 'an account');

# Of the address, which the account knows; of the account, for requests without one.
sub failures_here { return $node->sql('SELECT failed_logins FROM realty.sessions ORDER BY id DESC LIMIT 1'); }
sub failures { return $node->sql('SELECT failed_logins FROM realty.user_credentials'); }
sub is_answered { my ($socket) = @_; return scalar IO::Select->new($socket)->can_read(0.2); }

sub wrong
{
	my $body = encode_json({ %account, password => 'wrong horse', @_ });
	return $gateway->send_text("POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
}

# In the gateway: counted and committed, the connections are free, those who get in do not wait.
my @held = map { wrong() } 1 .. 3;
push @held, wrong(email => 'nobody@floor.example'), wrong(password => 'x' x 100);
ok(until_true('counted', sub { failures_here() == 4 }), 'failures are counted while their answers are held back');
is($node->sql(q{SELECT count(*) FROM pg_stat_activity WHERE usename = 'realty_gateway' AND state <> 'idle'}), '0', 'and hold no connection');
ok(!(grep { is_answered($_) } @held), 'no response yet');
is($gateway->ask('POST', '/api/auth/login', \%account)->{status}, 200, 'the right password gets in at once');
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'and others are served');
ok(!(grep { is_answered($_) } @held), 'still no response');

# A client that will send no more is answered no earlier; one that disconnects is forgotten.
my $half = wrong();
ok(until_true('counted', sub { failures_here() == 1 }), 'one more');
shutdown $half, 1;
ok(!is_answered($half), 'half a connection waits as well');
close pop @held;
is($gateway->ask('GET', '/api/projects')->{status}, 200, 'a disconnect does no harm');

# What the floor hides at login is not revealed by the other route either.
my $forgot = encode_json({ email => $account{email} });
my $reset = $gateway->send_text("POST /api/auth/forgot-password HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " . length($forgot) . "\r\n\r\n$forgot");
ok(until_true('written', sub { $node->sql('SELECT count(*) FROM realty.password_resets') == 1 }), 'an e-mail is queued');
ok(!is_answered($reset), 'and that is not answered yet');

# No client is left without a response when the gateway stops.
my $stopped = $gateway->stop;
is(read_answer($_)->{status}, 401, 'answered at last') for @held;
is(read_answer($reset)->{status}, 202, 'and the reset too');
is($stopped, 0, 'it stops');

# With a floor that passes: never before it, for any account. (How alike the times are is in t/42_timing.pl.)
$node->append_conf('postgresql.conf', "realty.login_floor = '300ms'\n");
$node->reload;
$gateway = Alone->start($node, '--connections', 2, '--timeout', 30);
ok($gateway->wait_ready, 'ready');
for my $body ({ %account, password => 'wrong' }, { %account, email => 'nobody@floor.example' })
{
	my $start = time;
	my $answer = $gateway->ask('POST', '/api/auth/login', $body);

	is($answer->{status}, 401, 'refused');
	cmp_ok(time - $start, '>=', 0.3, 'not before the floor');
	unlike($answer->{head}, qr/hold/i, 'and the mechanism is not visible');
}
# Nor long after it, where nothing else wakes the gateway: it looks at its connections once a second. Beside it the same
# refusal by SQL, which waits in the backend.
my ($idle, $direct) = (60, 60);
for (1 .. 4)
{
	sleep 1.2; # until the gateway is idle
	my $start = time;
	$gateway->ask('POST', '/api/auth/login', { %account, password => 'wrong' });
	my $between = time;
	$node->psql('realty', "SELECT api.login('$account{email}', 'wrong')");
	($idle, $direct) = (min($idle, $between - $start), min($direct, time - $between));
}
cmp_ok($idle - $direct, '<', 0.5, 'a refusal is answered when it is due');
is($gateway->stop, 0, 'it stops');

# Elsewhere the backend waits, and holds nothing but its connection.
$node->append_conf('postgresql.conf', "realty.login_floor = '60s'\n");
$node->reload;
sub in_background
{
	my ($out) = @_;
	return IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('realty'), '-c',
			"SELECT api.login('$account{email}', 'wrong horse')->>'code'" ], '>', $out, '2>&1');
}

my $waiters = q{FROM pg_stat_activity WHERE wait_event_type = 'Extension' AND backend_type = 'client backend'};
my @out = ('', '');
my $before = failures();
my @running = map { in_background(\$out[$_]) } 0, 1;
ok($node->poll_query_until('realty', "SELECT count(*) = 2 $waiters"), 'two wait');
is($node->sql("SELECT count(*) FROM pg_locks l WHERE pid IN (SELECT pid $waiters)
	AND (locktype IN ('tuple', 'transactionid') OR locktype = 'relation' AND mode <> 'AccessShareLock')"), '0', 'without a lock');
is($node->sql("SELECT realty.password_verify('x', realty.password_hash('x'))"), 't', 'or a slot');
is(failures(), $before, 'and write when they have waited');
like($node->sql_fails("SELECT api.login('$account{email}', 'correct horse')"), qr/PT503.*too many logins/s, 'a third is not let in');

# A cancellation ends the wait and nothing else; an ended session gives its place back.
$node->sql("SELECT pg_cancel_backend(pid) $waiters LIMIT 1");
ok(until_true('one', sub { failures() == $before + 1 }), 'a cancelled login has been counted');
ok($node->poll_query_until('realty', "SELECT count(*) = 1 $waiters"), 'one waits');
is($node->sql("SELECT api.login('$account{email}', 'correct horse') ? 'token'"), 't', 'and another is let in');
$node->sql("SELECT pg_terminate_backend(pid) $waiters");
$_->finish for @running;
like("@out", qr/bad_credentials/, 'the one was answered');
like("@out", qr/terminating connection/, 'the other was ended');
is($node->sql("SELECT (SELECT count(*) FROM generate_series(1, 10) n WHERE api.login('$account{email}', 'correct horse') ? 'token')"), '10', 'all places are free');
like($node->sql_fails("BEGIN; SELECT api.login('$account{email}', 'correct horse'); SELECT 1 / 0"), qr/22012/, 'one fails later');
is($node->sql("SELECT api.login('$account{email}', 'correct horse') ? 'token'"), 't', 'and gives its place back') for 1 .. 3;

done_testing();
