# A storm of logins: no more passwords are hashed at once than the setting says, the rest
# wait their turn, and a slot comes back whatever happens to who held it.
use strict;
use warnings;

use IPC::Run;
use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(conf => "realty.password_hashes_at_once = 1\n");
# Work for long enough that the second one is seen waiting.
my $slow = "SET realty.argon2_memory = '64MB'; SET realty.argon2_operations = 4; ";
my $hash = q{SELECT realty.password_verify('x', realty.password_hash('x'))};

sub in_background
{
	my ($name, $sql, $out) = @_;
	return IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('realty'), '-c', $sql ],
		'>', $out, '2>&1');
}

sub waiters
{
	return q{FROM pg_stat_activity WHERE wait_event_type = 'Extension'
		AND backend_type = 'client backend'};
}

my ($first, $second, $cancelled) = ('', '', '');
my @running = map { in_background("n$_->[0]", "$slow$hash", $_->[1]) } ([ 1, \$first ], [ 2, \$second ]);
ok($node->poll_query_until('realty', 'SELECT count(*) = 1 ' . waiters()), 'one hashes, the other waits');
$_->finish for @running;
is("$first$second", "t\nt\n", 'both get their turn');

# Cancelled while it waits: it holds nothing.
@running = map { in_background("n$_->[0]", "$slow$hash", $_->[1]) } ([ 1, \$first ], [ 3, \$cancelled ]);
ok($node->poll_query_until('realty', 'SELECT count(*) = 1 ' . waiters()), 'one waits again');
$node->sql('SELECT pg_terminate_backend(pid) ' . waiters());
$_->finish for @running;
like("$first$cancelled", qr/terminating connection/, 'it is ended while it waits');

is($node->sql($hash), 't', 'the slot is free');
is($node->sql("SELECT count(*) FROM generate_series(1, 50) WHERE realty.password_verify('x', 'no hash')"),
	'0', 'a hash that is none takes no slot');
$node->stop;

done_testing();
